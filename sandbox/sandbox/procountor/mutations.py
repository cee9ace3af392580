"""The changes that a test can ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sandbox.procountor import changes, registers
from sandbox.procountor.draw import Draw
from sandbox.procountor.resources import known
from sandbox.procountor.storm import blow

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.procountor.books import Books

Json = dict[str, Any]


def snake(name: str) -> str:
    """`AddRecord` becomes `add_record`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


class Mutation(msgspec.Struct, tag_field="kind", tag=snake, forbid_unknown_fields=True):
    """Something that happens to the company."""

    def apply(self, books: Books) -> Json:
        """`now`, and the `ids` of what changed. ValueError for what cannot be done."""
        raise NotImplementedError


class AddRecord(Mutation, kw_only=True):
    """`n` new ones, made now, each at its own second; `set` has the values that matter."""

    resource: str
    n: int = 1
    set: Json = msgspec.field(default_factory=dict)

    def apply(self, books: Books) -> Json:
        """Invoices are booked; ledger receipts are journals."""
        if self.resource not in ADDED:
            raise ValueError(f"{self.resource} cannot be added; {', '.join(ADDED)} can")
        records = []
        for _ in range(self.n):
            books.tick()
            records.append(ADDED[self.resource](books, books.dice, self.set))
            books.forget()
        return books.done([record["id"] for record in records])


class Chosen(Mutation, kw_only=True):
    """Records of one resource: by their ids, or `n` that are drawn."""

    resource: str
    ids: list[int | str] | None = None
    n: int = 1

    def records(self, books: Books) -> list[Json]:
        """ValueError for an unknown id, and where there are too few."""
        table = books.tables[known(self.resource).name]
        if self.ids is not None:
            if unknown := [number for number in self.ids if number not in table]:
                raise ValueError(f"no such {self.resource}: {', '.join(map(str, unknown))}")
            return [table[number] for number in self.ids]
        found = self.candidates(books)
        if len(found) < self.n:
            raise ValueError(f"there are only {len(found)} {self.resource} for this")
        return books.dice.sample(found, self.n)

    def candidates(self, books: Books) -> list[Json]:
        """What `n` are drawn from: of documents, those in open periods."""
        if self.resource == "ledger_receipts":
            return changes.editable(books, "JOURNAL")
        records = list(books.tables[self.resource].values())
        return [r for r in records if books.open(r["date"])] if self.resource == "invoices" else records


class EditRecord(Chosen, kw_only=True):
    """Other values and a new version, each at its own second or all `together`. Ledger receipts get new ids."""

    set: Json = msgspec.field(default_factory=dict)
    together: bool = False

    def apply(self, books: Books) -> Json:
        """The ids are the new ones."""
        ids = []
        for place, record in enumerate(self.records(books)):
            if not (self.together and place):
                books.tick()
            if self.resource == "ledger_receipts":
                ids.append(changes.recreate(books, record, self.set)["id"])
                continue
            if self.resource == "invoices":
                changes.edit_invoice(books, record, self.set)
            else:
                changes.changed(books, record, self.set)
            ids.append(record[known(self.resource).key])
        return books.done(ids)


class DeleteRecord(Chosen, kw_only=True):
    """They vanish without a trace: journals, unpaid invoices, products, partners that no invoice refers to."""

    def apply(self, books: Books) -> Json:
        """ValueError for what is kept."""
        records = self.records(books)
        for record in records:
            books.tick()
            changes.delete(books, self.resource, record)
        return books.done([record[known(self.resource).key] for record in records])


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


class AddField(Mutation, kw_only=True):
    """The vendor adds a field to every answer about a resource."""

    resource: str
    field: str
    value: Any = "new"

    def apply(self, books: Books) -> Json:
        """No record's version changes."""
        books.new_fields.setdefault(known(self.resource).name, {})[self.field] = self.value
        return books.done([])


class DropField(Mutation, kw_only=True):
    """The vendor no longer tells a field."""

    resource: str
    field: str

    def apply(self, books: Books) -> Json:
        """ValueError for one that no record has."""
        books.new_fields.get(self.resource, {}).pop(self.field, None)
        records = [r for r in books.tables[known(self.resource).name].values() if self.field in r]
        for record in records:
            del record[self.field]
        return books.done([])


class Storm(Mutation, kw_only=True):
    """`n` random lawful changes, the same for the same seed."""

    n: int = 200
    seed: int = 1

    def apply(self, books: Books) -> Json:
        """Also `done`: how often each kind of change was made."""
        done = blow(books, Draw(self.seed, "storm"), self.n)
        return {**books.done([]), "done": done}


Mutations = (
    AddField
    | AddRecord
    | ClosePeriod
    | CloseYear
    | DeleteRecord
    | DropField
    | EditRecord
    | Pay
    | ReopenPeriod
    | ReopenYear
    | Storm
)


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


def _add(name: str, make: Callable[[Books, Draw, int, str], Json]) -> Callable[[Books, Draw, Json], Json]:
    def add(books: Books, draw: Draw, values: Json) -> Json:
        record = make(books, draw, 500 + len(books.tables[name]), books.now)
        changes.changed(books, record, values)
        books.tables[name][record["id"]] = record
        return record

    return add


def _add_person(books: Books, draw: Draw, values: Json) -> Json:
    own, shown = registers.person(books, draw, len(books.tables["persons"]) * 4, books.now)
    changes.changed(books, own, values)
    books.tables["persons"][own["id"]], books.tables["business_partners"][own["id"]] = own, shown
    return own


ADDED: dict[str, Callable[[Books, Draw, Json], Json]] = {
    "invoices": changes.add_invoice,
    "ledger_receipts": changes.add_journal,
    "business_partners": _add("business_partners", registers.partner),
    "products": _add("products", registers.product),
    "persons": _add_person,
}
