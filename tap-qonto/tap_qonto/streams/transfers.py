"""Money on its way, and whom it goes to or comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_kit.pages import PageReader
from tap_kit.table import Partition, RawRecord, Stream

from tap_qonto.api import NEWEST_FIRST, OAUTH, SORTED_NEWEST_FIRST, UPDATED_AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.client import Client
    from tap_kit.table import Settings

DIRECT_DEBIT = "sepa_direct_debit.read"


def beneficiary(record: RawRecord, _: Partition) -> RawRecord:
    """Some answers hold the account in an object of its own."""
    account = record.get("bank_account") or {}
    return {**{name: account.get(name) for name in ("iban", "bic", "currency")}, **record}


def currencies(client: Client, _: Settings) -> Iterator[Partition]:
    """Beneficiaries abroad have to be asked for currency by currency."""
    pages = PageReader(client, "international/currencies", "currencies").read({"source": "EUR"})
    found = {record["currency_code"] for page in pages for record in page.records}
    return (Partition(params={"currency": currency}) for currency in sorted(found))


TRANSFERS = (
    Stream(
        "sepa_beneficiaries",
        path="sepa/beneficiaries",
        envelope="beneficiaries",
        cursor=SORTED_NEWEST_FIRST,
        prepare=beneficiary,
    ),
    Stream("sepa_transfers", path="sepa/transfers", envelope="transfers", cursor=UPDATED_AT),
    Stream("sepa_bulk_transfers", path="sepa/bulk_transfers", envelope="bulk_transfers", cursor=NEWEST_FIRST),
    Stream(
        "sepa_recurring_transfers",
        path="sepa/recurring_transfers",
        envelope="recurring_transfers",
        cursor=NEWEST_FIRST,
    ),
    Stream(
        "external_transfers",
        path="external_transfers",
        needs="an API from before 2026-03-31, when it was to end",
        selected=False,
    ),
    Stream("requests", path="requests", needs="plan Business or Enterprise", selected=False),
    Stream("direct_debit_mandates", path="sepa/direct_debit_mandates", scope=DIRECT_DEBIT, selected=False),
    Stream("direct_debit_subscriptions", path="sepa/direct_debit_subscriptions", scope=DIRECT_DEBIT, selected=False),
    Stream("direct_debit_collections", path="sepa/direct_debit_collections", scope=DIRECT_DEBIT, selected=False),
    Stream(
        "international_beneficiaries",
        path="international/beneficiaries",
        envelope="beneficiaries",
        per=currencies,
        needs=OAUTH,
        selected=False,
    ),
    Stream(
        "international_currencies",
        path="international/currencies",
        envelope="currencies",
        key=("currency_code", "country_code"),
        params={"source": "EUR"},
        needs=OAUTH,
        selected=False,
    ),
)
