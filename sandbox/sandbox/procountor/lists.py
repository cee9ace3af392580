"""Answers to what is asked of a resource: pages, single records, batches."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from sandbox.procountor.errors import ApiError
from sandbox.procountor.facts import PAYROLL_TYPES
from sandbox.procountor.filters import Asked, value

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sandbox.procountor.books import Books
    from sandbox.procountor.resource import Resource
    from sandbox.procountor.settings import Settings

Json = dict[str, Any]
SIZE, MOST, MOST_IDS = 50, 200, 200
PLACE = ("size", "page", "previousId")
"""Say where to read; all other parameters say what."""
UNNAMED = ("journals",)
"""Lists that the specification declares as a single object."""


class Lists:
    """Of one company."""

    def __init__(self, books: Books, settings: Callable[[], Settings]) -> None:
        self._books = books
        self._settings = settings

    def page(self, resource: Resource, request: Request) -> Any:
        """One page, or all where the list has no pages."""
        asked = self.asked(resource, request)
        records = self._chosen(resource, asked)
        return self.paged(resource, asked, records) if resource.paged else self._whole(resource, records)

    def paged(self, resource: Resource, asked: Asked, records: list[Json]) -> Json:
        """With `results` and `meta`, as the settings have them."""
        settings = self._settings()
        size, number = whole(asked, "size", SIZE), whole(asked, "page", 0) if resource.page else 0
        if not 1 <= size <= MOST:
            raise ApiError(400, f"size is a number from 1 to {MOST}", "size")
        if number < 0:
            raise ApiError(400, "page is a number from 0", "page")
        left = self._behind(resource, asked, records) if resource.previous_id else records
        rows = [self._listed(resource, record) for record in left[number * size : (number + 1) * size]]
        meta = {"pageNumber": number, "pageSize": size, "resultCount": len(rows)}
        if settings.total_count == "present":
            meta["totalCount"] = len(records)
        answer: Json = {"results": rows} if rows or settings.empty_results == "present" else {}
        return answer if settings.meta == "absent" else {**answer, "meta": meta}

    def ordered(self, resource: Resource, request: Request, records: list[Json]) -> Json:
        """A page of these records."""
        asked = self.asked(resource, request)
        field, descending = self._order(resource, asked)
        return self.paged(resource, asked, sorted(records, key=lambda record: value(record, field), reverse=descending))

    def rows(self, resource: Resource, numbers: list[int]) -> list[Json]:
        """These records as the list shows them."""
        table = self._books.tables[resource.name]
        return [self._listed(resource, table[number]) for number in numbers if number in table]

    def one(self, resource: Resource, request: Request) -> Any:
        """By id; several at once where the resource allows it, as a list without the unknown ones."""
        given = request.path_params["id"]
        if resource.batch and "," in given:
            return self._batch(resource, given)
        record = self._books.tables[resource.name].get(int(given)) if re.fullmatch("[0-9]{1,18}", given) else None
        if record is None or self._hidden(resource, record):
            raise ApiError(404, "Not found")
        return self.detailed(resource, record)

    def _batch(self, resource: Resource, given: str) -> list[Json]:
        parts = given.split(",")
        if len(parts) > MOST_IDS:
            raise ApiError(400, f"At most {MOST_IDS} ids are allowed")
        if not all(re.fullmatch("[0-9]{1,18}", part) for part in parts):
            raise ApiError(400, "Ids must be numbers")
        table = self._books.tables[resource.name]
        found = [table[number] for number in sorted({int(part) for part in parts}) if number in table]
        seen = [self.detailed(resource, record) for record in found if not self._hidden(resource, record)]
        if not seen:
            raise ApiError(404, "Not found")
        return seen

    def detailed(self, resource: Resource, record: Json) -> Json:
        """The record as it is shown alone."""
        if resource.detailed:
            return self._with_new_fields(resource, pick(record, resource.detailed))
        hidden = resource.only_listed
        plain = {name: item for name, item in record.items() if name not in hidden and name[0] != "_"}
        return self._with_new_fields(resource, plain)

    def _listed(self, resource: Resource, record: Json) -> Json:
        fields = resource.listed or tuple(name for name in record if name[0] != "_")
        row = pick(record, fields)
        return self._with_new_fields(resource, resource.shape(row, self._settings()) if resource.shape else row)

    def _with_new_fields(self, resource: Resource, record: Json) -> Json:
        extra = self._books.new_fields.get(resource.name)
        return record | extra if extra else record

    def _whole(self, resource: Resource, records: list[Json]) -> Any:
        rows = [self._listed(resource, record) for record in records]
        if resource.name in UNNAMED:
            return self.unnamed(rows)
        return {resource.envelope: rows} if resource.envelope else rows

    def unnamed(self, rows: list[Json]) -> Any:
        """A list whose form nobody knows."""
        return rows if self._settings().unnamed_lists == "array" else {"results": rows}

    def asked(self, resource: Resource, request: Request) -> Asked:
        """What the request's parameters say."""
        query = request.query_params
        headers = {name: request.headers[name] for name in resource.headers if name in request.headers}
        exclusive = self._settings().bounds == "exclusive"
        return Asked({name: tuple(query.getlist(name)) for name in query}, headers, exclusive)

    def _chosen(self, resource: Resource, asked: Asked) -> list[Json]:
        """The whole list in its order; kept until a record changes, as the next page is asked for soon."""
        what = tuple(sorted((name, values) for name, values in asked.query.items() if name not in PLACE))
        key = (resource.name, what, tuple(sorted(asked.headers.items())))
        chosen: list[Json] = self._books.kept(key, lambda: self._select(resource, asked))
        return chosen

    def _select(self, resource: Resource, asked: Asked) -> list[Json]:
        field, descending = self._order(resource, asked)
        records = list(self._books.tables[resource.name].values())
        for make in resource.filters:
            if test := make(asked):
                records = [record for record in records if test(record)]
        records = [record for record in records if not self._hidden(resource, record)]
        if (field, descending) != ("id", False):
            records.sort(key=lambda record: (value(record, field), record[resource.key]), reverse=descending)
        return records

    def _order(self, resource: Resource, asked: Asked) -> tuple[str, bool]:
        for parameter, field in resource.orders:
            wanted = asked.one(parameter)
            if wanted not in {None, "ASC", "DESC"}:
                raise ApiError(400, f"{parameter} is ASC or DESC", parameter)
            if wanted:
                return field, wanted == "DESC"
        return resource.order

    def _behind(self, resource: Resource, asked: Asked, records: list[Json]) -> list[Json]:
        """What follows the row with the id in `previousId`. 404 where its place cannot be known."""
        if asked.one("previousId") is None:
            return records
        previous = whole(asked, "previousId", 0)
        field, descending = self._order(resource, asked)
        if field == resource.key and not descending:
            return records[bisect_right(records, previous, key=lambda record: record[resource.key]) :]
        if self._settings().previous_id == "ascending":
            return [record for record in records if record[resource.key] > previous]
        if field == resource.key:
            return [record for record in records if record[resource.key] < previous]
        for place, record in enumerate(records):
            if record[resource.key] == previous:
                return records[place + 1 :]
        raise ApiError(404, "previousId does not exist", "previousId")

    def _hidden(self, resource: Resource, record: Json) -> bool:
        """Whether the user's rights keep a record out of sight, without a word."""
        if resource.name != "ledger_receipts" or self._settings().payroll_rights == "all":
            return False
        return record["type"] in PAYROLL_TYPES


def pick(record: Json, fields: tuple[str, ...]) -> Json:
    """These fields, where the record has them; `a.b` is a field in an object."""
    found: Json = {}
    for path in fields:
        name, _, inside = path.partition(".")
        if name not in record:
            continue
        if not inside:
            found[name] = record[name]
        elif inside in record[name]:
            found.setdefault(name, {})[inside] = record[name][inside]
    return found


def whole(asked: Asked, parameter: str, default: int) -> int:
    """An integer. 400 for anything else."""
    given = asked.one(parameter)
    if given is None:
        return default
    if not re.fullmatch("-?[0-9]{1,18}", given):
        raise ApiError(400, f"{parameter} must be a number", parameter)
    return int(given)
