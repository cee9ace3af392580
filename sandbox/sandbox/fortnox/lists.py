"""Records as answers: lists, single ones, and what a setting does to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sandbox.fortnox.errors import INVALID_PARAMETER, ApiError
from sandbox.fortnox.query import PAGING, page, select
from sandbox.fortnox.query import year as wanted_year
from sandbox.fortnox.shapes import shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.fortnox.company import Company
    from sandbox.fortnox.resource import Resource
    from sandbox.fortnox.settings import Settings
    from sandbox.fortnox.shapes import Shape

Json = dict[str, Any]
Query = dict[str, str]
NO_RIGHT = "API_NORIGHT"
META = "MetaInformation"
KEPT = 64


class Lists:
    """Of the company as it is. Whoever changes it calls `forget`."""

    def __init__(self, company: Callable[[], Company], settings: Callable[[], Settings]) -> None:
        self.company = company
        self.settings = settings
        self._selected: dict[Any, list[Json]] = {}

    def forget(self) -> None:
        """Other answers are right from now on."""
        self._selected.clear()

    def many(self, resource: Resource, query: Query, wanted: Query | None = None) -> Any:
        """A page of the list, or all of it where there are no pages; of those with the wanted values."""
        records = [
            record
            for record in self._select(resource, query)
            if all(str(record[field]) == value for field, value in (wanted or {}).items())
        ]
        part = page(query, resource, self.settings(), len(records))
        shape = shapes(resource.name).list
        if shape is None or resource.list is None:
            raise ValueError(f"{resource.name} has no list")
        written = [self._write(resource, shape, record) for record in part.cut(records)]
        if resource.bare:
            return written[0] if resource.only else written
        if resource.only:
            return {resource.list: written[0]}
        if resource.nested:
            return {resource.list: {resource.nested: written}, META: part.meta(len(records))}
        envelope = self.settings().prices_envelope if resource.name == "prices" else resource.list
        answer = [(META, part.meta(len(records))), (envelope, written)]
        return dict(answer if self.settings().meta == "first" else reversed(answer))

    def one(self, resource: Resource, record: Json) -> Any:
        """With every field."""
        written = self.whole(resource, record)
        if resource.bare:
            return written
        return {resource.one: {resource.nested: [written]} if resource.nested else written}

    def whole(self, resource: Resource, record: Json) -> Json:
        """The detail where there is one, and else what the list has."""
        known = shapes(resource.name)
        shape = known.detail or known.list
        if shape is None:
            raise ValueError(f"{resource.name} has no fields")
        return self._write(resource, shape, record)

    def find(self, resource: Resource, key: tuple[str, ...], query: Query) -> Json:
        """404 for what is not there. Without a year, the current one's is meant."""
        company = self.company()
        if resource.yearly:
            key = (str(wanted_year(query, company)), *key)
        record = company.records[resource.name].get(key)
        if record is None:
            raise ApiError(404, *resource.not_found)
        return record

    def _select(self, resource: Resource, query: Query) -> list[Json]:
        """Kept for the next page."""
        if missing := [name for name in resource.required if name not in query]:
            raise ApiError(400, INVALID_PARAMETER[0], f"{missing[0]} saknas.")
        company = self.company()
        asked = {name: value for name, value in query.items() if name not in PAGING}
        question = (resource.name, tuple(sorted(asked.items())), company.today)
        if question not in self._selected:
            if len(self._selected) >= KEPT:
                self._selected.clear()
            self._selected[question] = select(resource, asked, company, self.settings())
        return self._selected[question]

    def _write(self, resource: Resource, shape: Shape, record: Json) -> Json:
        company = self.company()
        if resource.compute:
            record = {**record, **resource.compute(company, record)}
        written = shape.write(record, company.link(path(resource, record)))
        for name in company.dropped.get(resource.name, ()):
            written.pop(name, None)
        written |= company.added.get(resource.name, {})
        if fields := self.settings().no_right.get(resource.name):
            return without_right(written, fields)
        return written


def path(resource: Resource, record: Json) -> str:
    """Where one is, percent-encoded."""
    key = [quote(str(record[field]), safe="") for field in resource.key]
    year = f"?financialyear={record['Year']}" if resource.yearly else ""
    return "/".join([*resource.segments, *key]) + year


def without_right(record: Mapping[str, Any], fields: tuple[str, ...]) -> Json:
    """What the user may not see, also in rows."""
    return {
        name: NO_RIGHT
        if name in fields
        else [without_right(row, fields) for row in value]
        if isinstance(value, list) and value and isinstance(value[0], dict)
        else value
        for name, value in record.items()
    }
