"""Documents: everything once, then what changed since, by a clock in Sweden; details for these alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_fortnox.api import LAST_MODIFIED, wall_clock
from tap_kit.testing import Reply
from tap_kit.times import moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Query, Run

UNKNOWN = Reply({"ErrorInformation": {"error": 1, "message": "Ogiltig parameter i anropet.", "code": 2000588}}, 400)
SWEDEN = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def invoices(fortnox: Any) -> dict[str, dict[str, Any]]:
    """More invoices than a page holds, of which `lastmodified` shows those with `changed`."""
    invoices = {str(n): {"DocumentNumber": str(n), "Total": n, "InvoiceDate": "2026-01-05"} for n in range(1, 506)}

    def listed(query: Query) -> dict[str, Any]:
        shown = ("DocumentNumber", "Total", "InvoiceDate")
        found = [one for one in invoices.values() if one.get("changed") or "lastmodified" not in query]
        records = [{name: one[name] for name in shown if name in one} for one in found]
        body: dict[str, Any] = fortnox.page("Invoices", records, query)
        return body

    answer = fortnox.answer

    def with_details(path: str, query: Query) -> Reply:
        found = invoices.get(path.rpartition("/")[2])
        if not (found and path.startswith("3/invoices/")) or path in fortnox.answers:
            return answer(path, query)
        return Reply({"Invoice": {"DocumentNumber": found["DocumentNumber"], "Net": found["Total"]}})

    fortnox.answers["3/invoices"] = listed
    fortnox.answer = with_details
    return invoices


def test_all_first_then_what_changed_with_details_for_these_alone(
    fortnox: Any, invoices: dict[str, dict[str, Any]], tap: Callable[..., Run]
) -> None:
    before = datetime.now(UTC)
    run = tap("invoices")
    assert {row["document_number"]: row["net"] for row in run.rows("invoices")} == {
        number: one["Total"] for number, one in invoices.items()
    }
    assert len(run.rows("invoices")) == len(invoices)
    assert not any("lastmodified" in query for _, query in fortnox.asked)

    invoices["7"]["changed"] = True
    fortnox.asked.clear()
    later = tap("invoices", state=run.state)
    assert [row["document_number"] for row in later.rows("invoices")] == ["7"]
    (asked, query), detail = fortnox.asked
    assert (asked, detail[0]) == ("3/invoices", "3/invoices/7")
    since = datetime.fromisoformat(query["lastmodified"][0]).replace(tzinfo=SWEDEN)
    assert before - timedelta(minutes=71) <= since <= before - timedelta(minutes=69)


def test_without_changes_a_run_costs_one_request_and_sends_nothing(
    fortnox: Any, invoices: dict[str, dict[str, Any]], tap: Callable[..., Run]
) -> None:
    state = tap("invoices").state
    fortnox.asked.clear()
    assert invoices
    assert tap("invoices", state=state).rows("invoices") == []
    assert fortnox.paths() == ["3/invoices"]


def test_a_list_that_takes_no_moment_is_read_as_a_full_table(
    fortnox: Any, invoices: dict[str, dict[str, Any]], tap: Callable[..., Run]
) -> None:
    state = tap("invoices").state
    listed = fortnox.answers["3/invoices"]
    fortnox.answers["3/invoices"] = lambda query: UNKNOWN if "lastmodified" in query else listed(query)
    run = tap("invoices", state=state)
    assert run.code == 0
    assert len(run.rows("invoices")) == len(invoices)
    assert "ACTIVATE_VERSION" in {message["type"] for message in run.messages}
    assert "takes no 'lastmodified'" in run.log


def test_a_document_that_goes_between_its_list_and_its_details_is_left_out(
    fortnox: Any, invoices: dict[str, dict[str, Any]], tap: Callable[..., Run]
) -> None:
    gone = {"ErrorInformation": {"Error": 1, "Message": "Kan inte hitta fakturan.", "Code": 2000434}}
    fortnox.answers["3/invoices/7"] = Reply(gone, status=404)
    run = tap("invoices")
    assert run.code == 0
    assert {row["document_number"] for row in run.rows("invoices")} == invoices.keys() - {"7"}


def test_nothing_older_than_start_date(
    fortnox: Any, invoices: dict[str, dict[str, Any]], tap: Callable[..., Run]
) -> None:
    invoices["9"]["InvoiceDate"] = "2025-12-31"
    run = tap("invoices", start_date="2026-01-01")
    assert {row["document_number"] for row in run.rows("invoices")} == invoices.keys() - {"9"}
    assert "3/invoices/9" not in fortnox.paths()


def test_what_was_deleted_goes_with_a_full_table(
    fortnox: Any, invoices: dict[str, dict[str, Any]], catalog: dict[str, Any], tap: Callable[..., Run]
) -> None:
    state = tap("invoices").state
    (entry,) = [entry for entry in catalog["streams"] if entry["tap_stream_id"] == "invoices"]
    whole = {**entry, "replication_method": "FULL_TABLE"}
    del invoices["7"]
    run = tap.func(fortnox, {"streams": [whole]}, "invoices", state=state)
    assert {row["document_number"] for row in run.rows("invoices")} == invoices.keys()
    assert run.messages[-1]["type"] == "ACTIVATE_VERSION"


def test_lists_that_show_little_are_compared(fortnox: Any, tap: Callable[..., Run]) -> None:
    accruals = [{"InvoiceNumber": n, "Description": f"d{n}", "Period": "MONTHLY"} for n in (1, 2, 3)]
    fortnox.lists["3/invoiceaccruals"] = ("InvoiceAccruals", accruals)
    for n in (1, 2, 3):
        fortnox.answers[f"3/invoiceaccruals/{n}"] = {"InvoiceAccrual": {"InvoiceNumber": n, "Total": 5}}
    run = tap("invoice_accruals")
    assert [row["invoice_number"] for row in run.rows("invoice_accruals")] == ["1", "2", "3"]
    accruals[1] = {**accruals[1], "Description": "changed"}
    del accruals[2]
    fortnox.asked.clear()
    rows = tap("invoice_accruals", state=run.state).rows("invoice_accruals")
    assert [(row["invoice_number"], bool(row["_sdc_deleted_at"])) for row in rows] == [("2", False), ("3", True)]
    assert fortnox.paths() == ["3/invoiceaccruals", "3/invoiceaccruals/2"]


NEAR_A_CHANGE = st.sampled_from([datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)])
HOURS = st.timedeltas(min_value=timedelta(hours=-4), max_value=timedelta(hours=4))


@given(NEAR_A_CHANGE, HOURS, st.timedeltas(timedelta(minutes=-2), timedelta(hours=4)), st.sampled_from([0, 1]))
def test_no_change_is_missed_when_clocks_are_changed(at: datetime, off: timedelta, after: timedelta, fold: int) -> None:
    """What changes after a request, or just before by a clock that differs, is in what the next one asks for.

    Fortnox may compare times of day, or take one that comes twice for the first or the second.
    """
    asked = at + off
    changed = asked + after
    bound = wall_clock(asked - LAST_MODIFIED.overlap)
    assert wall_clock(changed) >= bound
    assert changed >= datetime.fromisoformat(bound).replace(tzinfo=SWEDEN, fold=fold)


def test_moments_without_a_zone_are_swedish(fortnox: Any, tap: Callable[..., Run]) -> None:
    path = "api/time/registrations-v2"
    fortnox.answers[path] = lambda query: (
        [{"id": "1", "workedDate": "2026-07-01", "createdTime": "2026-07-01T08:30:00"}]
        if query["fromDate"] == ["2026-07-01"]
        else []
    )
    (row,) = tap("time_registrations", start_date="2026-07-01").rows("time_registrations")
    assert moment(row["created_time"]) == datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
    assert {query["toDate"][0] for _, query in fortnox.asked if query["fromDate"] == ["2026-07-01"]} == {"2026-07-31"}


def test_a_list_without_a_length_is_read_to_its_end(fortnox: Any, tap: Callable[..., Run]) -> None:
    path, points = "api/warehouse/stockpoints-v1", [{"id": str(n), "code": str(n)} for n in range(250)]

    def by_offset(query: Query) -> list[dict[str, Any]]:
        offset = int(query["offset"][0])
        return points[offset : offset + int(query["limit"][0])]

    fortnox.answers[path] = by_offset
    assert [row["id"] for row in tap("stock_points").rows("stock_points")] == [point["id"] for point in points]
    fortnox.answers[path] = points  # of a list that knows no offset
    fortnox.asked.clear()
    assert len(tap("stock_points").rows("stock_points")) == len(points)
    assert len(fortnox.asked) == 2
