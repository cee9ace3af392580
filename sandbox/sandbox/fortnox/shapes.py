"""How records are written: which fields a list and a detail have, and how each field says it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Json = dict[str, Any]
Write = Callable[[Any], Any]

CODES: dict[str, Write] = {
    "s": lambda value: None if value is None else str(value),
    "e": lambda value: "" if value is None else str(value),
    "o": lambda value: "0" if value is None else str(value),
    "n": lambda value: value,
    "z": lambda value: 0 if value is None else value,
    "b": bool,
    "B": lambda value: "true" if value else "false",
}
"""Text where nothing is null, "" or "0"; a number where nothing is null or 0; a truth value, and one as text.

`{}` and `[]` are an object and a list of objects, whose fields stand under the name of the field.
`Cancel=Cancelled:b` is written under another name than the company knows it by; `-` is a name that it never knows.
"""
URL = "@url"


@dataclass(frozen=True)
class Shape:
    """The fields of one kind of answer, in order."""

    fields: tuple[tuple[str, str, Write], ...]
    """Name in the answer, name in the record, how it is written."""

    def write(self, record: Json, url: str | None = None) -> Json:
        """As it goes out; `url` is where its detail is."""
        return {
            name: record.get(URL, url) if name == URL else write(record.get(source))
            for name, source, write in self.fields
        }


@dataclass(frozen=True)
class Shapes:
    """Of one resource. None: it has no such answer."""

    list: Shape | None
    detail: Shape | None


@cache
def shapes(resource: str) -> Shapes:
    """KeyError for an unknown resource."""
    text = _texts()[resource]

    def shape(name: str) -> Shape | None:
        found = text.get(name, text.get("both"))
        return None if found is None else Shape(tuple(_field(part, text) for part in found.split()))

    return Shapes(shape("list"), shape("detail"))


def _field(part: str, text: dict[str, str]) -> tuple[str, str, Write]:
    both, _, code = part.partition(":")
    name, _, source = both.partition("=")
    if code in {"{}", "[]"}:
        inner = Shape(tuple(_field(field, text) for field in text[name].split()))
        return name, source or name, _object(inner) if code == "{}" else _list(inner)
    return name, source or name, CODES[code or "s"]


def _object(shape: Shape) -> Write:
    return lambda value: shape.write(value or {})


def _list(shape: Shape) -> Write:
    return lambda value: [shape.write(item) for item in value or ()]


@cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for file in files(__package__).joinpath("fields").iterdir():
        if file.name.endswith(".toml"):
            found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return found
