"""A record of many megabytes: what is long in it goes to files piece by piece, the rest of it as ever.

A JSON reader holds its input several times, and so does a Parquet writer.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from target_bigquery import json_parts, lift
from target_bigquery.errors import ValueRefusedError
from target_bigquery.leaves import Leaves, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from target_bigquery.schema import Column
    from target_bigquery.splice import Leaf, Pages

LONG = 1 << 20  # bytes of a value that goes to a file
ROOM = 4 << 20  # bytes of an object that stay; after them, what is longer than SHORT goes, too
SHORT = 4 << 10
WIDEST = 1 << 20  # bytes of a value that is neither text nor array nor object

OBJECT, ARRAY, TEXT = b'{["'  # how a JSON value begins
_KINDS = {OBJECT: "an object", ARRAY: "an array", TEXT: "a text"}


@dataclass(frozen=True)
class Cut:
    """A record with something short for each long value, and what takes its place in the Parquet file."""

    rest: bytes | msgspec.Raw
    leaves: dict[Leaf, Pages] = field(default_factory=dict)


def cut(record: bytes | msgspec.Raw, columns: Sequence[Column], folder: Path) -> Cut:
    """Cut out what is long. Properties that no column takes are left out.

    Raises:
        ValueRefusedError: a value is not what its column holds, or the row is larger than BigQuery's largest.
        RecordRefusedError: an element of an array has no exact place in its column.
        OSError: a file cannot be written.
    """
    leaves = Leaves(folder)
    rest, _ = _Walk(leaves).object(record, lift.tree(columns), Place())
    return Cut(rest, leaves.made)


class _Walk:
    """Through the long values of a record, to ``leaves``."""

    def __init__(self, leaves: Leaves) -> None:
        self._leaves = leaves

    def object(
        self, text: bytes | memoryview | msgspec.Raw, columns: Sequence[Column], place: Place
    ) -> tuple[bytes, set[Leaf]]:
        """The object without what is long, and the leaves that are in files now."""
        by_source = {column.source: column for column in columns}
        parts: list[bytes | memoryview] = []
        done: set[Leaf] = set()
        room = ROOM
        found = json_parts.properties(text, by_source)
        if len({name for name, _ in found}) < len(found):
            raise ValueRefusedError("record", "an object names one property twice")
        for name, value in found:
            short: bytes | memoryview = value
            column = by_source[name]
            if len(value) >= (LONG if room > 0 else SHORT) and not column.required:
                short, leaves = self._value(value, column, place)
                done |= leaves
            room -= len(short)
            parts += (b",", msgspec.json.encode(name), b":", short)
        return b"{" + b"".join(parts[1:]) + b"}", done

    def _value(self, value: memoryview, column: Column, place: Place) -> tuple[bytes | memoryview, set[Leaf]]:
        """Something short in the place of a value, and the leaves that have it."""
        if column.repeated:
            if value[0] == ARRAY:
                return b"[]", self._array(value[1:-1], column, place)
        elif pieces := _pieces(value, column, place):
            return b'""', self._leaves.add_text(place, column, pieces)
        elif column.fields and value[0] == OBJECT:
            return self.object(value, column.fields, place.within(column))
        return _unfit(value, column, place), set()

    def _array(self, inside: memoryview, column: Column, place: Place) -> set[Leaf]:
        done: set[Leaf] = set()
        for piece, alone in json_parts.elements(inside, column.type):
            if alone:
                done |= self._element(json_parts.stripped(piece), column, place)
            else:
                done |= self._leaves.add(place, column, b"".join((b"[", piece, b"]")))
            place = replace(place, level=place.depth + 1)
        return done

    def _element(self, value: memoryview, column: Column, place: Place) -> set[Leaf]:
        """One long element of an array."""
        if pieces := _pieces(value, column, place):
            return self._leaves.add_text(place, column, pieces)
        if column.fields and value[0] == OBJECT:
            rest, done = self.object(value, column.fields, place.within(column))
            return done | self._leaves.add(place, column, b"[%b]" % rest, done)
        short = _unfit(value, replace(column, repeated=False), place)
        return self._leaves.add(place, column, b"".join((b"[", short, b"]")))


def _pieces(value: memoryview, column: Column, place: Place) -> Callable[[], Iterable[bytes | memoryview]] | None:
    """What makes the pieces of a text, if the column holds one."""
    path = place.named(column)
    if column.type == "JSON":
        json_parts.check_numbers(value, path)
        return partial(json_parts.verbatim, value, path)
    if value[0] != TEXT or column.type not in {"STRING", "BYTES"}:
        return None
    return partial(json_parts.decoded if column.type == "BYTES" else json_parts.unescaped, value[1:-1], path)


def _unfit(value: memoryview, column: Column, place: Place) -> memoryview:
    """What is not long for its kind; the reader says whether it is wrong.

    Raises:
        ValueRefusedError: it is long.
    """
    if len(value) < WIDEST:
        return value
    kind = _KINDS.get(value[0], "a number")
    raise ValueRefusedError(place.named(column), f"holds {kind} of {len(value):,} bytes, which is no {column.ddl()}")
