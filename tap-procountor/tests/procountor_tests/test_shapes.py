"""Answers in every shape that was met: fields that are null, missing, new or of another type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.testing import Reply
from tap_procountor.api import error_code, read_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run

TWO = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]

# Documented with one object where the text speaks of a list (OpenAPI 26.04).
UNCERTAIN = {
    "journals": "journals",
    "invoice_templates": "company/invoicetemplates",
    "e_invoice_addresses": "company/einvoiceaddresses",
    "se_factoring_contracts": "se/factoringcontracts",
    "dimensions": "dimensions",
}


@pytest.mark.parametrize(
    ("answer", "rows"),
    [(TWO, 2), ({"results": TWO}, 2), ({"results": TWO, "meta": {"pageSize": 50}}, 2), (TWO[0], 1), ([], 0), ({}, 0)],
    ids=["array", "results", "results and meta", "object", "empty array", "empty object"],
)
@pytest.mark.parametrize("stream", UNCERTAIN)
def test_a_list_an_object_or_results(
    procountor: Any, tap: Callable[..., Run], stream: str, answer: Any, rows: int
) -> None:
    procountor.objects[UNCERTAIN[stream]] = answer
    if stream == "e_invoice_addresses" and rows == 2:
        procountor.objects[UNCERTAIN[stream]] = [{"operatorId": n} for n in (1, 2)]
    run = tap(stream)
    assert run.code == 0, run.log
    assert len(run.rows(stream)) == rows


def test_a_list_that_knows_no_pages_is_read_once(procountor: Any, tap: Callable[..., Run]) -> None:
    """/journals is documented without paging: whatever is asked, it may answer with all it has."""
    procountor.objects["journals"] = [{"id": n, "version": "2026-03-02T08:00:00"} for n in range(401)]
    first = tap("journals")
    assert {row["id"] for row in first.rows("journals")} == set(range(401))
    assert len(procountor.paths("journals")) <= 8
    assert tap("journals", state=first.state).rows("journals") == []


@pytest.mark.parametrize("answer", [{"results": []}, {"meta": {}, "results": []}, {"meta": {"resultCount": 0}}, {}])
@pytest.mark.parametrize("stream", ["attachments", "payments/errormessages", "webhooks"])
def test_a_list_without_rows(procountor: Any, tap: Callable[..., Run], stream: str, answer: Any) -> None:
    """Of pages by number, and of pages by the last id."""
    procountor.objects[stream] = answer
    run = tap({"payments/errormessages": "payment_error_messages"}.get(stream, stream))
    assert (run.code, [message for message in run.messages if message["type"] == "RECORD"]) == (0, [])


def test_the_last_page_is_the_one_that_is_not_full() -> None:
    """Nothing goes by totalCount, which is documented and not always delivered."""
    full = [{"id": n} for n in range(200)]
    assert read_page({"results": full, "meta": {"totalCount": 200}}, "results").more
    assert not read_page({"results": full[1:], "meta": {"totalCount": 5000}}, "results").more
    assert read_page({"results": full[:50], "meta": {"pageSize": 50}}, "results").more


@pytest.mark.parametrize("body", [{"items": []}, {"meta": {}, "items": []}, "text", None])
def test_an_answer_without_its_list_is_named(body: Any) -> None:
    with pytest.raises((LookupError, TypeError, AttributeError)):
        read_page(body, "ledgerAccounts")


def test_events_that_are_sums_of_others(procountor: Any, tap: Callable[..., Run]) -> None:
    """Under `events` as clients read it or `event` as the text says, to any depth."""
    inner = {"id": 4, "sum": 1.5, "event": [{"id": 5, "sum": 1.5, "name": None}]}
    events = [{"id": 2, "sum": 3, "events": [{"id": 3, "sum": 1.5}, inner]}, {"id": 6, "sum": 0.1, "invoiceId": 0}]
    statement = {"id": 1, "startDate": "2026-03-02", "endDate": "2026-03-02", "events": events}
    procountor.objects["bankstatements"] = {"results": [statement]}
    run = tap("bank_statements")
    (row,) = run.rows("bank_statements")
    assert [(e["id"], e["parent_event_id"], e["sum"]) for e in row["events"]] == [
        (2, None, 3),
        (3, 2, 1.5),
        (4, 2, 1.5),
        (5, 4, 1.5),
        (6, None, 0.1),
    ]
    assert "not declared" not in run.log


@pytest.mark.parametrize("start", ["2025-12-31", "2026-01-31", "2026-03-31", "2026-04-01"])
def test_a_statement_over_two_periods_is_read_once(procountor: Any, tap: Callable[..., Run], start: str) -> None:
    """Whichever of its days the filter looks at."""
    procountor.objects["bankstatements"] = {"results": [{"id": 1, "startDate": start, "endDate": "2026-04-28"}]}
    first = tap("bank_statements")
    assert [row["start_date"] for row in first.rows("bank_statements")] == [start]
    assert tap("bank_statements", state=first.state).rows("bank_statements") == []


def test_a_statement_that_the_filter_would_leave_out_is_asked_for(procountor: Any, tap: Callable[..., Run]) -> None:
    """Of a quarter, with a filter that wants all of it inside."""

    def inside(asked: Any) -> Any:
        query, day = asked.one, {"startDate": "2026-01-01", "endDate": "2026-03-31"}
        found = query.get("startDate", "") <= day["startDate"] and day["endDate"] <= query.get("endDate", "9")
        return Reply({"results": [{"id": 1, **day}] if found else []})

    procountor.replies["bankstatements"] = inside
    assert len(tap("bank_statements").rows("bank_statements")) == 1


def test_an_invoice_of_2017(procountor: Any, tap: Callable[..., Run]) -> None:
    """Rows without ids, references that are null, a status of VAT that is text."""
    procountor.lists["invoices"] = [{"id": 1, "type": "SALES_INVOICE", "version": "2017-11-16T10:00:00"}]
    old = {
        "id": 1,
        "partnerId": None,
        "vatStatus": "1",
        "paymentInfo": {"bankReferenceCode": 26013, "dueDate": "2017-12-01"},
        "counterParty": {"counterPartyAddress": {"name": None, "country": "ATLANTIS"}},
        "invoiceRows": [{"productId": None, "product": "Birch", "quantity": 1.5, "vatPercent": 25.5}],
        "travelInformationItems": [{"departure": "on Monday"}],
    }
    procountor.details["invoices"] = {1: old}
    run = tap("invoices")
    (row,) = run.rows("invoices")
    assert (row["partner_id"], row["vat_status"]) == (None, 1)
    assert row["payment_info"] == {"bank_reference_code": "26013", "due_date": "2017-12-01"}
    assert row["counter_party"]["counter_party_address"]["country"] == "ATLANTIS"
    assert row["invoice_rows"] == [{"product_id": None, "product": "Birch", "quantity": 1.5, "vat_percent": 25.5}]
    assert row["travel_information_items"] == [{"departure": "on Monday"}]


def test_moments_are_finnish_time_and_land_in_utc(procountor: Any, tap: Callable[..., Run]) -> None:
    """In winter two hours ahead, in summer three; one sample has no seconds."""
    moments = ["2026-01-15T00:30:00", "2026-07-15T00:30:00", "2016-08-31T00:00", "2026-07-15T00:30:00.123Z", None]
    procountor.lists["invoices"] = [
        {"id": n, "created": moment, "version": "2026-07-16T00:00:00", "date": "2026-07-15"}
        for n, moment in enumerate(moments)
    ]
    rows = tap("invoices").rows("invoices")
    assert [row["created"] for row in rows] == [
        "2026-01-14T22:30:00Z",
        "2026-07-14T21:30:00Z",
        "2016-08-30T21:00:00Z",
        "2026-07-15T00:30:00.123Z",
        None,
    ]
    assert {row["date"] for row in rows} == {"2026-07-15"}


def test_a_new_field_is_named_and_not_loaded(procountor: Any, tap: Callable[..., Run]) -> None:
    procountor.lists["coa"] = [{"ledgerAccountCode": "1910", "hue": "CANARY"}]
    run = tap("ledger_accounts")
    assert run.rows("ledger_accounts") == [{"company_id": 4711, "ledger_account_code": "1910"}]
    assert "field hue (string) is not declared" in run.log
    assert "CANARY" not in run.log


def test_the_secret_of_a_webhook_is_not_loaded(procountor: Any, tap: Callable[..., Run]) -> None:
    procountor.objects["webhooks"] = {"results": [{"uuid": "u", "authenticationMeta": {"secret": "CANARY"}}]}
    run = tap("webhooks")
    assert run.rows("webhooks") == [{"company_id": 4711, "uuid": "u"}]
    assert "CANARY" not in run.log


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"errors": [{"status": 400, "field": "date", "message": "FIELD_INVALID"}]}, "FIELD_INVALID"),
        ({"errors": [{"status": 400}]}, ""),
        ({"errors": []}, ""),
        ({"constraintViolations": [{"errorCode": "X1"}]}, "X1"),
        ({"error": "invalid_grant", "error_description": "no"}, "invalid_grant"),
        ("<html>", ""),
        ({}, ""),
    ],
)
def test_the_code_of_an_error(body: Any, code: str) -> None:
    assert error_code(body) == code
