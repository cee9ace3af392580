"""Answers for every row of the table of resources."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.qonto.errors import ApiError
from sandbox.qonto.params import paging
from sandbox.qonto.resource import BARE

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from starlette.datastructures import QueryParams
    from starlette.requests import Request

    from sandbox.qonto.books import Books
    from sandbox.qonto.resource import Resource
    from sandbox.qonto.settings import Settings

Json = dict[str, Any]
OTHER_NAMES = {"creation_date": "created_at"}


class Lists:
    """Lists, records by id, and objects of which there is one."""

    def __init__(self, books: Books, settings: Callable[[], Settings], dice: np.random.Generator) -> None:
        self._books = books
        self._settings = settings
        self._dice = dice

    def only(self, resource: Resource, _request: Request) -> Json:
        """The one object, in an envelope or bare. An envelope may hold null."""
        record = self._books.written(resource, self._books.store.records[resource.name])[0]
        wrapped = resource.name == "einvoicing_settings" and self._settings().einvoicing_settings_envelope == "present"
        envelope = resource.name if wrapped else resource.envelope
        return record if envelope == BARE else {envelope: record}

    def one(self, resource: Resource, request: Request) -> Json:
        """A record by its id."""
        record = self._books.store.find(resource.name, request.path_params["id"])
        if record is None:
            raise ApiError(404, f"no such {resource.one or 'record'}", parameter="id")
        written = self._books.written(resource, [record])[0]
        wrapped = resource.name == "quotes" and self._settings().quote_envelope == "present"
        envelope = "quote" if wrapped else resource.one
        return {envelope: written} if envelope else written

    def page(self, resource: Resource, request: Request) -> Json:
        """A page of a list."""
        query, settings = request.query_params, self._settings()
        if resource.required and not query.get(resource.required):
            raise ApiError(400, f"{resource.required} is needed", parameter=resource.required)
        parent: str = request.path_params.get("id", "")
        if resource.parent and self._books.store.find(resource.parent, parent) is None:
            raise ApiError(404, "no such parent", parameter="id")
        records = self._selected(resource, query, settings, parent)
        if not resource.paged:
            return {resource.envelope: self._books.written(resource, records)}
        total = len(records)
        page = paging(query, settings, total, default=resource.per_page, most=resource.most_per_page)
        answer: Json = {resource.envelope: self._books.written(resource, page.cut(records))}
        meta = {"meta": resource.meta(page, total)} if resource.meta else {}
        return {**meta, **answer} if resource.meta_first else {**answer, **meta}

    def _selected(self, resource: Resource, query: QueryParams, settings: Settings, parent: str) -> list[Json]:
        if settings.ties == "shuffled":
            return self._select(resource, query, settings, parent)
        asked = tuple((name, value) for name, value in query.multi_items() if name not in {"page", "per_page"})
        return self._books.store.selected(
            (resource.name, parent, asked), lambda: self._select(resource, query, settings, parent)
        )

    def _select(self, resource: Resource, query: QueryParams, settings: Settings, parent: str) -> list[Json]:
        field, descending = order(resource, query)
        if resource.name in settings.unfiltered:
            query = type(query)([item for item in query.multi_items() if "updated_at" not in item[0]])
        tests = [test for read in resource.filters if (test := read(query, settings))]
        records = self._books.store.records[resource.name]
        if resource.parent:
            records = [record for record in records if record["_parent"] == parent]
        found = [record for record in records if all(test(record) for test in tests)]
        if settings.ties == "shuffled" and field:
            self._dice.shuffle(found)
        return sorted(found, key=lambda record: rank(record, field), reverse=descending) if field else found


def order(resource: Resource, query: QueryParams) -> tuple[str | None, bool]:
    """The field to sort by, and whether the largest comes first. 422 for what the endpoint does not sort by."""
    given = query.get("sort_by") if resource.sorts else None
    text = given or resource.order
    if text is None:
        return None, False
    field, _, direction = text.partition(":")
    if given and (field not in resource.sorts or direction not in {"asc", "desc"}):
        raise ApiError(422, f"sort_by is one of {', '.join(resource.sorts)}, and asc or desc", parameter="sort_by")
    return OTHER_NAMES.get(field, field), direction == "desc"


def rank(record: Json, field: str) -> tuple[bool, Any]:
    """Null is the largest, as in the vendor's database."""
    value = record.get(field, record.get(f"_{field}"))
    match value:
        case {"value": text}:
            value = Decimal(text)
        case str() if field == "period":
            value = f"{value[3:]}-{value[:2]}"
    return value is None, value if value is not None else 0
