"""The vendor's own reports: asked for by POST, for each period and year that has begun."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.testing import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run


@pytest.fixture
def reports(procountor: Any) -> Any:
    """A company with a report, and a year to come."""
    rows = [{"rowId": 1, "type": "BALANCE", "name": "Sales", "value": -100.25}]
    answer = {"periods": [{"startDate": "2026-03-01", "endDate": "2026-03-31", "rows": rows}]}
    procountor.objects["reports/accounting"] = {"reportParameters": {"type": "X"}, "reportData": answer}
    procountor.objects["reports/ledgeraccounts"] = {"reportData": answer}
    periods = [{"id": 99, "startDate": "2999-01-01", "endDate": "2999-01-31", "status": "PENDING"}]
    year = {"id": 9, "startDate": "2999-01-01", "endDate": "2999-12-31", "isOpen": True, "trackingPeriods": periods}
    procountor.lists["fiscalyears"].insert(0, year)
    return procountor


def bodies(procountor: Any, path: str) -> list[dict[str, Any]]:
    """What a report was asked for by; several are asked for at a time, so in the order of their text."""
    return sorted((json.loads(asked.body) for asked in procountor.asked if asked.path == path), key=str)


YEAR = {"startDate": "2026-01-01", "endDate": "2026-03-31"}
MONTHS = [{"startDate": f"2026-0{n}-01", "endDate": f"2026-0{n}-{day}"} for n, day in ((1, 31), (2, 28), (3, 31))]


def test_accounts_by_year_and_period(reports: Any, tap: Callable[..., Run]) -> None:
    first = tap("report_ledger_accounts")
    rows = first.rows("report_ledger_accounts")
    assert [(row["start_date"], row["end_date"]) for row in rows] == [tuple(span.values()) for span in (YEAR, *MONTHS)]
    assert rows[0]["periods"][0]["rows"] == [{"name": "Sales", "value": -100.25}]
    assert bodies(reports, "reports/ledgeraccounts") == sorted([YEAR, *MONTHS], key=str)


def test_each_statement(reports: Any, tap: Callable[..., Run]) -> None:
    rows = tap("report_accounting").rows("report_accounting")
    assert len(rows) == 12
    assert {row["type"] for row in rows} == {"INCOME_STATEMENT", "BALANCE_SHEET", "CASH_FLOW"}
    assert {"type": "BALANCE_SHEET", **MONTHS[0]} in bodies(reports, "reports/accounting")


def test_a_closed_period_is_asked_for_once(reports: Any, tap: Callable[..., Run]) -> None:
    first = tap("report_ledger_accounts")
    reports.asked.clear()
    second = tap("report_ledger_accounts", state=first.state)
    assert second.rows("report_ledger_accounts") == []
    assert bodies(reports, "reports/ledgeraccounts") == [YEAR, MONTHS[2]]
    reports.lists["fiscalyears"][1]["trackingPeriods"][0]["modified"] = "2026-03-30"
    reports.objects["reports/ledgeraccounts"] = {"reportData": {"periods": []}}
    third = tap("report_ledger_accounts", state=second.state).rows("report_ledger_accounts")
    assert [row["start_date"] for row in third] == ["2026-01-01", "2026-01-01", "2026-03-01"]


def test_a_year_whose_periods_are_all_closed_is_asked_for_once(reports: Any, tap: Callable[..., Run]) -> None:
    for period in reports.lists["fiscalyears"][1]["trackingPeriods"]:
        period["status"] = "CLOSED"
    first = tap("report_ledger_accounts")
    reports.asked.clear()
    tap("report_ledger_accounts", state=first.state)
    assert bodies(reports, "reports/ledgeraccounts") == []


def test_a_year_that_is_made_longer_takes_the_place_of_the_shorter_one(reports: Any, tap: Callable[..., Run]) -> None:
    first = tap("report_ledger_accounts")
    reports.lists["fiscalyears"][1]["endDate"] = "2026-04-30"
    rows = tap("report_ledger_accounts", state=first.state).rows("report_ledger_accounts")
    ends = {row["end_date"]: bool(row["_sdc_deleted_at"]) for row in rows}
    assert ends == {"2026-04-30": False, "2026-03-31": True}


def test_the_general_ledger_of_each_account(reports: Any, tap: Callable[..., Run]) -> None:
    reports.lists["coa"] = [{"ledgerAccountCode": "1910"}, {"ledgerAccountCode": "30 00"}]
    transaction = {"id": 1, "receiptDate": "2026-03-02", "accountingValue": 12.34}
    found = {"id": "1910", "name": "Bank", "totalAccountingValue": 12.34, "ledgerReceiptTransactions": [transaction]}
    reports.objects["reports/generalledger/1910"] = {"ledgerAccount": found}
    reports.objects["reports/generalledger/30%2000"] = {"ledgerAccount": None}
    run = tap("report_general_ledger")
    assert run.code == 0, run.log
    bank, sales = run.rows("report_general_ledger")
    assert (bank["ledger_account_code"], bank["name"], bank["total_accounting_value"]) == ("1910", "Bank", 12.34)
    assert bank["ledger_receipt_transactions"] == [{"id": 1, "receipt_date": "2026-03-02", "accounting_value": 12.34}]
    assert (sales["ledger_account_code"], sales["start_date"]) == ("30 00", "2026-01-01")
    assert "not declared" not in run.log


def hide_payroll(procountor: Any, value: float) -> None:
    rows = [{"name": "Wages", "value": value}]
    procountor.objects["reports/ledgeraccounts"] = {"reportData": {"periods": [{"rows": rows}]}}


@pytest.mark.parametrize(("value", "warned"), [(2500.5, True), (0, False)])
def test_receipts_that_are_hidden_from_the_user(
    procountor: Any,
    tap: Callable[..., Run],
    value: float,
    warned: bool,  # noqa: FBT001
) -> None:
    """Without rights to payroll they are not refused but missing: the vendor's report counts them."""
    hide_payroll(procountor, value)
    run = tap("ledger_receipts")
    assert run.code == 0
    assert ("lacks receipts of SALARY and EMPLOYER_CONTRIBUTION" in run.log) is warned
    kinds = [body["options"]["receiptType"] for body in bodies(procountor, "reports/ledgeraccounts")]
    assert {kind for (kind,) in kinds} == {"SALARY", "EMPLOYER_CONTRIBUTION"}


def test_receipts_that_are_shown_are_not_hidden(procountor: Any, tap: Callable[..., Run]) -> None:
    hide_payroll(procountor, 2500.5)
    procountor.lists["ledgerreceipts"] = [
        {"id": n, "type": kind, "receiptDate": "2026-03-02", "version": "2026-03-02T00:00:00"}
        for n, kind in enumerate(("SALARY", "EMPLOYER_CONTRIBUTION"))
    ]
    run = tap("ledger_receipts")
    assert "lacks receipts" not in run.log
    assert bodies(procountor, "reports/ledgeraccounts") == []


def test_a_run_without_the_ledger_does_not_look_for_hidden_receipts(procountor: Any, tap: Callable[..., Run]) -> None:
    hide_payroll(procountor, 2500.5)
    tap("company")
    assert bodies(procountor, "reports/ledgeraccounts") == []


@pytest.mark.parametrize("path", ["fiscalyears", "ledgerreceipts", "reports/ledgeraccounts"])
def test_the_look_for_hidden_receipts_ends_no_run(procountor: Any, tap: Callable[..., Run], path: str) -> None:
    procountor.replies[path] = lambda _: Reply({"errors": [{"status": 403}]}, status=403)
    procountor.lists["coa"] = [{"ledgerAccountCode": "1910"}]
    run = tap("ledger_accounts", "ledger_receipts")
    assert len(run.rows("ledger_accounts")) == 1
    assert "lacks receipts" not in run.log
