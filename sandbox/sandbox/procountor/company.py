"""The company's history, from its first day to yesterday."""

from __future__ import annotations

import gc
from collections import defaultdict
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.procountor import banking, documents, facts, history, payroll, receipts, registers
from sandbox.procountor.banking import Event
from sandbox.procountor.books import Books
from sandbox.procountor.draw import Draw
from sandbox.procountor.receipts import Draft
from sandbox.procountor.times import at, later, month_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.clock import Clock
    from sandbox.procountor.booking import Row

Json = dict[str, Any]
SIZES = {"invoices": 240, "ledger_receipts": 1000, "business_partners": 40, "products": 30, "persons": 8}
CAPITAL = 50_000_000


def made(clock: Clock, seed: int, sizes: Mapping[str, int]) -> Books:
    """The same for the same seed and sizes; ledger_receipts is the number of all, filled up with journals."""
    books, wanted = Books(clock, seed), {**SIZES, **sizes}
    with without_collection():
        _years(books)
        _registers(books, wanted)
        days: defaultdict[str, list[Event]] = defaultdict(list)
        drafts = [_opening(books), *_payroll(books, days)]
        drafts += history.trade(books, wanted["invoices"], days)
        drafts += history.vat(drafts)
        banking.errors(books)
        drafts += history.journals(books, max(0, wanted["ledger_receipts"] - len(drafts)))
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
    return Draft("RECEIPT_FOR_OPENING_ACCOUNTS", "Opening of accounts", day, rows, f"{day}T08:00:00")


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
