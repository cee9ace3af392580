"""What can happen to a record of any resource."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from sandbox.fortnox.booking import PAID
from sandbox.fortnox.resources import RESOURCES, known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.fortnox.company import Company
    from sandbox.fortnox.resource import Resource

Json = dict[str, Any]
Id = str | list[str]
"""The key of a record, in one part or several; vouchers, accounts and series begin with the id of the year."""


def snake(name: str) -> str:
    """`AddRecord` is told `add_record`."""
    return re.sub("(?<!^)([A-Z])", r"_\1", name).lower()


class Mutation(msgspec.Struct, tag_field="kind", tag=snake, forbid_unknown_fields=True):
    """One change of the company."""

    def apply(self, company: Company) -> list[Id]:
        """The ids of what changed. ValueError, and no change, if it would not be lawful."""
        raise NotImplementedError


class RecordMutation(Mutation, kw_only=True):
    """Of one resource."""

    resource: str

    def chosen(self, company: Company, ids: list[Id] | None, n: int, kept: set[str]) -> list[Json]:
        """By their ids, or drawn. ValueError for what is not there, or has to be kept."""
        resource = known(self.resource)
        records = company.records[self.resource]
        if ids is not None:
            keys = [tuple(number) if isinstance(number, list) else (number,) for number in ids]
            if missing := [key for key in keys if key not in records]:
                raise ValueError(f"no such {self.resource}: {'/'.join(missing[0])}")
            if any(key[-1] in kept for key in keys):
                raise ValueError("other records refer to it")
            return [records[key] for key in keys]
        candidates = [record for record in records.values() if company.key(resource, record)[-1] not in kept]
        if len(candidates) < n:
            raise ValueError(f"there are only {len(candidates)} {self.resource} for this")
        return company.dice.sample(candidates, n)

    def told(self, company: Company, records: list[Json]) -> list[Id]:
        """Ids."""
        return [told(company, known(self.resource), record) for record in records]


class AddRecord(RecordMutation, kw_only=True):
    """`n` new ones, made now; `set` has the values that matter. What is due is booked."""

    n: int = 1
    set: dict[str, Any] = msgspec.field(default_factory=dict)

    def apply(self, company: Company) -> list[Id]:
        """Each has its own second. What is paid has changed too."""
        records = []
        for _number in range(self.n):
            company.clock.tick()
            record = company.add(self.resource)
            record.update(self.set)
            if PAID in record and "payments" not in company.settings().unreported:
                company.touch(record[PAID][0], company.records[record[PAID][0]][record[PAID][1]])
            records.append(record)
        return self.told(company, records)


class EditRecord(RecordMutation, kw_only=True):
    """Other values, and a new moment of change, which no answer tells."""

    ids: list[Id] | None = None
    n: int = 1
    set: dict[str, Any] = msgspec.field(default_factory=dict)

    def apply(self, company: Company) -> list[Id]:
        """ValueError for a key, and for what a voucher says: there are other mutations for these."""
        if self.resource == "vouchers" or set(self.set) & set(known(self.resource).key):
            raise ValueError(f"{self.resource}: keys and vouchers cannot be edited like this")
        records = self.chosen(company, self.ids, self.n, kept=set())
        for record in records:
            company.clock.tick()
            record.update(self.set)
            company.touch(self.resource, record)
        return self.told(company, records)


class DeleteRecord(RecordMutation, kw_only=True):
    """They vanish without a trace, if nothing else refers to them."""

    ids: list[Id] | None = None
    n: int = 1

    def apply(self, company: Company) -> list[Id]:
        """ValueError for what cannot be deleted: documents are cancelled, and vouchers stay."""
        resource = known(self.resource)
        if not resource.deletable:
            raise ValueError(f"{self.resource} cannot be deleted")
        records = self.chosen(company, self.ids, self.n, kept=referred(company, resource))
        for record in records:
            company.remove(self.resource, record)
        company.clock.tick()
        return self.told(company, records)


class AddField(RecordMutation, kw_only=True):
    """The vendor writes one more field, in lists and details."""

    field: str
    value: Any = None

    def apply(self, company: Company) -> list[Id]:
        """No record changes."""
        company.added.setdefault(known(self.resource).name, {})[self.field] = self.value
        return []


class DropField(RecordMutation, kw_only=True):
    """The vendor ceases to write a field."""

    field: str

    def apply(self, company: Company) -> list[Id]:
        """No record changes."""
        company.dropped.setdefault(known(self.resource).name, set()).add(self.field)
        return []


def told(company: Company, resource: Resource, record: Json) -> Id:
    """One text where it is enough."""
    key = company.key(resource, record)
    return key[0] if len(key) == 1 else list(key)


def referred(company: Company, resource: Resource) -> set[str]:
    """Keys of the resource that other records know."""
    if resource.known_as is None:
        return set()
    others = (other for other in RESOURCES if other.name != resource.name)
    return {value for other in others for record in company.all(other.name) for value in _named(record, resource)}


def _named(value: Any, resource: Resource) -> Iterator[str]:
    """What a record, or a row of it, says under the name of the resource's key."""
    match value:
        case dict():
            for name, inner in value.items():
                if name == resource.known_as and inner is not None:
                    yield str(inner)
                elif isinstance(inner, dict | list):
                    yield from _named(inner, resource)
        case list():
            for inner in value:
                yield from _named(inner, resource)
