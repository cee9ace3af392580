"""What can happen to a record of any resource that is not in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sandbox.clock import iso
from sandbox.qonto.mutations import Done, Mutation
from sandbox.qonto.resources import known

if TYPE_CHECKING:
    from sandbox.qonto.books import Books
    from sandbox.qonto.resource import Resource

Json = dict[str, Any]


class RecordMutation(Mutation, kw_only=True):
    """Of one resource."""

    resource: str

    def row(self, books: Books) -> Resource:
        """ValueError for an unknown resource, and for what the ledger writes."""
        if self.resource in books.computed:
            raise ValueError(f"{self.resource} follow from other things; there are mutations for these")
        return known(self.resource)

    def chosen(self, books: Books, ids: list[str] | None, n: int, kept: set[str]) -> list[Json]:
        """By their ids, or drawn. ValueError for what is not there, or has to be kept."""
        resource = self.row(books)
        if ids is not None:
            found = [books.store.find(resource.name, number) for number in dict.fromkeys(ids)]
            records = [record for record in found if record is not None]
            if len(records) < len(found):
                raise ValueError(f"no such {resource.name}")
            if any(record[resource.key] in kept for record in records):
                raise ValueError("other records refer to it")
            return records
        candidates = [record for record in books.store.records[resource.name] if record[resource.key] not in kept]
        if len(candidates) < n:
            raise ValueError(f"there are only {len(candidates)} {resource.name} for this")
        drawn = books.dice.choice(len(candidates), n, replace=False)
        return [candidates[position] for position in sorted(drawn.tolist())]

    def done(self, books: Books, records: list[Json]) -> Done:
        """The ids, in order."""
        key = known(self.resource).key
        return {"now": iso(books.clock.now), "ids": [record[key] for record in records]}


class AddRecord(RecordMutation, kw_only=True):
    """`n` new ones, made now; `set` has the values that matter."""

    n: int = 1
    set: dict[str, Any] = msgspec.field(default_factory=dict)

    def apply(self, books: Books) -> Done:
        """Each has its own second."""
        resource = self.row(books)
        if resource.make is None or resource.only:
            raise ValueError(f"{resource.name} cannot be added like this")
        records = []
        for _ in range(self.n):
            record = books.store.add(resource.name, books.clock.tick())
            books.store.change(resource.name, record, self.set, books.clock.now)
            records.append(record)
        return self.done(books, records)


class EditRecord(RecordMutation, kw_only=True):
    """Other values, and a new `updated_at` where there is one: each at its own second, or all `together`."""

    ids: list[str] | None = None
    n: int = 1
    set: dict[str, Any] = msgspec.field(default_factory=dict)
    together: bool = False

    def apply(self, books: Books) -> Done:
        """ValueError for a field that the records do not have: add_field is for that."""
        records = self.chosen(books, self.ids, self.n, kept=set())
        if unknown := {name for name in self.set for record in records if name not in record}:
            raise ValueError(f"no such field: {', '.join(sorted(unknown))}")
        for number, record in enumerate(records):
            now = books.clock.now if self.together and number else books.clock.tick()
            books.store.change(self.resource, record, self.set, now)
        return self.done(books, records)


class DeleteRecord(RecordMutation, kw_only=True):
    """They vanish without a trace, if nothing else refers to them."""

    ids: list[str] | None = None
    n: int = 1

    def apply(self, books: Books) -> Done:
        """ValueError for one that something refers to."""
        records = self.chosen(books, self.ids, self.n, kept=books.store.referred())
        for record in records:
            books.store.remove(self.resource, record)
        books.clock.tick()
        return self.done(books, records)


class LoseFile(Mutation, kw_only=True):
    """The documents of these attachments or statements are no longer there; their records stay."""

    ids: list[str]

    def apply(self, books: Books) -> Done:
        """Links are given out as before. ValueError for an id without a document."""
        for number in self.ids:
            if books.store.find("statements", number) is None and books.attachment(number) is None:
                raise ValueError(f"no file {number}")
        books.files.lost.update(self.ids)
        return {"now": iso(books.clock.tick()), "ids": self.ids}
