"""The company's history, from its first day to yesterday."""

from __future__ import annotations

import gc
from collections import defaultdict
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.procountor import banking, documents, facts, invoices, payroll, receipts, registers
from sandbox.procountor.banking import Event
from sandbox.procountor.books import Books
from sandbox.procountor.draw import Draw
from sandbox.procountor.receipts import Draft
from sandbox.procountor.times import at, later, month_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.clock import Clock
    from sandbox.procountor.invoices import Row

Json = dict[str, Any]
SIZES = {"invoices": 240, "ledger_receipts": 600, "business_partners": 40, "products": 30, "persons": 8}
CAPITAL = 50_000_000
TOGETHER, EVERY = 30, 5
"""Every fifth group of 30 invoices in a row was last changed at one moment."""
PAID, LATE = 96, (-3, 0, 1, 6)
"""Of a hundred invoices; days after the due day."""


def made(clock: Clock, seed: int, sizes: Mapping[str, int]) -> Books:
    """The same for the same seed and sizes; ledger_receipts is the number of all, filled up with journals."""
    if unknown := set(sizes) - set(SIZES):
        raise ValueError(f"no such size: {', '.join(sorted(unknown))}; there are {', '.join(SIZES)}")
    books, wanted = Books(clock, seed), {**SIZES, **sizes}
    with without_collection():
        _years(books)
        _registers(books, wanted)
        days: defaultdict[str, list[Event]] = defaultdict(list)
        drafts = [_opening(books), *_payroll(books, days)]
        drafts += _sales_and_purchases(books, wanted["invoices"], days)
        drafts += _vat(drafts)
        drafts += _journals(books, max(0, wanted["ledger_receipts"] - len(drafts)))
        draw = Draw(seed, "receipts")
        for draft in sorted(drafts, key=lambda draft: draft.created):
            receipt = receipts.enter(books, draw, draft)
            if draft.type == "JOURNAL" and receipt["id"] % 10 == 0:
                documents.attach(books, draw, receipt, receipt["invoiceId"], draft.created)
    return books


@contextmanager
def without_collection() -> Iterator[None]:
    """A hundred thousand records are not searched for garbage while they are made."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def months(books: Books) -> list[date]:
    """First days of the months before this one."""
    start, end = date.fromisoformat(facts.HISTORY_START), date.fromisoformat(books.today)
    return [date(year, month, 1) for year in facts.YEARS for month in range(1, 13) if start <= date(year, month, 1)][
        : (end.year - start.year) * 12 + end.month - start.month
    ]


def _years(books: Books) -> None:
    for year in facts.YEARS:
        periods = []
        for month in range(1, 13):
            first = date(year, month, 1)
            start, end = first.isoformat(), month_end(first).isoformat()
            status = "CLOSED" if end < facts.OPEN_FROM else "OPEN" if start <= books.today else "PENDING"
            changed = f"{later(end, 20)}T12:00:00" if status == "CLOSED" else f"{year - 1}-12-01T09:00:00"
            number = books.id("tracking_periods")
            periods.append({"id": number, "startDate": start, "endDate": end, "status": status, "modified": changed})
        opened = f"{year}-12-31" >= facts.OPEN_FROM
        books.put(
            "fiscal_years",
            {
                "startDate": f"{year}-01-01",
                "endDate": f"{year}-12-31",
                "modified": f"{year - 1}-12-01T09:00:00" if opened else f"{year + 1}-03-15T12:00:00",
                "trackingPeriods": periods,
                "isOpen": opened,
            },
        )


def _registers(books: Books, sizes: Mapping[str, int]) -> None:
    registers.small(books, Draw(books.seed, "registers"))
    banking.accounts(books, Draw(books.seed, "bank accounts"))
    books.main_iban = next(iter(books.tables["bank_accounts"].values()))["iban"]
    for name in ("business_partners", "products"):
        draw = Draw(books.seed, name)
        make = registers.partner if name == "business_partners" else registers.product
        for number in range(sizes[name]):
            record = make(books, draw, number, _early(number))
            books.tables[name][record["id"]] = record
    draw = Draw(books.seed, "persons")
    for number in range(sizes["persons"]):
        own, shown = registers.person(books, draw, number, _early(number))
        books.tables["persons"][own["id"]], books.tables["business_partners"][own["id"]] = own, shown
    payroll.employees(books, Draw(books.seed, "employees"))


def _early(number: int) -> str:
    """Registers were filled on the first days."""
    return at(date.fromisoformat(facts.HISTORY_START) + timedelta(number // 50), 28_800 + number % 50 * 60)


def _opening(books: Books) -> Draft:
    books.bank_cents = CAPITAL
    day = facts.HISTORY_START
    rows: list[Row] = [(facts.BANK, CAPITAL, None), (facts.EQUITY, -CAPITAL, None)]
    moment = f"{day}T08:00:00"
    return Draft("RECEIPT_FOR_OPENING_ACCOUNTS", "APPROVED", "Opening of accounts", day, rows, moment, moment)


def _payroll(books: Books, days: defaultdict[str, list[Event]]) -> list[Draft]:
    found = []
    for first in months(books):
        for made in payroll.month(books, first):
            if isinstance(made, Draft):
                found.append(made)
            else:
                days[made[0]].append(made[1])
        days[month_end(first).isoformat()].append(Event(-1_250, "Sandbox Bank", facts.CHARGES, "charge"))
    return found


def _sales_and_purchases(books: Books, size: int, days: defaultdict[str, list[Event]]) -> list[Draft]:
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
    name, rows = f"Invoice {invoice['invoiceNumber']}", invoices.booked(invoice)
    kind, status, day = invoice["type"], invoice["status"], invoice["date"]
    return Draft(kind, status, name, day, rows, invoice["created"], invoice["version"], invoice)


def _fate(draw: Draw, invoice: Json, today: str) -> str | None:
    """The day on which it was paid; otherwise its state is set, and there is none."""
    if invoice["type"] in invoices.ORDERS:
        invoice["status"] = draw.choice(("SENT", "INVOICED", "UNFINISHED"))
        return None
    chance = draw.random()
    if chance < 0.03:  # noqa: PLR2004 - one of thirty-three
        invoice["status"] = "UNFINISHED" if chance < 0.02 else "INVALIDATED"  # noqa: PLR2004
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


def _vat(drafts: list[Draft]) -> list[Draft]:
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
        found.append(Draft("VAT_SUMMARY", "APPROVED", f"VAT {month}", last.isoformat(), rows, moment, moment))
    return found


def _journals(books: Books, size: int) -> list[Draft]:
    draw, first = Draw(books.seed, "journals"), date.fromisoformat(facts.HISTORY_START)
    span = (date.fromisoformat(books.today) - first).days
    found = []
    for number in range(size):
        day = first + timedelta(number * span // size)
        found.append(receipts.journal(draw, number, day.isoformat(), at(day, 30_000 + draw.randrange(20_000))))
    return found
