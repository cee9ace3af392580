"""Filters with a lower and an upper bound."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.procountor.errors import ApiError
from sandbox.procountor.filters import integers

if TYPE_CHECKING:
    from sandbox.procountor.filters import Asked, Filter, Test

Json = dict[str, Any]
DATE = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def days(start: str, end: str, field: str, last: str = "") -> Filter:
    """Between two dates; `last` is the field for the end where it is another one."""
    return _span((start, end), (field, last or field), DATE)


def moments(start: str, end: str, field: str) -> Filter:
    """Between two times without a zone."""
    return _span((start, end), (field, field), MOMENT)


def _span(parameters: tuple[str, str], fields: tuple[str, str], form: re.Pattern[str]) -> Filter:
    size = 10 if form is DATE else 19

    def bound(asked: Asked, parameter: str) -> str | None:
        given = asked.one(parameter)
        if given is None:
            return None
        try:
            datetime.fromisoformat(given if form.fullmatch(given) else "")
        except ValueError:
            raise ApiError(400, f"{parameter} is not a valid date", parameter) from None
        return given

    def cut(record: Json, field: str) -> str:
        return (record.get(field) or "")[:size]

    def make(asked: Asked) -> Test | None:
        low, high = (bound(asked, parameter) for parameter in parameters)
        if low is None and high is None:
            return None
        floor, ceiling, (first, last) = low or "", high or "9999", fields
        if asked.exclusive:
            return lambda record: cut(record, first) > floor and cut(record, last) < ceiling
        if first == last:  # so many records are asked so often
            return lambda record: floor <= (record.get(first) or "")[:size] <= ceiling
        return lambda record: cut(record, first) >= floor and cut(record, last) <= ceiling

    return make


def sizes(least: str, most: str, field: str) -> Filter:
    """Between two numbers, both included."""

    def make(asked: Asked) -> Test | None:
        low, high = integers(asked, least), integers(asked, most)
        if not low and not high:
            return None
        return lambda record: (not low or record[field] >= low[-1]) and (not high or record[field] <= high[-1])

    return make
