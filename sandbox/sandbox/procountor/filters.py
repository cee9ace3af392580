"""What the parameters of a list choose."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.procountor.errors import ApiError

Json = dict[str, Any]
Test = Callable[[Json], bool]
MOST = 200
"""Values of one parameter."""


@dataclass(frozen=True)
class Asked:
    """The parameters of one request: `query` has every value of a name, `headers` those that filter."""

    query: Mapping[str, tuple[str, ...]]
    headers: Mapping[str, str]
    exclusive: bool
    """The meaning of bounds."""

    def one(self, name: str) -> str | None:
        """The last value."""
        return self.query[name][-1] if name in self.query else None

    def many(self, name: str) -> list[str]:
        """Repeated, or separated by commas."""
        return [part for value in self.query.get(name, ()) for part in value.split(",")]


Filter = Callable[[Asked], Test | None]
"""Makes the test of one parameter; None where it is not asked for. ApiError 400 for a value that it cannot read."""


def value(record: Json, field: str) -> Any:
    """Of a field, or of one inside an object: `registryInfo.active`."""
    found: Any = record
    for part in field.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def text(parameter: str, field: str) -> Filter:
    """The same text or number."""

    def make(asked: Asked) -> Test | None:
        wanted = asked.one(parameter)
        return None if wanted is None else lambda record: str(value(record, field)) == wanted

    return make


def contains(parameter: str, *fields: str) -> Filter:
    """A part of it, in capitals or not."""

    def make(asked: Asked) -> Test | None:
        wanted = asked.one(parameter)
        if wanted is None:
            return None
        return lambda record: any(wanted.lower() in str(value(record, field) or "").lower() for field in fields)

    return make


def header(name: str, field: str) -> Filter:
    """As `contains`, from a header."""

    def make(asked: Asked) -> Test | None:
        wanted = asked.headers.get(name)
        return None if wanted is None else lambda record: wanted.lower() in str(value(record, field) or "").lower()

    return make


def number(parameter: str, field: str) -> Filter:
    """An integer."""

    def make(asked: Asked) -> Test | None:
        wanted = integers(asked, parameter)
        return (lambda record: value(record, field) == wanted[-1]) if wanted else None

    return make


def integers(asked: Asked, parameter: str) -> list[int]:
    """400 for what is no number, and for too many of them."""
    found = asked.many(parameter)
    if any(not re.fullmatch("-?[0-9]{1,18}", part) for part in found):
        raise ApiError(400, f"{parameter} must be a number", parameter)
    if len(found) > MOST:
        raise ApiError(400, f"{parameter} takes at most {MOST} values", parameter)
    return [int(part) for part in found]


def numbers(parameter: str, field: str) -> Filter:
    """One of several integers."""

    def make(asked: Asked) -> Test | None:
        wanted = set(integers(asked, parameter))
        return (lambda record: value(record, field) in wanted) if wanted else None

    return make


ALL = "ALL"  # of those that allow it: no filter


def among(parameter: str, field: str, allowed: tuple[str, ...], default: tuple[str, ...] = ()) -> Filter:
    """One of several; `default` where none is asked for. 400 for a value that is not allowed."""

    def make(asked: Asked) -> Test | None:
        found = asked.many(parameter)
        for part in found:
            if part not in allowed:
                raise ApiError(400, f"{parameter} is one of {', '.join(allowed)}", parameter)
        wanted = set(found or default)
        return (lambda record: value(record, field) in wanted) if wanted - {ALL} else None

    return make


def flag(parameter: str, field: str, default: bool | None = None) -> Filter:  # noqa: FBT001 - a value, not a switch
    """True or false; a record without the field counts as false."""

    def make(asked: Asked) -> Test | None:
        wanted = truth(asked, parameter, default)
        return None if wanted is None else lambda record: bool(value(record, field)) == wanted

    return make


def hidden_unless(parameter: str, field: str) -> Filter:
    """Only records whose field is true, unless all are asked for."""

    def make(asked: Asked) -> Test | None:
        return None if truth(asked, parameter, None) else lambda record: bool(value(record, field))

    return make


def truth(asked: Asked, parameter: str, default: bool | None) -> bool | None:  # noqa: FBT001 - a value, not a switch
    """400 for neither true nor false."""
    found = asked.one(parameter)
    if found not in {None, "true", "false"}:
        raise ApiError(400, f"{parameter} is true or false", parameter)
    return default if found is None else found == "true"


def member(parameter: str, field: str, key: str = "") -> Filter:
    """One of several values stands in a list, or under `key` of one of its objects."""

    def make(asked: Asked) -> Test | None:
        wanted = set(asked.many(parameter))
        if len(wanted) > MOST:
            raise ApiError(400, f"{parameter} takes at most {MOST} values", parameter)

        def test(record: Json) -> bool:
            return any(str(item[key] if key else item) in wanted for item in value(record, field) or ())

        return test if wanted else None

    return make


def only_for(kind: str, inner: Filter) -> Filter:
    """A filter that records of other types pass."""

    def make(asked: Asked) -> Test | None:
        test = inner(asked)
        return None if test is None else lambda record: record["type"] != kind or test(record)

    return make
