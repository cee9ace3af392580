"""Filters of the lists: each reads its parameters and returns what a record must satisfy, or None."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.qonto.errors import ApiError
from sandbox.qonto.params import span

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import QueryParams

    from sandbox.qonto.settings import Settings

    Test = Callable[[dict[str, Any]], bool]
    Filter = Callable[[QueryParams, Settings], Test | None]

BOOLEANS = {"true": True, "false": False}
MONTH = re.compile(r"(?:(?P<month>\d\d)-(?P<year>\d{4}))|(?:(?P<iso>\d{4}-\d\d)(?:-\d\d)?)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def one_of(field: str, *parameters: str) -> Filter:
    """Repeated or with commas; the documentation writes some names with brackets and some without."""

    def read(query: QueryParams, _settings: Settings) -> Test | None:
        given = [text for name in parameters for text in query.getlist(name)]
        values = {value for text in given for value in text.split(",")}
        return (lambda record: record.get(field) in values) if given else None

    return read


def has(field: str, parameter: str) -> Filter:
    """Text that the field contains, in any case."""

    def read(query: QueryParams, _settings: Settings) -> Test | None:
        text = query.get(parameter)
        return None if text is None else (lambda record: text.lower() in (record.get(field) or "").lower())

    return read


def flag(parameter: str, test: Callable[[dict[str, Any]], bool]) -> Filter:
    """`true` for those that pass the test, `false` for the others."""

    def read(query: QueryParams, _settings: Settings) -> Test | None:
        wanted = _boolean(query, parameter)
        return None if wanted is None else (lambda record: test(record) is wanted)

    return read


def hide(parameter: str, test: Callable[[dict[str, Any]], bool], *, default: bool) -> Filter:
    """`true` leaves out those that pass the test."""

    def read(query: QueryParams, _settings: Settings) -> Test | None:
        wanted = _boolean(query, parameter)
        return (lambda record: not test(record)) if (default if wanted is None else wanted) else None

    return read


def _boolean(query: QueryParams, parameter: str) -> bool | None:
    text = query.get(parameter)
    if text is not None and text not in BOOLEANS:
        raise ApiError(422, f"{parameter} is true or false", parameter=parameter)
    return None if text is None else BOOLEANS[text]


def time(field: str, form: str = "{}", *, source: str = "") -> Filter:
    """`…_from` and `…_to`, both with a time; `source` is where the record has it."""

    def read(query: QueryParams, settings: Settings) -> Test | None:
        found = span(query, settings, field, form)
        if found is None:
            return None
        low, high = found
        return lambda record: (value := record.get(source or field)) is not None and low <= value <= high

    return read


def day(field: str, form: str = "{}") -> Filter:
    """`…_from` and `…_to`, both with a date."""
    return _between(field, form, lambda text: text[:10] if DAY.match(text) else None)


def month(field: str) -> Filter:
    """`MM-YYYY`, as in the documentation's examples, or a date, as in its schema."""

    def parse(text: str) -> str | None:
        found = MONTH.fullmatch(text)
        return found and (found["iso"] or f"{found['year']}-{found['month']}")

    return _between(field, "{}", parse)


def _between(field: str, form: str, parse: Callable[[str], str | None]) -> Filter:
    def end(query: QueryParams, name: str) -> str | None:
        text = query.get(name)
        if text is None:
            return None
        if not (found := parse(text)):
            raise ApiError(400, f"{name} isn't well formatted", parameter=name)
        return found

    def read(query: QueryParams, _settings: Settings) -> Test | None:
        low, high = (end(query, form.format(f"{field}_{name}")) for name in ("from", "to"))
        if low is None and high is None:
            return None

        def inside(record: dict[str, Any]) -> bool:
            value = parse(record.get(field) or "")
            return value is not None and (low or "") <= value <= (high or "~")

        return inside

    return read
