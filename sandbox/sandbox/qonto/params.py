"""What a request asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.clock import iso, milliseconds
from sandbox.qonto.errors import ApiError
from sandbox.qonto.facts import COMPLETED, KINDS, STATUSES
from sandbox.qonto.ledger import NEVER, Field, Question
from sandbox.qonto.paging import Paging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import QueryParams

    from sandbox.qonto.settings import Settings

MAX_PER_PAGE = 100
FIELDS: tuple[Field, ...] = ("created_at", "emitted_at", "settled_at", "updated_at")
SIDES = {"credit": 1, "debit": -1}
INCLUDES = ("attachments", "labels", "vat_details")
SORT = re.compile(rf"({'|'.join(FIELDS)}):(asc|desc)")


def paging(
    query: QueryParams, settings: Settings, total: int, *, default: int = MAX_PER_PAGE, most: int = MAX_PER_PAGE
) -> Paging:
    """422 for a page or size that is no such number, or that is out of bounds."""
    name = "current_page" if settings.current_page == "honoured" and "page" not in query else "page"
    found = Paging(_number(query, name, 1), _number(query, "per_page", default))
    if found.per_page > most:
        raise ApiError(422, f"per_page is at most {most}", parameter="per_page")
    beyond = found.page > 1 and (found.page - 1) * found.per_page >= total
    if beyond and settings.page_past_end == "unprocessable":
        raise ApiError(422, "there is no such page", parameter=name)
    return found


def _number(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < 1:
        raise ApiError(422, f"{name} is a number from 1", parameter=name)
    return int(text)


def includes(query: QueryParams) -> tuple[str, ...]:
    """What to embed."""
    return tuple(_choices(query, "includes[]", INCLUDES))


def question(query: QueryParams, settings: Settings, account: int) -> Question:
    """The filters and the order. 400 for a time that cannot be used, 422 for an unknown value."""
    statuses = _choices(query, "status[]", tuple(STATUSES))
    if settings.several_statuses == "first":
        statuses = statuses[:1]
    sort = SORT.fullmatch(query.get("sort_by", "settled_at:desc"))
    if not sort:
        raise ApiError(422, "sort_by is a property and asc or desc", parameter="sort_by")
    types = query.getlist("operation_type[]")
    kinds = tuple(number for number, kind in enumerate(KINDS) if kind.operation_type in types)
    attached = _choices(query, "with_attachments", ("true", "false"))
    return Question(
        account=account,
        statuses=tuple(sorted({STATUSES[name] for name in statuses})) or (COMPLETED,),
        sort=next(name for name in FIELDS if name == sort[1]),
        descending=sort[2] == "desc",
        ranges=tuple(found for name in FIELDS if (found := _range(query, settings, name))),
        sides=tuple(SIDES[name] for name in _choices(query, "side", tuple(SIDES))),
        kinds=kinds if kinds or not types else (-1,),
        attached=attached[0] == "true" if attached else None,
    )


def _choices(query: QueryParams, name: str, allowed: Sequence[str]) -> list[str]:
    values = query.getlist(name)
    for value in values:
        if value not in allowed:
            raise ApiError(422, f"{name} is one of {', '.join(allowed)}", parameter=name)
    return values


def _range(query: QueryParams, settings: Settings, name: Field) -> tuple[Field, int, int] | None:
    found = span(query, settings, name)
    return found and (name, *found)


def span(query: QueryParams, settings: Settings, name: str, form: str = "{}") -> tuple[int, int] | None:
    """The first and last millisecond between `…_from` and `…_to`; `form` is `filter[{}]` where they are wrapped."""
    start, end = form.format(f"{name}_from"), form.format(f"{name}_to")
    low, high = _time(query, settings, start), _time(query, settings, end)
    if low is None and high is None:
        return None
    across = low is not None and high is not None and iso(low)[:4] != iso(high)[:4]
    if across and settings.range_across_years == "refused":
        raise ApiError(400, f"{name}: year is out of range", parameter=end)
    oldest = settings.oldest_updated_at_from
    if name == "updated_at" and oldest and low is not None and low < milliseconds(oldest):
        raise ApiError(400, f"{start} is too far in the past", parameter=start)
    inside = 1 if settings.bounds == "exclusive" else 0
    return 0 if low is None else low + inside, NEVER - 1 if high is None else high - inside


def _time(query: QueryParams, settings: Settings, name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if settings.fractional_seconds == "refused" and "." in text:
        raise ApiError(400, f"{name} isn't well formatted", parameter=name)
    try:
        return milliseconds(text)
    except (ValueError, OverflowError):
        raise ApiError(
            400, f"{name} isn't a well formatted ISO 8601 time or its year is out of range", parameter=name
        ) from None
