"""The other lists of the API: what several generations of answers make of a row."""

# ruff: noqa: E501 - an answer a line

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.testing import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run


@pytest.fixture(scope="module")
def catalog() -> dict[str, Any]:
    command = [sys.executable, "-m", "tap_qonto", "--discover"]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


@pytest.fixture
def read(qonto: Any, tap: Callable[..., Run], catalog: dict[str, Any]) -> Callable[..., Run]:
    """Read one stream, selected by a catalog, from a vendor that gives this answer to everything."""

    def run(stream: str, answer: Any, **options: Any) -> Run:
        chosen = json.loads(json.dumps(catalog))
        chosen["streams"] = [entry for entry in chosen["streams"] if entry["tap_stream_id"] == stream]
        for item in chosen["streams"][0]["metadata"]:
            item["metadata"]["selected"] = True
        qonto.answer = answer if callable(answer) else lambda *_: Reply(answer)
        return tap(catalog=chosen, **options)

    return run


MONEY = {"value": "12.52", "currency": "EUR"}
CASES: list[tuple[str, Any, dict[str, Any]]] = [
    ("subscription", {"plan": {"code": "solo", "monthly_price": {"amount": "9.00", "currency": "EUR"}}},
     {"code": "solo", "monthly_price": {"amount": 9.0, "currency": "EUR"}}),
    ("cards", {"meta": {"current_page": 1, "total_pages": 1, "total_count": 1}, "cards": [{"id": "c", "discard_on": "2022-11-31"}]},
     {"id": "c", "discard_on": "2022-11-31"}),
    ("quotes", {"quotes": [{"id": "q", "total_amount": MONEY, "items": [{"vat_rate": "20", "quantity": "2.5"}]}],
                "meta": {"total": 1, "current_page": 1, "total_pages": 1, "next_page": None}},
     {"id": "q", "total_amount": {"value": 12.52, "currency": "EUR"}, "items": [{"vat_rate": 20, "quantity": 2.5}]}),
    ("requests", {"requests": [{"id": "r", "amount": "10.00", "total_transfers_count": 3}]},
     {"id": "r", "amount": 10.0, "total_transfers_count": 3}),
    ("external_transfers", {"external_transfers": [{"id": "e", "debit_amount": "12.55", "debit_amount_cents": "1255"}]},
     {"id": "e", "debit_amount": 12.55, "debit_amount_cents": 1255}),
    ("sepa_beneficiaries", {"beneficiaries": [{"id": "b", "bank_account": {"iban": "FR1", "bic": None, "currency": "EUR"}}]},
     {"id": "b", "iban": "FR1", "bic": None, "currency": "EUR", "bank_account": {"iban": "FR1", "bic": None, "currency": "EUR"}}),
    ("clients", {"clients": [{"id": "c", "type": "company", "created_at": "2024-03-04T17:58:30+02:00"}]},
     {"id": "c", "type": "company", "kind": "company", "created_at": "2024-03-04T15:58:30Z"}),
    ("supplier_invoices", {"supplier_invoices": [{"id": "s", "matched_transactions": ["t-1"], "taxes": [{"tax_rate": "0.2", "tax_amount": MONEY}]}]},
     {"id": "s", "matched_transactions": ["t-1"], "taxes": [{"tax_rate": 0.2, "tax_amount": {"value": 12.52, "currency": "EUR"}}]}),
    ("supplier_invoices", {"supplier_invoices": [{"id": "s", "matched_transactions": [{"transaction_id": "t-1"}], "total_amount": None}]},
     {"id": "s", "matched_transactions": [{"transaction_id": "t-1"}], "total_amount": None}),
    ("credit_notes", {"credit_notes": [{"id": "n", "Invoice_issue_date": "2026-01-02", "einvoicing_lifecycle_events": [{"timestamp": "2024-12-04T11:05:16.4497Z"}]}]},
     {"id": "n", "invoice_issue_date": "2026-01-02", "einvoicing_lifecycle_events": [{"timestamp": "2024-12-04T11:05:16.4497Z"}]}),
    ("webhook_subscriptions", {"subscriptions": [{"id": "w", "secret": "CANARY", "types": ["v1/cards"]}]}, {"id": "w", "types": ["v1/cards"]}),
    ("statements", {"statements": [{"id": "s", "period": "03-2026", "file": {"file_size": "12", "file_url": "https://files.example/CANARY"}}]},
     {"id": "s", "period": "03-2026", "file": {"file_size": 12}}),
    ("payment_links", {"payment_links": [], "meta": {"next_page": 0, "total_pages": 0, "total_count": 0}}, {}),
    ("client_invoices", {"client_invoices": [{"id": "i", "items": None, "updated_at": "<string>", "issue_date": "2026-01-02"}]},
     {"id": "i", "items": None, "updated_at": None, "issue_date": "2026-01-02"}),
]  # fmt: skip


@pytest.mark.parametrize(("stream", "answer", "row"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_fixture_in_row_out(read: Callable[..., Run], stream: str, answer: Any, row: dict[str, Any]) -> None:
    run = read(stream, answer)
    assert run.code == 0
    assert run.rows(stream) == ([row] if row else [])
    assert "CANARY" not in run.log + json.dumps(run.messages)


def test_imported_invoices_are_asked_for(read: Callable[..., Run], qonto: Any) -> None:
    read("client_invoices", {"client_invoices": []})
    assert all(query["exclude_imported"] == ["false"] for _, query in qonto.asked)


def test_payments_are_read_link_by_link(read: Callable[..., Run]) -> None:
    def answer(path: str, _: Any) -> Reply:
        if path == "payment_links":
            return Reply({"payment_links": [{"id": "l-1"}, {"id": "l-2"}], "meta": {"total_pages": 1}})
        return Reply({"payments": [{"id": f"p of {path.split('/')[1]}", "amount": MONEY}]})

    rows = read("payment_link_payments", answer).rows("payment_link_payments")
    assert [(row["id"], row["payment_link_id"]) for row in rows] == [("p of l-1", "l-1"), ("p of l-2", "l-2")]


def test_beneficiaries_abroad_are_read_currency_by_currency(read: Callable[..., Run]) -> None:
    def answer(path: str, query: Any) -> Reply:
        if path.endswith("currencies"):
            return Reply({"currencies": [{"currency_code": "USD", "country_code": c} for c in ("US", "EC")]})
        return Reply({"beneficiaries": [{"id": query["currency"][0]}]})

    assert [row["id"] for row in read("international_beneficiaries", answer).rows("international_beneficiaries")] == [
        "USD"
    ]


def test_a_list_that_comes_newest_first_is_read_down_to_the_bookmark(read: Callable[..., Run], qonto: Any) -> None:
    transfers = [{"id": str(n), "updated_at": f"2026-05-01T{n // 60:02d}:{n % 60:02d}:00Z"} for n in range(250)]

    def answer(_: str, query: Any) -> Reply:
        found = sorted(transfers, key=lambda t: t["updated_at"], reverse=True)
        page = int(query["page"][0])
        meta = {"next_page": page + 1 if page < 3 else None, "total_pages": 3, "total_count": 250}
        return Reply({"bulk_transfers": found[(page - 1) * 100 : page * 100], "meta": meta})

    run = read("sepa_bulk_transfers", answer)
    assert {row["id"] for row in run.rows("sepa_bulk_transfers")} == {t["id"] for t in transfers}
    transfers[7]["updated_at"] = "2026-05-02T00:00:00Z"
    qonto.asked.clear()
    again = read("sepa_bulk_transfers", answer, state=run.state)
    assert [row["id"] for row in again.rows("sepa_bulk_transfers")] == ["7"]
    assert len(qonto.asked) == 1


def test_a_list_in_another_order_is_bounded_to_the_bookmark(read: Callable[..., Run], qonto: Any) -> None:
    invoices = [{"id": str(n), "updated_at": f"2026-05-01T00:{59 - n % 60:02d}:00.000Z"} for n in range(130)]

    def answer(_: str, query: Any) -> Reply:
        found = [i for i in invoices if i["updated_at"] >= query.get("filter[updated_at_from]", [""])[0]]
        page = int(query["page"][0])
        pages = -(-len(found) // 100)
        meta = {"next_page": page + 1 if page < pages else None, "total_pages": pages, "total_count": len(found)}
        return Reply({"client_invoices": found[(page - 1) * 100 : page * 100], "meta": meta})

    run = read("client_invoices", answer)
    assert sorted(row["id"] for row in run.rows("client_invoices")) == sorted(i["id"] for i in invoices)
    invoices[5]["updated_at"] = "2026-05-02T00:00:00.000Z"
    qonto.asked.clear()
    again = read("client_invoices", answer, state=run.state)
    assert [row["id"] for row in again.rows("client_invoices")] == ["5"]
    assert len(qonto.asked) == 1


def test_what_a_stream_needs_is_said_when_it_is_refused(read: Callable[..., Run]) -> None:
    def answer(path: str, _: Any) -> Reply:
        refused = Reply({"errors": [{"code": "forbidden"}]}, status=403)
        return refused if path == "requests" else Reply({path: []})

    run = read("requests", answer)
    assert run.code == 1
    assert "it needs plan Business or Enterprise" in run.errors[0]
