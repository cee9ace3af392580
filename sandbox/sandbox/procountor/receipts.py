"""Ledger receipts: what the books are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.procountor import facts
from sandbox.procountor.draw import euros
from sandbox.procountor.times import later

if TYPE_CHECKING:
    from sandbox.procountor.booking import Row
    from sandbox.procountor.books import Books
    from sandbox.procountor.draw import Draw

Json = dict[str, Any]
FATES = {7: "UNFINISHED", 13: "INVALIDATED"}
"""Of twenty-five journals in a row."""
UNITS, PROJECTS = 1, 2
"""Positions of the two dimensions."""


@dataclass(slots=True)
class Draft:
    """A receipt before it has ids."""

    type: str
    name: str
    day: str
    rows: list[Row]
    created: str
    status: str = "APPROVED"
    version: str = ""
    """Empty: as it was created."""
    invoice: Json | None = None
    """The invoice that it belongs to, which will know it."""
    slip: Json | None = None


def enter(books: Books, draw: Draw, draft: Draft) -> Json:
    """Make a receipt of it. ValueError if it does not balance."""
    if sum(cents for _, cents, _ in draft.rows):
        raise ValueError(f"{draft.name} does not balance")
    sales = draft.type in {"SALES_INVOICE", "SALES_ORDER"}
    invoice = draft.invoice
    journal = draft.type == "JOURNAL"
    receipt: Json = {
        "id": books.id("ledger_receipts"),
        "type": draft.type,
        "status": draft.status,
        "name": draft.name,
        "receiptDate": draft.day,
        "vatType": "SALES" if sales else "PURCHASE",
        "vatStatus": 1,
        "invoiceId": invoice["id"] if invoice else books.id("invoices") if journal else None,
        "receiptNumber": books.number(draft.type, draft.day[:4]),
        "invoiceNotes": invoice["notes"] if invoice else "",
        "accountantsNotes": "",
        "transactionDescription": "",
        "receiptValidity": "EMPTY",
        "depreciation": "EMPTY",
        "version": draft.version or draft.created,
        "transactions": transactions(books, draw, draft.rows),
        "attachments": [],
        "created": draft.created,
    }
    if invoice:
        receipt["invoiceNumber"] = invoice["invoiceNumber"]
        invoice["ledgerReceiptId"] = receipt["id"]
        if invoice["partnerId"] is not None:
            receipt["partnerId"] = invoice["partnerId"]
    elif journal:
        receipt["invoiceNumber"] = books.number("invoices", "")
        if receipt["id"] % 8 == 0:
            receipt["transactions"][-1] |= {"startDate": draft.day, "endDate": later(draft.day, 89)}
    if draft.slip is not None:
        draft.slip["_receipt"] = receipt["id"]
        receipt["_slip"] = draft.slip["id"]
        receipt["partnerCode"] = draft.slip["_code"]
    books.tables["ledger_receipts"][receipt["id"]] = receipt
    return receipt


def transactions(books: Books, draw: Draw, rows: list[Row]) -> list[Json]:
    """With fresh ids. A row without VAT may have no `vatPercent`; income and costs are split by dimensions."""
    found = []
    for place, (account, cents, percent) in enumerate(rows):
        row: Json = {
            "id": books.id("ledger_transactions"),
            "transactionType": "ENTRY" if place else "REVERSING_ENTRY",
            "account": account,
            "accountingValue": euros(cents),
            "description": "",
            "allocations": [],
            "partnerId": None,
            "dimensionItemValues": shares(books, draw, cents) if account >= facts.SALES else [],
        }
        if percent is not None:
            row["vatPercent"] = percent
            row["vatDeductionPercent"] = 100
        if percent:
            row["vatStatus"] = 1
        found.append(row)
    return found


def shares(books: Books, draw: Draw, cents: int) -> list[Json]:
    """Of a unit always, of two units or of a project too sometimes; each dimension adds up to the amount."""
    units, projects = books.dimension_items(UNITS), books.dimension_items(PROJECTS)
    first = draw.randrange(len(units))
    if draw.percent(15):
        part = cents * 3 // 10
        split = [(UNITS, units[first], cents - part), (UNITS, units[first - 1], part)]
    else:
        split = [(UNITS, units[first], cents)]
    if draw.percent(20):
        split.append((PROJECTS, draw.choice(projects), cents))
    return [{"dimensionId": number, "itemId": item, "value": euros(amount)} for number, item, amount in split]


def journal(draw: Draw, number: int, day: str, created: str) -> Draft:
    """Costs moved from one account to another."""
    amount, vat = draw.cents(20_000), draw.percent(10)
    source, target = draw.sample(facts.EXPENSES, 2)
    status = FATES.get(number % 25, "APPROVED")
    rows: list[Row] = [(source, -amount, 0 if vat else None), (target, amount, None)]
    return Draft("JOURNAL", f"Journal {number + 1}", day, rows, created, status)
