"""What a list is asked for, and which records that brings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.fortnox.company import MODIFIED
from sandbox.fortnox.errors import (
    ILLEGAL_CHARACTERS,
    INVALID_FILTER,
    INVALID_PARAMETER,
    INVALID_VALUE,
    ApiError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sandbox.fortnox.company import Company
    from sandbox.fortnox.resource import Resource
    from sandbox.fortnox.settings import Settings

Json = dict[str, Any]
MIDNIGHT = "0000-00-00 00:00:00"
LAST_MODIFIED = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
PER_PAGE = 100
PAGING = ("limit", "page", "offset")
YEARS = ("financialyear", "financialyeardate")


@dataclass(frozen=True)
class Page:
    """Which part of the list."""

    limit: int
    number: int
    offset: int

    def cut(self, records: list[Json]) -> list[Json]:
        """What is on it."""
        start = self.offset + (self.number - 1) * self.limit
        return records[start : start + self.limit]

    def meta(self, total: int) -> Json:
        """The total is 0 when the offset is past the end (recorded answers)."""
        total = 0 if self.offset and self.offset >= total else total
        return {
            "@TotalResources": total,
            "@TotalPages": -(-total // self.limit),
            "@CurrentPage": self.number,
        }


def page(query: Mapping[str, str], resource: Resource, settings: Settings, total: int) -> Page:
    """400 for what is no number."""
    if not resource.paged:
        return Page(max(total, 1), 1, 0)
    limit = min(_number(query, "limit", PER_PAGE), settings.most_per_page)
    number = 1 if resource.name in settings.page_ignored else _number(query, "page", 1)
    return Page(limit, number, _number(query, "offset", 0, least=0))


def _number(query: Mapping[str, str], name: str, default: int, least: int = 1) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or int(text) < least:
        raise ApiError(400, *INVALID_VALUE)
    return int(text)


def year(query: Mapping[str, str], company: Company) -> int:
    """The id of the financial year that is meant; the current one where none is named."""
    ledger = company.ledger
    if "financialyear" in query:
        text = query["financialyear"]
        found = ledger.by_id(int(text)) if text.isdecimal() else None
    else:
        found = ledger.year(query.get("financialyeardate", company.today))
    if found is None:
        raise ApiError(400, *INVALID_PARAMETER)
    return found.id


def select(resource: Resource, query: Mapping[str, str], company: Company, settings: Settings) -> list[Json]:
    """The records, in order; 400 for a parameter that the resource does not have."""
    if any(character in value for value in query.values() for character in "<>"):
        raise ApiError(400, *ILLEGAL_CHARACTERS)
    records: Iterable[Json] = company.all(resource.name)
    if resource.yearly and (settings.vouchers_without_year == "current" or any(name in query for name in YEARS)):
        wanted = year(query, company)
        records = (record for record in records if record["Year"] == wanted)
    checks = [
        check
        for name, value in query.items()
        if name not in PAGING and not (resource.yearly and name in YEARS)
        for check in _checks(resource, name.strip(), value, company, settings)
    ]
    found = [record for record in records if all(check(record) for check in checks)]
    field = resource.sorts.get(query.get("sortby", "").lower())
    fields = (field,) if field else resource.order or (("Year",) if resource.yearly else ()) + resource.key
    found.sort(key=lambda record: [natural(record.get(name)) for name in fields])
    if field and query.get("sortorder", "ascending").lower().startswith("desc"):
        found.reverse()
    return found


def natural(value: Any) -> tuple[int, float, str]:
    """Numbers by their value, before texts; nothing comes first."""
    match value:
        case None:
            return (0, 0, "")
        case int() | float():
            return (1, value, "")
        case _:
            return (1, int(value), "") if str(value).isdecimal() else (2, 0, str(value))


def _checks(
    resource: Resource, name: str, value: str, company: Company, settings: Settings
) -> list[Callable[[Json], bool]]:
    """What one parameter asks of a record."""
    if name == "lastmodified":
        return _last_modified(resource, value, settings)
    if name == "filter" and resource.filters:
        return [_filter(resource, value, company.today)]
    if found := _days(resource, name, value) or _fields(resource, name, value):
        return [found]
    if name in {"sortby", "sortorder", *resource.ignored} or settings.unknown_parameters == "ignored":
        return []
    raise ApiError(400, *INVALID_PARAMETER)


def _filter(resource: Resource, value: str, today: str) -> Callable[[Json], bool]:
    """A named one."""
    if value not in resource.filters:
        raise ApiError(400, *INVALID_FILTER)
    test = resource.filters[value]
    return lambda record: test(record, today)


def _days(resource: Resource, name: str, value: str) -> Callable[[Json], bool] | None:
    """From a day on, or up to one; both days are inside."""
    since = resource.day if name == "fromdate" else resource.since.get(name)
    until = resource.day if name == "todate" else resource.until.get(name)
    field = since or until
    if field is None:
        return None
    if not DAY.fullmatch(value):
        raise ApiError(400, *INVALID_VALUE)
    if since:
        return lambda record: bool(record.get(field)) and record[field] >= value
    return lambda record: bool(record.get(field)) and record[field] <= value


def _fields(resource: Resource, name: str, value: str) -> Callable[[Json], bool] | None:
    """Between two fields, exactly a field, a part of its text, or of that of a row."""
    if name in resource.holds:
        first, last = resource.holds[name]
        return lambda record: bool(record[first] <= value <= record[last])
    if name in resource.exact:
        field = resource.exact[name]
        return lambda record: text(record.get(field)) == value.lower()
    if name in resource.one_of:
        field, values = resource.one_of[name], set(value.lower().split(","))
        return lambda record: text(record.get(field)) in values
    if name in resource.search:
        field = resource.search[name]
        return lambda record: value.lower() in text(record.get(field))
    if name in resource.within:
        rows, inner = resource.within[name]
        return lambda record: any(value.lower() in text(row.get(inner)) for row in record.get(rows, ()))
    return None


def text(value: Any) -> str:
    """As a parameter says it."""
    return "" if value is None else str(value).lower()


def _last_modified(resource: Resource, value: str, settings: Settings) -> list[Callable[[Json], bool]]:
    """By a clock in Stockholm: in October an hour of it comes twice, and nothing tells which was meant."""
    match settings.lastmodified.get(resource.name, resource.lastmodified):
        case "rejected":
            raise ApiError(400, *INVALID_PARAMETER)
        case "ignored":
            return []
    if not LAST_MODIFIED.fullmatch(value):
        raise ApiError(400, *INVALID_VALUE)
    bound = value + MIDNIGHT[len(value) :]
    if settings.lastmodified_bound == "inclusive":
        return [lambda record: record[MODIFIED] >= bound]
    return [lambda record: record[MODIFIED] > bound]
