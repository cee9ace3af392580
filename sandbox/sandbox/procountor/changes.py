"""What can happen to the books, by law: closed days do not change, and every receipt balances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procountor import banking, booking, history, invoices, receipts
from sandbox.procountor.draw import Draw, cents

if TYPE_CHECKING:
    from sandbox.procountor.booking import Row
    from sandbox.procountor.books import Books
    from sandbox.procountor.receipts import Draft

Json = dict[str, Any]
UNPAID = frozenset({"NOT_SENT", "SENT", "RECEIVED", "VERIFIED", "APPROVED"})


def check_open(books: Books, day: str) -> None:
    """ValueError for a day whose books are closed."""
    if not books.open(day):
        raise ValueError(f"{day} is in a closed period")


def changed(books: Books, record: Json, values: Json) -> None:
    """Other values in place, and a new version where the record has one. `a.b` is a field in an object."""
    for path, value in values.items():
        *above, field = path.split(".")
        inside = record
        for part in above:
            inside[part] = dict(inside[part])
            inside = inside[part]
        inside[field] = value
    if "version" in record and "version" not in values:
        record["version"] = books.now


def recreate(books: Books, receipt: Json, values: Json, rows: list[Row] | None = None) -> Json:
    """The receipt under a new id, with new ids of its transactions; the old one is gone without a trace.

    Procountor makes the accounting page of a changed receipt anew.
    """
    check_open(books, receipt["receiptDate"])
    check_open(books, str(values.get("receiptDate", receipt["receiptDate"])))
    if rows is not None:
        made = receipts.transactions(books, books.dice, rows)
    else:
        made = numbered(books, (receipt | values)["transactions"])
    del books.tables["ledger_receipts"][receipt["id"]]
    new = {**receipt, **values, "id": books.id("ledger_receipts"), "created": books.now, "transactions": made}
    new["version"] = books.now
    books.tables["ledger_receipts"][new["id"]] = new
    if invoice := books.tables["invoices"].get(receipt["invoiceId"]):
        invoice["ledgerReceiptId"], invoice["version"] = new["id"], books.now
    if "_slip" in receipt:
        books.tables["salary_slips"][receipt["_slip"]]["_receipt"] = new["id"]
    return new


def numbered(books: Books, rows: list[Json]) -> list[Json]:
    """Transactions with new ids. ValueError if they do not balance."""
    if sum(cents(row["accountingValue"]) for row in rows) != 0:
        raise ValueError("the transactions do not balance")
    return [{**row, "id": books.id("ledger_transactions")} for row in rows]


def receipt_of(books: Books, invoice: Json) -> Json | None:
    """Orders have none."""
    return books.tables["ledger_receipts"].get(invoice["ledgerReceiptId"])


def edit_invoice(books: Books, invoice: Json, values: Json) -> None:
    """Sums follow rows. A new status is passed on to the receipt; after any other change the receipt is made anew."""
    receipt = receipt_of(books, invoice)
    other = set(values) - {"status"}
    if receipt and other:
        check_open(books, receipt["receiptDate"])
        check_open(books, str(values.get("date", invoice["date"])))
    if "invoiceRows" in values and len(values["invoiceRows"]) != len(invoice.get("_accounts", ())):
        raise ValueError("an invoice keeps the number of its rows")
    changed(books, invoice, values)
    if "paymentInfo.dueDate" in values:
        invoice["dueDate"] = values["paymentInfo.dueDate"]
    booking.total(invoice)
    if receipt is None:
        return
    follows = {"status": invoice["status"], "invoiceNotes": invoice["notes"], "receiptDate": invoice["date"]}
    if other:
        recreate(books, receipt, follows, booking.booked(invoice))
    else:
        changed(books, receipt, {"status": invoice["status"]})


def reprice(books: Books, draw: Draw, invoice: Json) -> None:
    """Other prices."""
    rows = [row | {"unitPrice": row["unitPrice"] + draw.randrange(1, 5000) / 100} for row in invoice["invoiceRows"]]
    for row in rows:
        row["unitPrice"] = round(row["unitPrice"], 2)
    edit_invoice(books, invoice, {"invoiceRows": rows})


def pay(books: Books, invoice: Json) -> list[Json]:
    """Today, in full: a bank statement with its receipt; the receipt of the invoice takes the status over."""
    check_open(books, books.today)
    if invoice["status"] not in UNPAID or invoice["type"] in invoices.ORDERS:
        raise ValueError(f"invoice {invoice['id']} cannot be paid")
    event = banking.paid(books, books.dice, invoice, books.today, books.now)
    receipt = receipt_of(books, invoice)
    if receipt:
        changed(books, receipt, {"status": invoice["status"]})
    draft = banking.statement(books, books.dice, books.today, [event])
    draft.created = books.now
    return [receipts.enter(books, books.dice, draft)]


def add_invoice(books: Books, draw: Draw, values: Json) -> Json:
    """Of today, or of the open day in `values`; booked at once."""
    day = values.get("date", books.today)
    check_open(books, day)
    number = books.number("invoice numbers", "") - 1
    invoice = invoices.make(books, draw, number, books.now, day=day, kind=values.get("type"))
    for path, value in values.items():
        changed(books, invoice, {path: value})
    booking.total(invoice)
    books.tables["invoices"][invoice["id"]] = invoice
    if invoice["type"] not in invoices.ORDERS:
        receipts.enter(books, draw, history.draft(invoice))
    return invoice


def add_journal(books: Books, draw: Draw, values: Json) -> Json:
    """Of today, or of the open day in `values`."""
    day = values.get("receiptDate", books.today)
    check_open(books, day)
    given = {"transactions": numbered(books, values["transactions"])} if "transactions" in values else {}
    draft: Draft = receipts.journal(draw, books.number("journals", "") + 1_000_000, day, books.now)
    receipt = receipts.enter(books, draw, draft)
    changed(books, receipt, values | given)
    return receipt


def open_days(books: Books) -> list[str]:
    """First and middle of every open month, and today if it is open."""
    days = [f"{period['startDate'][:8]}{day}" for period in books.periods() for day in ("01", "15")]
    return [day for day in (*days, books.today) if day <= books.today and books.open(day)]


def switch(books: Books, period: Json, status: str) -> None:
    """Close or open a tracking period."""
    period["status"], period["modified"] = status, books.now


def unpaid(books: Books) -> list[Json]:
    """Invoices that can be paid."""
    table = books.tables["invoices"].values()
    return [i for i in table if i["status"] in UNPAID and i["type"] not in invoices.ORDERS]


def first_closed(books: Books) -> Json | None:
    """The last tracking period that is closed, in a year that is open."""
    years = [year for year in books.tables["fiscal_years"].values() if year["isOpen"]]
    closed = [p for year in years for p in year["trackingPeriods"] if p["status"] == "CLOSED"]
    return closed[-1] if closed else None


def editable(books: Books, kind: str) -> list[Json]:
    """Receipts of a type whose day is open."""
    open_spans = [(p["startDate"], p["endDate"]) for p in books.periods() if p["status"] == "OPEN"]
    return [
        receipt
        for receipt in books.tables["ledger_receipts"].values()
        if receipt["type"] == kind
        and any(start <= receipt["receiptDate"] <= end for start, end in open_spans)
        and books.open(receipt["receiptDate"])
    ]
