"""Objects whose properties are columns: read as they stand in the record, then lifted out of it.

What has an exact type is read as a STRUCT, whose children are the columns; the text of JSON columns is cut out of it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from target_bigquery import cut, values
from target_bigquery.arrow import BlockReader
from target_bigquery.errors import RecordRefusedError, ValueRefusedError
from target_bigquery.schema import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MISSING = msgspec.Raw()


def reader(columns: Sequence[Column]) -> BlockReader | LiftingReader:
    """What turns records into the arrays of ``columns``."""
    return LiftingReader(columns) if any(c.path for c in columns) else BlockReader(columns)


class LiftingReader:
    """A ``BlockReader`` for columns of which some have a path."""

    def __init__(self, columns: Sequence[Column]) -> None:
        own, inside = _divided(columns)
        self._objects = tuple(_record(*item) for item in inside.items())
        _, typed = _divided([c for c in columns if c.type != "JSON"])
        self._reader = BlockReader([*own, *(_record(*item) for item in typed.items())])
        self._json = [c for c in columns if c.path and c.type == "JSON"]
        shape, self._attributes = _shape(self._json)
        self._record = msgspec.json.Decoder(shape).decode
        envelope: Any = msgspec.defstruct("Envelope", [("record", shape)], gc=False)
        self._line = msgspec.json.Decoder(envelope).decode
        self.columns = tuple(c for c in columns if c.path or c in self._reader.columns)

    def read(self, records: Sequence[bytes | msgspec.Raw]) -> list[pa.Array]:
        """Arrays in the order of ``columns``; see ``BlockReader.read``."""
        arrays, cuts = self._reader.read(records), []
        for index, record in enumerate(records if self._json else ()):
            try:
                cuts.append(self._record(record))
            except msgspec.DecodeError:
                raise RecordRefusedError(index, self._reason(bytes(record))) from None
        return self._lifted(arrays, cuts)

    def read_lines(self, lines: bytes | memoryview, rows: int, version: int | None) -> tuple[list[pa.Array], pa.Array]:
        """The arrays of whole RECORD lines; see ``BlockReader.read_lines``."""
        arrays, extracted = self._reader.read_lines(lines, rows, version)
        try:
            cuts = [self._line(line).record for line in bytes(lines)[:-1].split(b"\n")] if self._json else []
        except msgspec.DecodeError:
            raise pa.ArrowInvalid("an object is none") from None
        return self._lifted(arrays, cuts), extracted

    def _reason(self, record: bytes) -> ValueRefusedError:
        try:
            values.row(self._objects, values.decode(record))
        except ValueRefusedError as error:
            return error
        return ValueRefusedError("record", "is not an object")

    def _lifted(self, arrays: Sequence[pa.Array], cuts: Sequence[Any]) -> list[pa.Array]:
        made: dict[str, pa.Array] = {}
        for column, array in zip(self._reader.columns, arrays, strict=True):
            made |= _children(column, array)
        for column in self._json:
            path = self._attributes[column.name]
            made[column.name] = cut.texts(column.source, [reduce(_step, path, one) for one in cuts])
        return [made[c.name] for c in self.columns]


def _divided(columns: Sequence[Column]) -> tuple[list[Column], dict[str, list[Column]]]:
    """Those without a path, and by the object that they are in those with one, as seen from inside it."""
    own: list[Column] = []
    inside: dict[str, list[Column]] = {}
    for column in columns:
        if not column.path:
            own.append(column)
            continue
        name, *rest = column.path
        seen = replace(column, source=".".join(rest), path=tuple(rest) if len(rest) > 1 else ())
        inside.setdefault(name, []).append(seen)
    return own, inside


def _record(name: str, columns: Sequence[Column]) -> Column:
    """An object as a column without a name, so that its children are."""
    own, inside = _divided(columns)
    return Column(name, "", "RECORD", fields=(*own, *(_record(*item) for item in inside.items())))


def _children(column: Column, array: pa.Array) -> Iterator[tuple[str, pa.Array]]:
    """Column name and array; where an object is null its children are."""
    if column.name:
        yield column.name, array
        return
    for field, child in zip(column.fields, array.flatten(), strict=True):
        yield from _children(field, child)


def _shape(columns: Sequence[Column]) -> tuple[Any, dict[str, tuple[str, ...]]]:
    """A struct that takes the text of the columns out of a record, and the attributes that lead to each of them."""
    own, inside = _divided(columns)
    attributes: dict[str, tuple[str, ...]] = {column.name: (f"column{n}",) for n, column in enumerate(own)}
    fields: list[tuple[str, Any, Any]] = [(f"column{n}", msgspec.Raw, _MISSING) for n in range(len(own))]
    for n, below in enumerate(inside.values()):
        shape, deeper = _shape(below)
        attributes |= {name: (f"object{n}", *path) for name, path in deeper.items()}
        fields.append((f"object{n}", shape | None, None))
    sources = [*(column.source for column in own), *inside]
    names = {field[0]: source for field, source in zip(fields, sources, strict=True)}
    return msgspec.defstruct("Object", fields, rename=names, gc=False), attributes


def _step(value: Any, attribute: str) -> Any:
    return getattr(value, attribute, _MISSING)
