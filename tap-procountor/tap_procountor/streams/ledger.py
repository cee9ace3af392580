"""The ledger: receipts with their transactions, the chart of accounts, periods, dimensions and VAT."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tap_kit.details import Details
from tap_kit.table import Listing, Partition, RawRecord, Stream

from tap_procountor.api import BATCH, VERSION
from tap_procountor.periods import by_period
from tap_procountor.shapes import AFTER, KEY, RESULTS, WHOLE, single, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.client import Client
    from tap_kit.table import Settings

    from tap_procountor.periods import Period

# GET /vats/country takes ISO 3166-1 alpha-2 codes: the European Union, its neighbours and Northern Ireland's XI.
EUROPE = (
    *("AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "XI"),
)


def receipt_date(record: RawRecord) -> str | None:
    """The day under which a receipt is booked."""
    return record.get("receiptDate")


def newest_receipt(client: Client, period: Period) -> str:
    """Return the last change of a receipt in the period, and how many there are where the vendor tells."""
    asked = {**period.wider(timedelta(days=1)).params, "orderByVersion": "DESC", "size": 1}
    found = client.get("ledgerreceipts", asked)
    versions = [str(receipt.get("version")) for receipt in found.get("results") or ()]
    return f"{''.join(versions)} {(found.get('meta') or {}).get('totalCount', '')}".strip()


def each_country(_: Client, __: Settings) -> Iterator[Partition]:
    """The percentages of each country are an answer of their own."""
    for code in EUROPE:
        yield Partition({"country_code": code}, {"countryCode": code})


def of_country(record: RawRecord, part: Partition) -> RawRecord:
    """The answer does not name the country; the request did."""
    return {**record, **part.context}


LEDGER = (
    # A receipt that is changed may be made anew under another id, and nothing says that the old one is gone: the
    # list is read and compared. The filter `types` is not used, as it leaves out VAT_SUMMARY (OpenAPI 26.04).
    Stream(
        "ledger_receipts",
        path="ledgerreceipts",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        per=by_period("ledgerreceipts", receipt_date, newest=newest_receipt),
        details=Details("ledgerreceipts/{id}", batch=BATCH),
        date=receipt_date,
        after=AFTER,
        needs="rights to each kind of receipt: those without are not refused, they are missing",
    ),
    # Documented with one object and no paging, where the text speaks of a list: both are taken (OpenAPI 26.04).
    Stream(
        "journals",
        path="journals",
        key=KEY,
        envelope=WHOLE,
        cursor=VERSION,
        date=lambda record: record.get("date"),
        after=AFTER,
    ),
    whole("fiscal_years", "fiscalyears", envelope="fiscalYears"),
    whole("ledger_accounts", "coa", envelope="ledgerAccounts", key=("company_id", "ledger_account_code")),
    whole("dimensions", "dimensions"),
    whole("vat_percentages", "vats/default", envelope="vatInformation", key=("company_id", "country")),
    whole("vat_statuses", "vats/default", envelope="vatStatuses", key=("company_id", "vat_status")),
    single(
        "country_vat_percentages",
        "vats/country",
        key=("company_id", "country_code"),
        per=each_country,
        prepare=of_country,
        none=(400, 404),
        selected=False,
        needs="a request a country",
    ),
    single("vat_settings", "vats/settings"),
)
