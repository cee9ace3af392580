"""Only what changed is asked for, and nothing that changed is missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.testing import Reply

from procountor_tests.running import run_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run

FOLLOWED = {
    "invoices": "invoices",
    "business_partners": "businesspartners",
    "products": "products",
    "journals": "journals",
}


def record(number: int, version: str) -> dict[str, Any]:
    kind = {"type": "SALES", "registryInfo": {"active": True}}
    return {"id": number, "name": f"n{number}", "version": version, **kind}


@pytest.mark.parametrize(("stream", "path"), FOLLOWED.items())
def test_a_later_run_asks_since_the_last_change_less_an_hour(
    procountor: Any, tap: Callable[..., Run], stream: str, path: str
) -> None:
    procountor.lists[path] = [record(1, "2026-03-01T08:00:00"), record(2, "2026-03-01T09:00:00")]
    first = tap(stream)
    assert [row["version"] for row in first.rows(stream)] == ["2026-03-01T06:00:00Z", "2026-03-01T07:00:00Z"]
    procountor.asked.clear()
    assert tap(stream, state=first.state).rows(stream) == []
    assert not [asked for asked in procountor.asked if asked.path.startswith(f"{path}/")]
    assert "2026-03-01T08:00:00" in {query.get("versionStartDate") for query in procountor.paths(path)}
    procountor.lists[path][0] = record(1, "2026-03-02T10:00:00")
    assert [row["id"] for row in tap(stream, state=first.state).rows(stream)] == [1]


def test_the_hour_that_clocks_go_back(procountor: Any, tap: Callable[..., Run]) -> None:
    """On 25 October 2026 the hour from 3 to 4 comes twice in Finland, and a moment does not say which it is of."""
    procountor.lists["invoices"] = [record(1, "2026-10-25T03:50:00")]
    first = tap("invoices")
    procountor.lists["invoices"].append(record(2, "2026-10-25T03:10:00"))
    assert [row["id"] for row in tap("invoices", state=first.state).rows("invoices")] == [2]


def test_a_change_behind_the_reader_is_read_by_the_next_run(procountor: Any, tap: Callable[..., Run]) -> None:
    """Record 1 changes after its page was read, and record 399 a second later, before its page is."""
    procountor.lists["invoices"] = [record(n, "2026-03-01T08:00:00") for n in range(400)]

    def change(asked: Any) -> Reply | None:
        if asked.one.get("previousId") == "199" and procountor.lists["invoices"][1]["version"] < "2026-03-02":
            procountor.lists["invoices"][1] = record(1, "2026-03-02T10:00:00")
            procountor.lists["invoices"][399] = record(399, "2026-03-02T10:00:01")
        return None

    procountor.replies["invoices"] = change
    first = tap("invoices")
    assert {row["id"]: row["version"] for row in first.rows("invoices")}[399] == "2026-03-02T08:00:01Z"
    second = tap("invoices", state=first.state)
    assert 1 in {row["id"] for row in second.rows("invoices")}


@pytest.mark.parametrize(("stream", "path"), [("invoices", "invoices"), ("products", "products")])
def test_a_long_list_is_read_up_to_its_newest_change(
    procountor: Any, tap: Callable[..., Run], stream: str, path: str
) -> None:
    """The next run begins there, not where the last page happened to end. One order is asked for at a time."""
    procountor.lists[path] = [record(n, f"2026-03-{28 - n // 20:02d}T08:00:00") for n in range(401)]
    first = tap(stream)
    assert len(first.rows(stream)) == 401
    procountor.asked.clear()
    assert tap(stream, state=first.state).rows(stream) == []
    assert "2026-03-28T07:00:00" in {query.get("versionStartDate") for query in procountor.paths(path)}
    tap(stream)
    orders = [[name for name in query if name.startswith("orderBy")] for query in procountor.paths(path)]
    assert ["orderByVersion"] in orders
    assert all(len(names) == 1 for names in orders)


def test_an_invoice_that_went_before_its_details_were_asked(procountor: Any, tap: Callable[..., Run]) -> None:
    procountor.lists["invoices"] = [record(1, "2026-03-01T08:00:00"), record(2, "2026-03-01T08:00:00")]
    procountor.replies["invoices/1,2"] = lambda _: Reply([procountor.lists["invoices"][1]])
    run = tap("invoices")
    assert run.code == 0
    assert [row["id"] for row in run.rows("invoices")] == [2]


def test_deleted_invoices_leave_a_table_that_is_read_whole(procountor: Any, discovered: dict[str, Any]) -> None:
    procountor.lists["invoices"] = [record(n, "2026-03-01T08:00:00") for n in range(3)]
    found = next(entry for entry in discovered["streams"] if entry["tap_stream_id"] == "invoices")
    selected = [{"breadcrumb": [], "metadata": {"selected": True}}]
    catalog = {"streams": [{**found, "replication_method": "FULL_TABLE", "metadata": selected}]}
    first = run_here(procountor, catalog, "invoices")
    del procountor.lists["invoices"][1]
    second = run_here(procountor, catalog, "invoices", state=first.state)
    assert [row["id"] for row in second.rows("invoices")] == [0, 2]
    assert "ACTIVATE_VERSION" in {message["type"] for message in second.messages}


def test_what_only_the_list_of_invoices_shows_is_kept(procountor: Any, tap: Callable[..., Run]) -> None:
    shown = {"created": "2026-02-28T12:00:00", "dueDate": "2026-03-14", "newDueDate": "2026-03-21"}
    procountor.lists["invoices"] = [{**record(1, "2026-03-01T08:00:00"), **shown}]
    procountor.details["invoices"] = {1: {**record(1, "2026-03-01T08:00:00"), "invoiceRows": [{"product": "Birch"}]}}
    (row,) = tap("invoices").rows("invoices")
    assert (row["created"], row["due_date"]) == ("2026-02-28T10:00:00Z", "2026-03-14")
    assert row["invoice_rows"] == [{"product": "Birch"}]


def test_payment_events_of_two_hundred_invoices_at_a_time(procountor: Any, tap: Callable[..., Run]) -> None:
    """The list for 200 invoices may itself have pages."""
    procountor.lists["invoices"] = [record(n, "2026-03-01T08:00:00") for n in range(1, 251)]
    events = [{"id": 1000 + n, "invoiceId": n % 250 + 1, "amount": 1.25} for n in range(600)]

    def found(asked: Any) -> Reply:
        ids = {int(text) for text in asked.one["invoiceId"].split(",")}
        after = int(asked.one.get("previousId", 0))
        rows = [event for event in events if event["invoiceId"] in ids and event["id"] > after][:200]
        return Reply({"results": rows, "meta": {"pageSize": 200}})

    procountor.replies["payments/paymentevents"] = found
    rows = tap("payment_events").rows("payment_events")
    assert {row["invoice_id"]: len(row["payment_events"]) for row in rows} == {
        n: 3 if n <= 100 else 2 for n in range(1, 251)
    }
    assert {len(query["invoiceId"].split(",")) for query in procountor.paths("payments/paymentevents")} == {200, 50}


def test_the_audit_trail_of_an_invoice_without_one_is_empty(procountor: Any, tap: Callable[..., Run]) -> None:
    procountor.lists["invoices"] = [record(n, "2026-03-01T08:00:00") for n in (1, 2)]
    answer = {"results": [{"invoiceId": 2, "transactions": [{"action": "SEND", "date": "2026-03-01T08:00:00"}]}]}
    procountor.objects["invoices/transactions"] = answer
    rows = tap("invoice_transactions").rows("invoice_transactions")
    assert [row["transactions"] for row in rows] == [[], [{"action": "SEND", "date": "2026-03-01T06:00:00Z"}]]
    (asked,) = [asked for asked in procountor.asked if asked.path == "invoices/transactions"]
    assert asked.query == {"invoiceIds": ["1", "2"]}


def test_comments_are_asked_for_where_they_can_be(procountor: Any, tap: Callable[..., Run]) -> None:
    kinds = ("SALES_INVOICE", "PURCHASE_INVOICE", "TRAVEL_INVOICE")
    procountor.lists["invoices"] = [
        {**record(n, "2026-03-01T08:00:00"), "type": kind} for n, kind in enumerate(kinds, 1)
    ]
    procountor.objects["invoices/2/comments"] = {"comments": [{"id": 5, "comment": "Seen"}]}
    rows = tap("invoice_comments").rows("invoice_comments")
    assert [(row["invoice_id"], row["comments"]) for row in rows] == [(2, [{"id": 5, "comment": "Seen"}]), (3, [])]


@pytest.mark.parametrize("shown", [True, False])
def test_persons_are_followed_by_the_partner_register(
    procountor: Any,
    tap: Callable[..., Run],
    shown: bool,  # noqa: FBT001
) -> None:
    """Their own list does not say when they changed. Without the register, a change that the list shows is seen."""
    listed = {"id": 1, "lastName": "Lumi", "registryInfo": {"active": True}}
    procountor.lists["persons"] = [listed]
    procountor.details["persons"] = {1: {**listed, "jobTitle": "Clerk", "version": "2026-03-01T08:00:00"}}
    partner = {**listed, "type": "PERSON", "version": "2026-03-01T08:00:00"}
    procountor.lists["businesspartners"] = [partner] if shown else []
    first = tap("persons")
    assert [row["job_title"] for row in first.rows("persons")] == ["Clerk"]
    assert tap("persons", state=first.state).rows("persons") == []
    procountor.details["persons"][1]["jobTitle"] = "Head"
    partner["version"] = "2026-03-05T08:00:00"
    assert len(tap("persons", state=first.state).rows("persons")) == shown
    listed["lastName"] = "Halla"
    assert len(tap("persons", state=first.state).rows("persons")) == 1
    procountor.lists["persons"] = procountor.lists["businesspartners"] = []
    (row,) = tap("persons", state=first.state).rows("persons")
    assert row["_sdc_deleted_at"]


def test_a_bank_account_is_asked_for_when_the_list_shows_a_change(procountor: Any, tap: Callable[..., Run]) -> None:
    procountor.lists["bankaccounts"] = [{"id": 1, "version": "2026-03-01T08:00:00"}]
    procountor.details["bankaccounts"] = {1: {"id": 1, "version": "2026-03-01T08:00:00", "ledgerAccount": 1910}}
    first = tap("bank_accounts")
    assert [row["ledger_account"] for row in first.rows("bank_accounts")] == ["1910"]
    procountor.asked.clear()
    assert tap("bank_accounts", state=first.state).rows("bank_accounts") == []
    assert "bankaccounts/1" not in {asked.path for asked in procountor.asked}
