"""Rows that lists leave out unless they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run

AT = "2026-02-11T08:30:00"


def ids(run: Run, stream: str) -> list[int]:
    assert run.code == 0, run.log
    return sorted(row["id"] for row in run.rows(stream))


@pytest.mark.parametrize("stream", ["business_partners", "persons", "employees"])
def test_inactive_ones(procountor: Any, tap: Callable[..., Run], stream: str) -> None:
    both = [
        {"id": n, "active": n == 1, "registryInfo": {"active": n == 1}, "type": "PERSON", "version": AT} for n in (1, 2)
    ]
    procountor.lists.update({"businesspartners": both, "persons": both, "payrolls/employees": both})
    assert ids(tap(stream), stream) == [1, 2]


@pytest.mark.parametrize("stream", ["invoices", "payment_events", "invoice_transactions", "invoice_payment_events"])
def test_offers(procountor: Any, tap: Callable[..., Run], stream: str) -> None:
    kinds = {1: "SALES_INVOICE", 2: "SALES_ORDER", 3: "SALES_ORDER"}
    procountor.lists["invoices"] = [
        {"id": n, "type": kind, "version": AT, **({"isOffer": True} if n == 3 else {})} for n, kind in kinds.items()
    ]
    procountor.objects["invoices/transactions"] = {"results": []}
    run = tap(stream)
    assert run.code == 0, run.log
    assert sorted(row.get("id", row.get("invoice_id")) for row in run.rows(stream)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("stream", "path"),
    [("products", "products"), ("product_default_dimensions", "products"), ("product_groups", "products/groups")],
)
def test_travel(procountor: Any, tap: Callable[..., Run], stream: str, path: str) -> None:
    kinds = ("SALES", "PURCHASE", "TRAVEL")
    procountor.lists[path] = [{"id": n, "type": kind, "version": AT} for n, kind in enumerate(kinds)]
    run = tap(stream)
    assert sorted(row.get("id", row.get("product_id")) for row in run.rows(stream)) == [0, 1, 2]


def test_names_in_other_languages(procountor: Any, tap: Callable[..., Run]) -> None:
    tap("products")
    assert {query["includeLocalizations"] for query in procountor.paths("products")} == {"true"}


def test_errors_that_were_handled(procountor: Any, tap: Callable[..., Run]) -> None:
    procountor.lists["payments/errormessages"] = [{"id": 1, "status": "HANDLED"}, {"id": 2, "status": "UNHANDLED"}]
    assert ids(tap("payment_error_messages"), "payment_error_messages") == [1, 2]


def test_receipts_of_every_kind(procountor: Any, tap: Callable[..., Run]) -> None:
    """The filter `types` does not know VAT_SUMMARY: no kind is named where receipts are read."""
    kinds = ("JOURNAL", "VAT_SUMMARY", "SALARY", "EMPLOYER_CONTRIBUTION", "A_NEW_KIND")
    procountor.lists["ledgerreceipts"] = [
        {"id": n, "type": kind, "receiptDate": "2026-03-02", "version": AT} for n, kind in enumerate(kinds)
    ]
    assert ids(tap("ledger_receipts"), "ledger_receipts") == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("stream", ["invoices", "business_partners", "products", "payments", "reference_payments"])
def test_more_than_fifty(procountor: Any, tap: Callable[..., Run], stream: str) -> None:
    """Lists hold 50 a page unless asked for more, newest first, and only previousId in ascending order is safe."""
    path = {"business_partners": "businesspartners", "reference_payments": "referencepayments"}.get(stream, stream)
    record = {"version": AT, "type": "SALES", "registryInfo": {"active": True}}
    procountor.lists[path] = [
        {"id": n, "paymentDate": "2026-03-02", "valueDate": "2026-03-02", **record} for n in range(401)
    ]
    assert ids(tap(stream), stream) == list(range(401))
    assert all(query["size"] == "200" for query in procountor.paths(path))
