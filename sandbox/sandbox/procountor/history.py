"""What the company has sold, bought and booked until yesterday."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.procountor import banking, booking, documents, facts, invoices, receipts
from sandbox.procountor.draw import Draw
from sandbox.procountor.receipts import Draft
from sandbox.procountor.times import at, later, month_end

if TYPE_CHECKING:
    from sandbox.procountor.banking import Event
    from sandbox.procountor.booking import Row
    from sandbox.procountor.books import Books

Json = dict[str, Any]
TOGETHER, EVERY = 30, 5
"""Every fifth group of 30 invoices in a row was last changed at one moment."""
STRAY, PAID, LATE = 3, 96, (-3, 0, 1, 6)
"""Of a hundred invoices are no bookkeeping, of the others are paid; so many days after the due day."""


def trade(books: Books, size: int, days: defaultdict[str, list[Event]]) -> list[Draft]:
    """Invoices, their payments, and a statement for every day on which money moved."""
    draw, first = Draw(books.seed, "invoices"), date.fromisoformat(facts.HISTORY_START)
    span = (date.fromisoformat(books.today) - first).days
    found, payable = [], defaultdict(list)
    for _ in range(size):
        number = books.number("invoice numbers", "") - 1
        day = first + timedelta(number * span // size)
        invoice = invoices.make(books, draw, number, at(day, 28_800 + draw.randrange(28_800)), day=day.isoformat())
        books.tables["invoices"][invoice["id"]] = invoice
        found.append(invoice)
        documents.talk(books, draw, invoice)
        if paid_on := _fate(draw, invoice, books.today):
            payable[paid_on].append(invoice)
    drafts = []
    for day_text in sorted({*days, *payable}):
        moment = f"{day_text}T22:{len(payable[day_text]) % 60:02d}:00"
        for invoice in payable[day_text]:
            days[day_text].append(banking.paid(books, draw, invoice, day_text, moment))
        drafts.append(banking.statement(books, draw, day_text, days[day_text]))
    _share_versions(found)
    return [*drafts, *(draft(invoice) for invoice in found if invoice["type"] not in invoices.ORDERS)]


def draft(invoice: Json) -> Draft:
    """Of an invoice's receipt."""
    return Draft(
        type=invoice["type"],
        name=f"Invoice {invoice['invoiceNumber']}",
        day=invoice["date"],
        rows=booking.booked(invoice),
        created=invoice["created"],
        status=invoice["status"],
        version=invoice["version"],
        invoice=invoice,
    )


def _fate(draw: Draw, invoice: Json, today: str) -> str | None:
    """The day on which it was paid; otherwise its state is set, and there is none."""
    if invoice["type"] in invoices.ORDERS:
        invoice["status"] = draw.choice(("SENT", "INVOICED", "UNFINISHED"))
        return None
    if draw.percent(STRAY):
        invoice["status"] = draw.choice(("UNFINISHED", "UNFINISHED", "INVALIDATED"))
        return None
    paid_on = later(invoice["dueDate"], draw.choice(LATE))
    if paid_on < today and draw.percent(PAID):
        return paid_on
    if not invoice["type"].startswith("SALES"):
        invoice["status"] = draw.choice(("RECEIVED", "VERIFIED", "APPROVED"))
    return None


def _share_versions(found: list[Json]) -> None:
    for start in range(TOGETHER, len(found), TOGETHER * EVERY):
        group = found[start : start + TOGETHER]
        last = max(invoice["version"] for invoice in group)
        for invoice in group:
            invoice["version"] = last


def vat(drafts: list[Draft]) -> list[Draft]:
    """A summary of each closed month moves its VAT to the account that is paid from."""
    sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in drafts:
        if one.status not in facts.UNOFFICIAL and one.day < facts.OPEN_FROM:
            for account, cents, _ in one.rows:
                if account in {facts.VAT_IN, facts.VAT_OUT}:
                    sums[one.day[:7]][account] += cents
    found = []
    for month, by_account in sorted(sums.items()):
        last = month_end(date.fromisoformat(f"{month}-01"))
        rows: list[Row] = [(account, -cents, None) for account, cents in sorted(by_account.items())]
        rows.append((facts.VAT_DUE, sum(by_account.values()), None))
        moment = at(last + timedelta(12), 36_000)
        found.append(Draft("VAT_SUMMARY", f"VAT {month}", last.isoformat(), rows, moment))
    return found


def journals(books: Books, size: int) -> list[Draft]:
    """Evenly over time."""
    draw, first = Draw(books.seed, "journals"), date.fromisoformat(facts.HISTORY_START)
    span = (date.fromisoformat(books.today) - first).days
    found = []
    for number in range(size):
        day = first + timedelta(number * span // size)
        found.append(receipts.journal(draw, number, day.isoformat(), at(day, 30_000 + draw.randrange(20_000))))
    return found
