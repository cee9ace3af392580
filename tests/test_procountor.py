"""tap-procountor against the sandbox's company: the ledger stays right, whatever happens to it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.testing import Run, run_tap
from tap_procountor.streams import STREAMS
from tap_procountor.tap import TapProcountor

from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Row = dict[str, Any]
Table = dict[tuple[Any, ...], Row]

KEYS = {row.name: row.key for row in STREAMS}

# Read by tracking period and compared with the last run; what their deletions leave is the same as a fresh load.
DATED = ("ledger_receipts", "bank_statements", "payments", "reference_payments")
# Followed by the moment of the last change; Procountor does not publish what is deleted.
FOLLOWED = ("invoices", "business_partners", "products", "journals")
REPORTS = ("report_ledger_accounts", "report_accounting")
UNCERTAIN = ("invoice_templates", "e_invoice_addresses")
READ = (*DATED, *FOLLOWED, *REPORTS, *UNCERTAIN, "persons", "ledger_accounts")

CATALOG = [
    {**entry, "metadata": [{"breadcrumb": [], "metadata": {"selected": True}}]}
    for entry in json.loads(TapProcountor(validate_config=False).catalog_json_text)["streams"]
]

# Receipts in these states are in no report.
UNOFFICIAL = ("UNFINISHED", "INVALIDATED")


@pytest.fixture(scope="module")
def company() -> Iterator[Sandbox]:
    """A company of three fiscal years, of which two and some months are closed."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def tap(company: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """Run tap-procountor over some streams."""
    at, folder = company.procountor, tmp_path_factory.mktemp("tap")
    config = {"api_url": at.url, "client_id": at.client_id, "client_secret": at.client_secret, "api_key": at.api_key}

    def run(*streams: str, state: Any = None) -> Run:
        chosen = [entry for entry in CATALOG if entry["tap_stream_id"] in streams]
        settings = {**config, "requests_per_second": 1000}
        done = run_tap("tap_procountor", settings, folder, state=state, catalog={"streams": chosen})
        assert done.code == 0, done.log
        return done

    return run


@pytest.fixture(scope="module")
def first(tap: Callable[..., Run]) -> Run:
    """The first run, over all that the tests look at."""
    return tap(*READ)


def table(stream: str, *runs: Run) -> Table:
    """What a target would hold after the runs."""
    rows: Table = {}
    for run in runs:
        for row in run.rows(stream):
            key = tuple(row[name] for name in KEYS[stream])
            if row.get("_sdc_deleted_at"):
                rows.pop(key, None)
            else:
                rows[key] = row
    return rows


def balances(receipts: Table) -> dict[str, dict[str, int]]:
    """Cents by account and month."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for receipt in receipts.values():
        if receipt["status"] not in UNOFFICIAL:
            for transaction in receipt["transactions"]:
                cents = Decimal(str(transaction["accounting_value"])) * 100
                found[transaction["account"]][receipt["receipt_date"][:7]] += int(cents)
    return without_zeros(found)


def reported(reports: Table, accounts: Table) -> dict[str, dict[str, int]]:
    """The same, as the vendor's own report has it."""
    codes = {row["name"]: row["ledger_account_code"] for row in accounts.values()}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for report in reports.values():
        if report["start_date"][:7] == report["end_date"][:7]:
            for row in report["periods"][0]["rows"]:
                found[codes[row["name"]]][report["start_date"][:7]] += int(Decimal(str(row["value"])) * 100)
    return without_zeros(found)


def without_zeros(found: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    months = {account: {month: cents for month, cents in sums.items() if cents} for account, sums in found.items()}
    return {account: sums for account, sums in months.items() if sums}


def test_a_run_without_changes_asks_little_and_sends_nothing(
    company: Sandbox, tap: Callable[..., Run], first: Run
) -> None:
    """A request for each stream and open period, and for receipts one for all closed periods."""
    streams = (*DATED, *FOLLOWED, *REPORTS)
    company.clear_log()
    second = tap(*streams, state=first.state)
    assert {stream: second.rows(stream) for stream in streams} == {stream: [] for stream in streams}

    periods = [period for year in company.procountor.records("fiscal_years") for period in year["trackingPeriods"]]
    closed = sum(period["status"] == "CLOSED" for period in periods)
    parts = len(periods) - closed + 2  # and what lies before and after
    asked = Counter(entry["path"].partition("/api/")[2] for entry in company.procountor.log())
    assert closed > 20
    assert asked["ledgerreceipts"] <= parts + 1 + 4  # and a look whether receipts of payroll are hidden
    assert max(asked["payments"], asked["referencepayments"], asked["bankstatements"]) <= parts
    assert max(asked["invoices"], asked["businesspartners"], asked["journals"]) <= 4
    assert asked["products"] <= 6
    assert not [path for path in asked if path.startswith(("ledgerreceipts/", "invoices/", "businesspartners/"))]


OTHER_READINGS = {
    "total_count": "absent",
    "empty_results": "missing",
    "meta": "absent",
    "bounds": "exclusive",
    "previous_id": "ascending",
    "unnamed_lists": "results",
    "nested_events": "event",
}


def test_what_the_documentation_leaves_open_makes_no_difference(
    company: Sandbox, tap: Callable[..., Run], first: Run
) -> None:
    streams = (*DATED, *FOLLOWED, *UNCERTAIN, "persons")
    company.procountor.settings(**OTHER_READINGS)
    other = tap(*streams)
    company.procountor.settings()
    for stream in streams:
        assert table(stream, other) == table(stream, first), stream
        assert table(stream, first), stream


def test_receipts_that_the_user_may_not_see_are_missed_aloud(company: Sandbox, tap: Callable[..., Run]) -> None:
    company.procountor.settings(payroll_rights="none")
    run = tap("ledger_receipts")
    company.procountor.settings()
    assert "lacks receipts of SALARY and EMPLOYER_CONTRIBUTION" in run.log


def test_nothing_is_written(company: Sandbox, first: Run) -> None:
    assert first.rows("report_accounting")
    assert company.procountor.side_effects == []


def test_two_hundred_changes_later_the_tables_are_those_of_a_fresh_load(
    company: Sandbox, tap: Callable[..., Run], first: Run
) -> None:
    streams = (*DATED, *FOLLOWED, *REPORTS, "ledger_accounts")
    company.procountor.storm(n=200, seed=3)
    second = tap(*streams, state=first.state)
    fresh = tap(*streams)
    for stream in (*DATED, *REPORTS):
        assert table(stream, first, second) == table(stream, fresh), stream
    for stream in FOLLOWED:
        assert table(stream, fresh).items() <= table(stream, first, second).items(), stream

    ledger = table("ledger_receipts", first, second)
    assert {key[1] for key in ledger} == set(company.procountor.truth("ledger_receipts"))
    gone = [row for row in second.rows("ledger_receipts") if row["_sdc_deleted_at"]]
    assert len(gone) > 20
    assert balances(ledger) == without_zeros(company.procountor.balances())
    report = table("report_ledger_accounts", first, second)
    assert balances(ledger) == reported(report, table("ledger_accounts", second))


@pytest.mark.storm
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20))
def test_a_storm_of_changes_over_several_runs(company: Sandbox, tap: Callable[..., Run], seed: int) -> None:
    runs = [tap(*DATED, *REPORTS)]
    for turn in range(5):
        company.procountor.storm(n=60, seed=seed * 100 + turn)
        runs.append(tap(*DATED, *REPORTS, state=runs[-1].state))
    fresh = tap(*DATED, *REPORTS)
    for stream in (*DATED, *REPORTS):
        assert table(stream, *runs) == table(stream, fresh), stream
    assert balances(table("ledger_receipts", *runs)) == without_zeros(company.procountor.balances())
