"""The vendor's own reports: the control totals of the ledger. They are asked for by POST, and change nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tap_kit.api import Page
from tap_kit.table import Listing, Partition, Stream
from tap_kit.times import moment_or_none, now_text

from tap_procountor.api import ZONE
from tap_procountor.periods import Period, fiscal_years, tracking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.client import Client
    from tap_kit.table import RawRecord, Settings

# OpenAPI 26.04, whose enumeration joins them to one string.
ACCOUNTING = ("INCOME_STATEMENT", "BALANCE_SHEET", "CASH_FLOW")

NEEDS = "the right to accounting reports"


@dataclass(frozen=True, slots=True)
class Report:
    """One report of one span of days: `asked` is what it is asked for by, `names` what its row is called by."""

    client: Client
    path: str
    asked: dict[str, Any]
    names: dict[str, Any]
    envelope: str

    def __call__(self) -> Iterator[Page]:
        """Ask for it; it is a row of its own."""
        answer = self.client.post(self.path, self.asked)
        yield Page([{**(answer.get(self.envelope) or {}), **self.names}], received_at=now_text())


def years(client: Client, settings: Settings) -> Iterator[Period]:
    """Yield the fiscal years that have begun; one is closed with the last of its tracking periods."""
    for year in fiscal_years(client):
        stamps = [period.stamp for period in tracking([year])]
        closed = f"{len(stamps)} {max(stamps)}" if all(stamps) else ""
        start, end = date.fromisoformat(year["startDate"]), date.fromisoformat(year["endDate"])
        yield from _begun(settings, Period(f"year {start}", start, end, closed))


def spans(client: Client, settings: Settings) -> Iterator[Period]:
    """Yield the fiscal years and the tracking periods that have begun."""
    yield from years(client, settings)
    yield from _begun(settings, *tracking(fiscal_years(client)))


def _begun(settings: Settings, *found: Period) -> Iterator[Period]:
    """Yield the periods that have begun, without those that end before start_date."""
    first, today = moment_or_none(settings.get("start_date")), datetime.now(ZONE).date()
    for period in found:
        if period.start <= today and not (first and period.end < first.date()):
            yield period


def accounting(client: Client, settings: Settings) -> Iterator[Partition]:
    """Each statement of each tracking period and fiscal year."""
    for period in spans(client, settings):
        for kind in ACCOUNTING:
            asked = {"type": kind, **period.params}
            report = Report(client, "reports/accounting", asked, asked, "reportData")
            yield Partition({"type": kind, "period": period.name}, read=report, stamp=period.stamp)


def ledger_accounts(client: Client, settings: Settings) -> Iterator[Partition]:
    """The sums of the accounts in each tracking period and fiscal year."""
    for period in spans(client, settings):
        report = Report(client, "reports/ledgeraccounts", period.params, period.params, "reportData")
        yield Partition({"period": period.name}, read=report, stamp=period.stamp)


def general_ledger(client: Client, settings: Settings) -> Iterator[Partition]:
    """Each account in each fiscal year."""
    accounts = [account["ledgerAccountCode"] for account in client.get("coa").get("ledgerAccounts") or ()]
    for year in years(client, settings):
        for code in accounts:
            path, names = f"reports/generalledger/{quote(code, safe='')}", {"ledgerAccountCode": code, **year.params}
            report = Report(client, path, year.params, names, "ledgerAccount")
            yield Partition({"ledger_account_code": code, "year": year.name}, read=report, stamp=year.stamp)


def without_id(record: RawRecord, _: Partition) -> RawRecord:
    """The account's number stands in `ledger_account_code`."""
    return {name: value for name, value in record.items() if name != "id"}


REPORTS = (
    Stream(
        "report_accounting",
        path="reports/accounting",
        key=("company_id", "type", "start_date", "end_date"),
        cursor=Listing(),
        per=accounting,
        needs=NEEDS,
    ),
    Stream(
        "report_ledger_accounts",
        path="reports/ledgeraccounts",
        key=("company_id", "start_date", "end_date"),
        cursor=Listing(),
        per=ledger_accounts,
        needs=NEEDS,
    ),
    Stream(
        "report_general_ledger",
        path="reports/generalledger",
        key=("company_id", "ledger_account_code", "start_date", "end_date"),
        cursor=Listing(),
        per=general_ledger,
        prepare=without_id,
        selected=False,
        needs=f"{NEEDS}; a request an account and open year",
    ),
)
