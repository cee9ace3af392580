"""The shapes that the API's answers have: lists in pages, single objects, and what hangs on another record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_kit.details import Details
from tap_kit.pages import PageReader
from tap_kit.table import Partition, RawRecord, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tap_kit.client import Client

# Ids are unique within one company only ("API requests").
OF_COMPANY = ("company_id",)
KEY = ("company_id", "id")

RESULTS = "results"
WHOLE = ""  # the answer itself

# The id of the last row asks for the page after it; one client lost pages until it did so in ascending order.
AFTER = ("previousId", "id")
BY_ID = {"orderById": "ASC"}

NONE = (404,)  # of single objects and what hangs on others: there is none

_CHILD = "child"


def single(name: str, path: str, **more: Any) -> Stream:
    """Return the row of an object that a company has one of."""
    return Stream(name, path=path, **{"key": OF_COMPANY, "envelope": WHOLE, "paged": False, **more})


def whole(name: str, path: str, **more: Any) -> Stream:
    """Return the row of a list without pages."""
    return Stream(name, path=path, **{"key": KEY, "envelope": WHOLE, "paged": False, **more})


def children(field: str, path: str, envelope: str = WHOLE, *, after: tuple[str, str] | None = None) -> Details:
    """Return how to read the list that hangs on a record, one request a record; it becomes `field`."""
    params = BY_ID if after else {}

    def fetch(client: Client, records: Sequence[RawRecord]) -> list[RawRecord | None]:
        lists = (PageReader(client, path.format_map(record), envelope, **_way(after)) for record in records)
        found = [[item for page in pages.read(params) for item in page.records] for pages in lists]
        return [with_child(record, {field: items}) for record, items in zip(records, found, strict=True)]

    return Details(fetch=fetch)


def child(path: str) -> Details:
    """Return how to read the object that hangs on a record, one request a record; without one there is no row."""

    def fetch(client: Client, records: Sequence[RawRecord]) -> list[RawRecord | None]:
        answers = (PageReader(client, path.format_map(record), WHOLE, **_way(None)).fetch({}) for record in records)
        return [
            with_child(record, answer.records[0]) if answer.records else None
            for record, answer in zip(records, answers, strict=True)
        ]

    return Details(fetch=fetch)


def with_child(record: RawRecord, found: RawRecord) -> RawRecord:
    """Return the record with what hangs on it."""
    return {**record, _CHILD: found}


def of(parent: str) -> Callable[[RawRecord, Partition], RawRecord]:
    """Return what leaves of a record its id, under the name `parent`, its version and what hangs on it."""

    def prepare(record: RawRecord, _: Partition) -> RawRecord:
        found = {"version": record.get("version"), **record.get(_CHILD, {})}
        return {**found, "companyId": record["companyId"], parent: record.get("id")}

    return prepare


def value_as(name: str) -> Callable[[RawRecord, Partition], RawRecord]:
    """Return what names the value of a list that holds nothing but values."""

    def prepare(record: RawRecord, _: Partition) -> RawRecord:
        return {"companyId": record["companyId"], name: record.get("value")}

    return prepare


def _way(after: tuple[str, str] | None) -> Any:
    return {"after": after, "paged": after is not None, "none": NONE}
