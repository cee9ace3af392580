"""The books at the start: what documents lead to, vouchers by hand, and closed years."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from sandbox.fortnox import bookkeeping
from sandbox.fortnox.draw import Draw, days, later
from sandbox.fortnox.resources import RESOURCES

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company
    from sandbox.fortnox.ledger import Posting

BY_HAND = 150
"""Vouchers that no document leads to, where no number of vouchers is wanted."""
PAID = "_paid"
"""Of payments: resource and key of what they are for."""


def book_all(company: Company) -> None:
    """In the order of time: as many vouchers as are wanted, else every document that is due and some by hand."""
    ledger = company.ledger
    due = [(bookkeeping.capital(), None), *documents(company)]
    closed = [year for year in ledger.years if year.end <= ledger.locked_until]
    closings = 2 * len(closed)
    wanted = company.sizes.get("vouchers", len(due) + BY_HAND + closings)
    postings = thinned(due, max(wanted - closings, 0), company.seed)
    first, span = ledger.years[0].start, days(ledger.years[0].start, company.today)
    by_hand = max(0, wanted - closings - len(postings))
    for number in range(by_hand):
        day = later(first, int(span * (number + 0.5) / by_hand))
        postings.append(bookkeeping.manual(company, Draw(company.seed, "vouchers", number, day)))
    for posting in sorted(postings, key=lambda posting: posting.day):
        ledger.book(posting)
    for year in closed:
        ledger.close(year)
    while company.count("vouchers") < wanted:  # a year without a result needs no closing
        ledger.book(bookkeeping.manual(company, Draw(company.seed, "vouchers", by_hand, company.today)))
        by_hand += 1
    company.made["vouchers"] = by_hand


def documents(company: Company) -> list[tuple[Posting, Any]]:
    """What is due, and what it belongs to: an invoice and its payments to one thing."""
    found = []
    for resource in RESOURCES:
        for record in company.all(resource.name) if resource.post else ():
            if resource.post and (posting := resource.post(company, record)):
                alone = (resource.name, company.key(resource, record))
                found.append((posting, record.get(PAID, alone)))
    return found


def thinned(due: list[tuple[Posting, Any]], room: int, seed: int) -> list[Posting]:
    """Where there is no room for all, some invoices are not booked, and neither are their payments."""
    things = sorted({thing for _, thing in due if thing})
    Random(f"{seed} booked").shuffle(things)  # noqa: S311 - the same choice for the same seed
    sizes: dict[Any, int] = {}
    for _, thing in due:
        sizes[thing] = sizes.get(thing, 0) + 1
    dropped, left = set(), len(due)
    while left > room and things:
        thing = things.pop()
        dropped.add(thing)
        left -= sizes[thing]
    return [posting for posting, thing in due if thing not in dropped][:room]
