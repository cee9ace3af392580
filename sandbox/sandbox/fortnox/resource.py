"""What there is to say about a resource of the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.fortnox.company import Company
    from sandbox.fortnox.draw import Draw
    from sandbox.fortnox.ledger import Posting

Json = dict[str, Any]
Test = Callable[[Json, str], bool]
"""Of a record; the text is today."""
LastModified = Literal["honoured", "ignored", "rejected"]


@dataclass(frozen=True, kw_only=True)
class Resource:
    """The ordinary case is the default: a paged list under `/3/{name}`."""

    name: str
    """In mutations, records and settings; also the path, with slashes for underscores, unless `path` says another."""
    path: str = ""
    scope: str
    list: str | None = None
    """Key of the list in its answer; None: there is no list."""
    one: str | None = None
    """Key of the object in the answer to `{path}/{key}`; None: there is no such path."""
    key: tuple[str, ...] = ()
    """Fields that make the path of one, after the year when it is `yearly`."""
    only: bool = False
    """One object instead of a list."""
    nested: str | None = None
    """The list is under this key of an object."""
    bare: bool = False
    """Of the newer families: no envelope, no paging."""
    yearly: bool = False
    """One set for each financial year; without a parameter it is the current one's."""
    paged: bool = True
    lastmodified: LastModified = "rejected"
    day: str | None = None
    """The field that `fromdate` and `todate` look at."""
    search: Mapping[str, str] = field(default_factory=dict)
    """Parameters that look for a part of a field's text, in whatever case."""
    within: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Parameters that look for a part of a field's text in one of the rows."""
    exact: Mapping[str, str] = field(default_factory=dict)
    """Parameters that compare a field."""
    one_of: Mapping[str, str] = field(default_factory=dict)
    """Parameters that may come several times, and whose field has one of the values."""
    since: Mapping[str, str] = field(default_factory=dict)
    """Parameters with the first day of a field."""
    until: Mapping[str, str] = field(default_factory=dict)
    """Parameters with the last day of a field."""
    holds: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Parameters with a day between two fields."""
    ignored: tuple[str, ...] = ()
    """Parameters that change nothing here."""
    sublist: tuple[str, ...] = ()
    """Fields that `{path}/sublist/…` compares."""
    required: tuple[str, ...] = ()
    """Parameters that must be there."""
    filters: Mapping[str, Test] = field(default_factory=dict)
    """Values of `filter`."""
    sorts: Mapping[str, str] = field(default_factory=dict)
    """Values of `sortby`."""
    order: tuple[str, ...] = ()
    """Without `sortby`; empty: by key."""
    not_found: tuple[int, str] = (2000434, "Kan inte hitta resursen.")
    compute: Callable[[Company, Json], Json] | None = None
    """Fields that follow from the books."""
    make: Callable[[Company, Draw], Json | None] | None = None
    """None from it: nothing more to make."""
    size: int = 0
    """At the start; for a `yearly` one, of each year."""
    per: str | None = None
    """At most as many as there are of that."""
    post: Callable[[Company, Json], Posting | None] | None = None
    """The voucher that it leads to."""
    known_as: str | None = None
    """What others call its key when they refer to it; None: they do not."""
    deletable: bool = False
    actions: tuple[str, ...] = ()
    """GETs below one that do something: a reader must not call them."""

    @property
    def segments(self) -> tuple[str, ...]:
        """Of the path."""
        return tuple((self.path or f"3/{self.name.replace('_', '/')}").split("/"))


def when(test: Callable[[Json], bool]) -> Test:
    """Whatever day it is."""
    return lambda record, _today: test(record)


def given(field: str, value: Any) -> Test:
    """The field has this value."""
    return lambda record, _today: bool(record.get(field) == value)


def before(field: str) -> Test:
    """The day in the field is over."""
    return lambda record, today: bool(record.get(field)) and record[field] < today


CANCELLED = when(lambda record: bool(record["Cancelled"]))
OPEN = when(lambda record: bool(record["Balance"]) and not record["Cancelled"])
"""Of invoices: something is still owed."""
DOCUMENT = {
    "customername": "CustomerName",
    "customernumber": "CustomerNumber",
    "documentnumber": "DocumentNumber",
    "costcenter": "CostCenter",
    "project": "Project",
    "ourreference": "OurReference",
    "yourreference": "YourReference",
}
REFERENCES = {
    "externalinvoicereference1": "ExternalInvoiceReference1",
    "externalinvoicereference2": "ExternalInvoiceReference2",
}
"""Searches that invoices, orders and offers have in common."""
