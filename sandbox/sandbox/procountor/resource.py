"""What there is to say about a list of the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from sandbox.procountor.errors import ApiError

if TYPE_CHECKING:
    from sandbox.procountor.filters import Filter
    from sandbox.procountor.settings import Settings

Json = dict[str, Any]
Path = tuple[str, str, Callable[[Request], Any]]
"""Below the base, the resource that rights are asked for, and who answers."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """The ordinary case is the default."""

    name: str
    """In records, mutations and settings."""
    path: str
    envelope: str = "results"
    """Key of the list; empty: a bare array."""
    paged: bool = True
    """With `size`, `page` and `meta`."""
    page: bool = True
    previous_id: bool = False
    key: str = "id"
    listed: tuple[str, ...] = ()
    """Fields of the list's rows; none: all."""
    only_listed: tuple[str, ...] = ()
    """Fields that only the list has."""
    orders: tuple[tuple[str, str], ...] = (("orderById", "id"),)
    """Parameters that sort, and by which field."""
    order: tuple[str, bool] = ("id", False)
    """Without such a parameter: field, and whether descending."""
    filters: tuple[Filter, ...] = ()
    headers: tuple[str, ...] = ()
    """Filters that stand in a header, as they hold personal data."""
    one: bool = True
    """Whether `/{id}` exists."""
    batch: bool = False
    """Whether `/{id}` takes several."""
    detailed: tuple[str, ...] = ()
    """Fields of a single record; none: all but those that only the list has."""
    shape: Callable[[Json, Settings], Json] | None = None
    """What a setting does to a row of the list."""


def only(found: list[Json], key: str, number: str) -> Json:
    """The one with this id, or 404."""
    for record in found:
        if str(record[key]) == number:
            return record
    raise ApiError(404, "Not found")
