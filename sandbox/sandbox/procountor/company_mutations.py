"""What can happen to the company: payments, periods that close, a storm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procountor import changes
from sandbox.procountor.draw import Draw
from sandbox.procountor.mutation import Mutation
from sandbox.procountor.storm import blow

if TYPE_CHECKING:
    from sandbox.procountor.books import Books

Json = dict[str, Any]


class Pay(Mutation, kw_only=True):
    """Invoices are paid today, each with a bank statement of its own."""

    ids: list[int] | None = None
    n: int = 1

    def apply(self, books: Books) -> Json:
        """The ids of the invoices."""
        found = changes.unpaid(books) if self.ids is None else [books.tables["invoices"][number] for number in self.ids]
        chosen = found if self.ids is not None else books.dice.sample(found, self.n)
        for invoice in chosen:
            books.tick()
            changes.pay(books, invoice)
        return books.done([invoice["id"] for invoice in chosen])


class ClosePeriod(Mutation, kw_only=True):
    """The tracking period of a day."""

    day: str

    def apply(self, books: Books) -> Json:
        """ValueError for a day without one."""
        return _switch(books, self.day, "CLOSED")


class ReopenPeriod(Mutation, kw_only=True):
    """The tracking period of a day; its year too if that is closed."""

    day: str

    def apply(self, books: Books) -> Json:
        """ValueError for a day without one."""
        return _switch(books, self.day, "OPEN")


class CloseYear(Mutation, kw_only=True):
    """The fiscal year of a day, with its tracking periods."""

    day: str

    def apply(self, books: Books) -> Json:
        """ValueError for a day without one."""
        books.tick()
        year = _year(books, self.day)
        year["isOpen"], year["modified"] = False, books.now
        for period in year["trackingPeriods"]:
            if period["status"] != "CLOSED":
                changes.switch(books, period, "CLOSED")
        return books.done([year["id"]])


class ReopenYear(Mutation, kw_only=True):
    """The fiscal year of a day; its tracking periods stay closed."""

    day: str

    def apply(self, books: Books) -> Json:
        """ValueError for a day without one."""
        books.tick()
        year = _year(books, self.day)
        year["isOpen"], year["modified"] = True, books.now
        return books.done([year["id"]])


class Storm(Mutation, kw_only=True):
    """`n` random lawful changes, the same for the same seed."""

    n: int = 200
    seed: int = 1

    def apply(self, books: Books) -> Json:
        """Also `done`: how often each kind of change was made."""
        done = blow(books, Draw(self.seed, "storm"), self.n)
        return {**books.done([]), "done": done}


def _year(books: Books, day: str) -> Json:
    for year in books.tables["fiscal_years"].values():
        if year["startDate"] <= day <= year["endDate"]:
            return year
    raise ValueError(f"no fiscal year has {day}")


def _switch(books: Books, day: str, status: str) -> Json:
    year = _year(books, day)
    books.tick()
    if status == "OPEN" and not year["isOpen"]:
        year["isOpen"], year["modified"] = True, books.now
    period = next(p for p in year["trackingPeriods"] if p["startDate"] <= day <= p["endDate"])
    changes.switch(books, period, status)
    return books.done([period["id"]])
