"""Many random changes, all of them lawful."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sandbox.procountor import changes, deletions
from sandbox.procountor.draw import cents

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.procountor.booking import Row
    from sandbox.procountor.books import Books
    from sandbox.procountor.draw import Draw

Json = dict[str, Any]
OTHERS = ("BANK_STATEMENT_AS_RECEIPT", "SALARY", "EMPLOYER_CONTRIBUTION")


def blow(books: Books, draw: Draw, n: int) -> dict[str, int]:
    """How often each change was made. One that finds nothing to change adds a journal instead."""
    done: Counter[str] = Counter()
    names, weights = list(CHANGES), [weight for weight, _ in CHANGES.values()]
    for _ in range(n):
        books.tick()
        if not changes.open_days(books):
            _reopen(books, draw)
        name = draw.choices(names, weights)[0]
        if not CHANGES[name][1](books, draw):
            name = "add_journal"
            _add_journal(books, draw)
        done[name] += 1
        books.forget()
    return dict(sorted(done.items()))


def _amounts(books: Books, draw: Draw) -> bool:
    """A journal over another amount."""
    found = changes.editable(books, "JOURNAL")
    if not found:
        return False
    receipt, more = draw.choice(found), draw.randrange(1, 90_000)
    rows: list[Row] = [
        (row["account"], cents(row["accountingValue"]) + (more if cents(row["accountingValue"]) > 0 else -more), None)
        for row in receipt["transactions"]
    ]
    changes.recreate(books, receipt, {}, rows)
    return True


def _move(books: Books, draw: Draw) -> bool:
    """A journal on another day."""
    found = changes.editable(books, "JOURNAL")
    if found:
        changes.recreate(books, draw.choice(found), {"receiptDate": draw.choice(changes.open_days(books))})
    return bool(found)


def _approve(books: Books, draw: Draw) -> bool:
    """A journal is approved, or invalidated, without a new id."""
    found = changes.editable(books, "JOURNAL")
    if found:
        status = draw.choice(("APPROVED", "INVALIDATED", "UNFINISHED"))
        changes.changed(books, draw.choice(found), {"status": status})
    return bool(found)


def _touch(books: Books, draw: Draw) -> bool:
    """A receipt that belongs to something else is made anew, with a note."""
    found = [receipt for kind in OTHERS for receipt in changes.editable(books, kind)]
    if found:
        changes.recreate(books, draw.choice(found), {"accountantsNotes": "checked"})
    return bool(found)


def _reprice(books: Books, draw: Draw) -> bool:
    found = [i for i in changes.unpaid(books) if i.get("invoiceRows") and books.open(i["date"])]
    if found:
        changes.reprice(books, draw, draw.choice(found))
    return bool(found)


def _note(books: Books, draw: Draw) -> bool:
    """Of any invoice whose day is open, paid or not."""
    found = [invoice for invoice in books.tables["invoices"].values() if books.open(invoice["date"])]
    if found:
        changes.edit_invoice(books, draw.choice(found), {"notes": f"note {draw.digits(3)}"})
    return bool(found)


def _add_journal(books: Books, draw: Draw) -> bool:
    changes.add_journal(books, draw, {"receiptDate": draw.choice(changes.open_days(books))})
    return True


def _add_invoice(books: Books, draw: Draw) -> bool:
    changes.add_invoice(books, draw, {"date": draw.choice(changes.open_days(books))})
    return True


def _delete_journal(books: Books, draw: Draw) -> bool:
    found = changes.editable(books, "JOURNAL")
    if found:
        deletions.delete(books, "ledger_receipts", draw.choice(found))
    return bool(found)


def _delete_invoice(books: Books, draw: Draw) -> bool:
    found = [invoice for invoice in changes.unpaid(books) if books.open(invoice["date"])]
    if found:
        deletions.delete(books, "invoices", draw.choice(found))
    return bool(found)


def _pay(books: Books, draw: Draw) -> bool:
    found = changes.unpaid(books)
    if not found or not books.open(books.today):
        return False
    changes.pay(books, draw.choice(found))
    return True


def _close(books: Books, _draw: Draw) -> bool:
    """The oldest open month."""
    found = [period for period in books.periods() if period["status"] == "OPEN"]
    if found:
        changes.switch(books, found[0], "CLOSED")
    return bool(found)


def _reopen(books: Books, _draw: Draw) -> bool:
    """The newest closed month."""
    period = changes.first_closed(books)
    if period:
        changes.switch(books, period, "OPEN")
    return period is not None


def _register(books: Books, draw: Draw) -> bool:
    """A partner or a product."""
    found = list(books.tables[draw.choice(("business_partners", "products"))].values())
    if found:
        record = draw.choice(found)
        changes.changed(books, record, {"name": f"{record['name'].split(' (')[0]} ({draw.digits(3)})"})
    return bool(found)


CHANGES: dict[str, tuple[int, Callable[[Books, Draw], bool]]] = {
    "amounts": (20, _amounts),
    "move": (10, _move),
    "approve": (5, _approve),
    "touch": (12, _touch),
    "reprice": (15, _reprice),
    "note": (10, _note),
    "add_journal": (8, _add_journal),
    "add_invoice": (8, _add_invoice),
    "delete_journal": (8, _delete_journal),
    "delete_invoice": (4, _delete_invoice),
    "pay": (8, _pay),
    "close": (3, _close),
    "reopen": (3, _reopen),
    "register": (5, _register),
}
"""Weight and change."""
