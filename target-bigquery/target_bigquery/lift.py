"""Objects whose properties are columns: read as they stand in the record, then lifted out of it.

What has an exact type is read as a STRUCT, whose children are the columns; the text of JSON columns is cut out of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from target_bigquery import values
from target_bigquery.arrow import BlockReader
from target_bigquery.cut import JsonColumns
from target_bigquery.errors import RecordRefusedError, ValueRefusedError
from target_bigquery.schema import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import msgspec
    import pyarrow as pa


def reader(columns: Sequence[Column]) -> BlockReader | LiftingReader:
    """What turns records into the arrays of ``columns``."""
    return LiftingReader(columns) if any(c.path for c in columns) else BlockReader(columns)


class LiftingReader:
    """A ``BlockReader`` for columns of which some have a path."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._objects = tuple(c for c in tree(columns) if not c.name)
        self._reader = BlockReader(tree([c for c in columns if not c.path or c.type != "JSON"]))
        self._json = JsonColumns([c for c in columns if c.path and c.type == "JSON"])
        self.columns = tuple(c for c in columns if c.path or c in self._reader.columns)

    def read(self, records: Sequence[bytes | msgspec.Raw]) -> list[pa.Array]:
        """Arrays in the order of ``columns``; see ``BlockReader.read``."""
        arrays = self._reader.read(records)
        try:
            return self._lifted(arrays, self._json.of_records(records))
        except RecordRefusedError as error:
            reason = self._reason(bytes(records[error.index])) or error.cause
            raise RecordRefusedError(error.index, reason) from None

    def read_lines(self, lines: bytes | memoryview, rows: int, version: int | None) -> tuple[list[pa.Array], pa.Array]:
        """The arrays of whole RECORD lines; see ``BlockReader.read_lines``."""
        arrays, extracted = self._reader.read_lines(lines, rows, version)
        return self._lifted(arrays, self._json.of_lines(bytes(lines)) if self._json.columns else []), extracted

    def _reason(self, record: bytes) -> ValueRefusedError | None:
        try:
            values.row(self._objects, values.decode(record))
        except ValueRefusedError as error:
            return error
        return None

    def _lifted(self, arrays: Sequence[pa.Array], json: Sequence[pa.Array]) -> list[pa.Array]:
        made = dict(zip((c.name for c in self._json.columns), json, strict=True))
        for column, array in zip(self._reader.columns, arrays, strict=True):
            made |= _children(column, array)
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


def tree(columns: Sequence[Column]) -> list[Column]:
    """The columns as a record has them: an object whose properties are columns is a RECORD without a name."""
    own, inside = _divided(columns)
    return [*own, *(_record(*item) for item in inside.items())]


def _record(name: str, columns: Sequence[Column]) -> Column:
    """An object as a column without a name, so that its children are."""
    return Column(name, "", "RECORD", fields=tuple(tree(columns)))


def _children(column: Column, array: pa.Array) -> Iterator[tuple[str, pa.Array]]:
    """Column name and array; where an object is null its children are."""
    if column.name:
        yield column.name, array
        return
    for field, child in zip(column.fields, array.flatten(), strict=True):
        yield from _children(field, child)
