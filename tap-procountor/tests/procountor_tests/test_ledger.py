"""Receipts that Procountor makes anew, moves, closes in: the ledger has each once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_procountor.periods import gapless

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run

JANUARY, FEBRUARY, MARCH = "2026-01-15", "2026-02-15", "2026-03-15"


@pytest.fixture
def receipt() -> Callable[..., dict[str, Any]]:
    """Make a journal receipt of `number` cents."""

    def make(number: int, day: str, **changes: Any) -> dict[str, Any]:
        rows = [{"id": number * 10 + n, "account": a, "accountingValue": v} for n, (a, v) in enumerate(two(number))]
        made = {"id": number, "type": "JOURNAL", "status": "APPROVED", "receiptDate": day, "transactions": rows}
        return {**made, "version": f"2026-03-20T10:00:{number % 60:02d}", **changes}

    return make


def two(cents: int) -> list[tuple[str, float]]:
    return [("1910", cents / 100), ("3000", -cents / 100)]


def ledger(*runs: Run) -> dict[int, str]:
    """The receipts that are left after the runs: id and day."""
    left: dict[int, str] = {}
    for run in runs:
        assert run.code == 0, run.log
        for row in run.rows("ledger_receipts"):
            if row.get("_sdc_deleted_at"):
                left.pop(row["id"], None)
            else:
                left[row["id"]] = row["receipt_date"]
    return left


def test_a_receipt_made_anew_takes_the_place_of_the_old_one(
    procountor: Any, tap: Callable[..., Run], receipt: Any
) -> None:
    procountor.lists["ledgerreceipts"] = [receipt(1, MARCH), receipt(2, MARCH), receipt(3, JANUARY)]
    first = tap("ledger_receipts")
    procountor.lists["ledgerreceipts"][1] = receipt(7, MARCH)
    second = tap("ledger_receipts", state=first.state)
    assert ledger(first) == {1: MARCH, 2: MARCH, 3: JANUARY}
    assert ledger(first, second) == {1: MARCH, 7: MARCH, 3: JANUARY}
    new, old = second.rows("ledger_receipts")
    assert [row["account"] for row in new["transactions"]] == ["1910", "3000"]
    assert (old["company_id"], old["id"], old["_sdc_deleted_at"][:2]) == (4711, 2, "20")


@pytest.mark.parametrize(("before", "after"), [(MARCH, "2026-04-02"), ("2026-04-02", MARCH), (MARCH, "2025-12-31")])
def test_a_receipt_that_moves_to_another_period_is_not_lost(
    procountor: Any, tap: Callable[..., Run], receipt: Any, before: str, after: str
) -> None:
    procountor.lists["ledgerreceipts"] = [receipt(1, before)]
    first = tap("ledger_receipts")
    procountor.lists["ledgerreceipts"] = [receipt(1, after, version="2026-03-21T00:00:00")]
    assert ledger(first, tap("ledger_receipts", state=first.state)) == {1: after}


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("day", ["2025-12-31", "2026-01-01", "2026-02-28", "2026-03-31", "2026-04-01"])
def test_no_day_is_left_out(
    procountor: Any,
    tap: Callable[..., Run],
    receipt: Any,
    day: str,
    inclusive: bool,  # noqa: FBT001
) -> None:
    """Days before and after the known periods, too, whether or not filters include their own days."""
    procountor.lists["ledgerreceipts"] = [receipt(1, day)]
    procountor.inclusive = inclusive
    first = tap("ledger_receipts")
    assert ledger(first) == {1: day}
    assert tap("ledger_receipts", state=first.state).rows("ledger_receipts") == []


def test_all_closed_periods_cost_one_request(procountor: Any, tap: Callable[..., Run], receipt: Any) -> None:
    procountor.lists["ledgerreceipts"] = [receipt(n, FEBRUARY) for n in range(1, 251)]
    first = tap("ledger_receipts")
    procountor.asked.clear()
    second = tap("ledger_receipts", state=first.state)
    assert second.rows("ledger_receipts") == []
    asked = [query for query in procountor.paths("ledgerreceipts") if query.get("endDate", "9") <= "2026-03-01"]
    assert [(query.get("startDate"), query["size"]) for query in asked] == [("2025-12-31", "1"), (None, "200")]
    assert [asked.path for asked in procountor.asked if "/" in asked.path and asked.method == "GET"] == []


def test_a_change_in_a_closed_period_is_seen(procountor: Any, tap: Callable[..., Run], receipt: Any) -> None:
    """A receipt takes on the state of the invoice behind it, which may be paid after the period was closed."""
    procountor.lists["ledgerreceipts"] = [receipt(1, FEBRUARY, status="SENT")]
    first = tap("ledger_receipts")
    procountor.lists["ledgerreceipts"] = [receipt(1, FEBRUARY, status="PAID", version="2026-03-21T00:00:00")]
    (row,) = tap("ledger_receipts", state=first.state).rows("ledger_receipts")
    assert row["status"] == "PAID"


def test_of_closed_periods_only_those_that_changed_are_listed(
    procountor: Any, tap: Callable[..., Run], receipt: Any
) -> None:
    procountor.lists["ledgerreceipts"] = [receipt(1, JANUARY), receipt(2, FEBRUARY)]
    first = tap("ledger_receipts")
    procountor.lists["ledgerreceipts"][1] = receipt(2, FEBRUARY, version="2026-03-21T00:00:00")
    procountor.asked.clear()
    second = tap("ledger_receipts", state=first.state)
    listed = {query.get("startDate") for query in procountor.paths("ledgerreceipts") if "orderById" in query}
    assert "2026-01-31" in listed
    assert "2025-12-31" not in listed
    procountor.asked.clear()
    tap("ledger_receipts", state=second.state)
    assert len([query for query in procountor.paths("ledgerreceipts") if "orderByVersion" in query]) == 1


def test_a_period_that_was_opened_and_closed_again_is_read(
    procountor: Any, tap: Callable[..., Run], receipt: Any
) -> None:
    procountor.lists["ledgerreceipts"] = [receipt(1, FEBRUARY), receipt(2, FEBRUARY)]
    first = tap("ledger_receipts")
    del procountor.lists["ledgerreceipts"][0]
    procountor.lists["fiscalyears"][0]["trackingPeriods"][1]["modified"] = "2026-03-21"
    assert ledger(first, tap("ledger_receipts", state=first.state)) == {2: FEBRUARY}


def test_details_come_in_batches_and_keep_what_only_the_list_shows(
    procountor: Any, tap: Callable[..., Run], receipt: Any
) -> None:
    full = [receipt(n, MARCH) for n in range(1, 202)]
    procountor.details["ledgerreceipts"] = {one["id"]: one for one in full}
    procountor.lists["ledgerreceipts"] = [
        {"id": one["id"], "receiptDate": MARCH, "version": one["version"], "created": "2026-03-19T12:00:00"}
        for one in full
    ]
    rows = tap("ledger_receipts").rows("ledger_receipts")
    assert len(rows) == 201
    assert {row["created"] for row in rows} == {"2026-03-19T10:00:00Z"}
    assert all(sum(t["accounting_value"] for t in row["transactions"]) == 0 for row in rows)
    batches = [asked.path.count(",") + 1 for asked in procountor.asked if asked.path.startswith("ledgerreceipts/")]
    assert sorted(batches) == [1, 200]


def test_nothing_before_the_start_date(procountor: Any, tap: Callable[..., Run], receipt: Any) -> None:
    procountor.lists["ledgerreceipts"] = [receipt(1, JANUARY), receipt(2, "2026-02-09"), receipt(3, FEBRUARY)]
    first = tap("ledger_receipts", start_date="2026-02-10")
    assert ledger(first) == {3: FEBRUARY}
    assert "2025-12-31" not in [query.get("startDate") for query in procountor.paths("ledgerreceipts")]
    assert ledger(first, tap("ledger_receipts", state=first.state)) == {1: JANUARY, 2: "2026-02-09", 3: FEBRUARY}


days = st.integers(0, 400).map(lambda n: date(2025, 1, 1) + timedelta(days=n))


@st.composite
def fiscal_years(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Years in any order, whose tracking periods may leave days out or overlap, or are missing."""

    def span() -> dict[str, Any]:
        start, end = sorted((draw(days), draw(days)))
        status = draw(st.sampled_from(["OPEN", "CLOSED", "PENDING"]))
        return {"startDate": start.isoformat(), "endDate": end.isoformat(), "status": status}

    return [
        {**span(), "trackingPeriods": [span() for _ in range(draw(st.integers(0, 4)))]}
        for _ in range(draw(st.integers(0, 3)))
    ]


@given(fiscal_years(), st.integers(-500, 900).map(lambda n: date(2025, 1, 1) + timedelta(days=n)))
def test_every_day_is_in_one_period(years: list[dict[str, Any]], day: date) -> None:
    found = list(gapless(years))
    assert len([period for period in found if period.holds(day)]) == 1
    assert len({period.name for period in found}) == len(found)
