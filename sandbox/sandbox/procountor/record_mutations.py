"""What can happen to a record of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sandbox.procountor import changes, deletions, registers
from sandbox.procountor.mutation import Mutation
from sandbox.procountor.resources import known

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.procountor.books import Books
    from sandbox.procountor.draw import Draw

Json = dict[str, Any]


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
            deletions.delete(books, self.resource, record)
        return books.done([record[known(self.resource).key] for record in records])


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


def _add(name: str, make: Callable[[Books, Draw, int, str], Json], active: str) -> Callable[[Books, Draw, Json], Json]:
    """`active` is the field that says whether the new one is in use: it is."""

    def add(books: Books, draw: Draw, values: Json) -> Json:
        record = make(books, draw, 500 + len(books.tables[name]), books.now)
        changes.changed(books, record, {active: True, **values})
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
    "business_partners": _add("business_partners", registers.partner, "registryInfo.active"),
    "products": _add("products", registers.product, "active"),
    "persons": _add_person,
}
