"""The fast way from lines to Arrow arrays: compiled, exact, and silent about what it does not take.

It reads what taps send every day. Anything else (a number where the schema says date, a broken line, a null key) makes
it give up the block, which then goes the slower way, and that repairs or explains. Without a C compiler at installation
there is only the slower way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from target_bigquery import cut
from target_bigquery.arrow import UTC, arrow_type, finish, finite
from target_bigquery.compiled import RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import msgspec

    from target_bigquery.schema import Column

MANY = 64  # pieces that are quicker read as one
_TEXTS = {"TIME", "BYTES", "BIGNUMERIC", "FLOAT64"}  # that the compiled code leaves to Arrow


class NativeReader:
    """Reads records of one stream into arrays, in the order of ``columns``."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        self._fields = _described(columns)

    def messages(
        self, pieces: list[bytes | memoryview], stream: str, version: int | None
    ) -> tuple[list[pa.Array], pa.Array] | None:
        """The arrays of whole RECORD lines and their ``time_extracted``, or None.

        Raises:
            RecordRefusedError: a number in JSON has more digits than BigQuery holds.
        """
        pieces = pieces if len(pieces) < MANY else [b"".join(pieces)]
        read = RECORDS.messages(self._fields, pieces, stream, version) if RECORDS else None
        if read is None:
            return None
        record, extracted = read
        arrays = self._arrays(record)
        return None if arrays is None else (arrays, _plain(UTC, extracted))

    def bare(self, records: Sequence[bytes | msgspec.Raw]) -> list[pa.Array] | None:
        """The arrays of single records, or None.

        Raises:
            RecordRefusedError: as for ``messages``.
        """
        read = RECORDS.bare(self._fields, [b"\n".join([*records, b""])]) if RECORDS else None
        return None if read is None or read[0][0] != len(records) else self._arrays(read[0])

    def _arrays(self, record: tuple[Any, ...]) -> list[pa.Array] | None:
        try:
            by_name = {column.name: _array(column, values) for column, values in _found(self.columns, record[-1])}
        except pa.ArrowInvalid:
            return None
        return [by_name[column.name] for column in self.columns]


def _objects(columns: Sequence[Column], depth: int) -> dict[str, list[Column]]:
    """The columns by the property of their object that they are in, or are, that many objects deep."""
    made: dict[str, list[Column]] = {}
    for column in columns:
        made.setdefault(column.path[depth] if column.path else column.source, []).append(column)
    return made


def _is_inside(column: Column, depth: int) -> bool:
    return len(column.path) > depth + 1


def _described(columns: Sequence[Column], depth: int = 0) -> tuple[Any, ...]:
    """What the compiled code has to know; objects whose properties are columns are as good as RECORDs."""
    made: list[Any] = []
    for name, inside in _objects(columns, depth).items():
        (column, *_) = inside
        if _is_inside(column, depth):
            made.append((name.encode(), "RECORD", False, False, _described(inside, depth + 1)))
        else:
            own = (column.type, column.repeated, column.required, _described(column.fields))
            made.append((name.encode(), *own))
    return tuple(made)


def _found(columns: Sequence[Column], fields: tuple[Any, ...], depth: int = 0) -> Iterator[tuple[Column, Any]]:
    """Each column with its values, in the order of ``_described``."""
    for inside, values in zip(_objects(columns, depth).values(), fields, strict=True):
        if _is_inside(inside[0], depth):
            yield from _found(inside, values[-1], depth + 1)
        else:
            yield inside[0], values


def _array(column: Column, values: tuple[Any, ...]) -> pa.Array:
    """The buffers as an array, texts converted to what they are texts of."""
    count, nulls, validity, offsets, data, doubtful, fields = values
    if column.repeated:
        items = _array(replace(column, repeated=False), fields[0])
        return pa.Array.from_buffers(pa.list_(items.type), count, _buffers(validity, offsets), nulls, children=[items])
    if column.fields:
        children = [_array(*field) for field in zip(column.fields, fields, strict=True)]
        return pa.Array.from_buffers(arrow_type(column), count, _buffers(validity), nulls, children=children)
    if offsets is None:
        return _plain(arrow_type(column), values)
    array = pa.Array.from_buffers(pa.string(), count, _buffers(validity, offsets, data), nulls)
    if doubtful:
        cut.check(column.source, array)
    return finite(finish(column, array)) if column.type in _TEXTS else array


def _plain(type_: pa.DataType, values: tuple[Any, ...]) -> pa.Array:
    count, nulls, validity, _, data, *_ = values
    return pa.Array.from_buffers(type_, count, _buffers(validity, data), nulls)


def _buffers(*given: bytes | None) -> list[pa.Buffer | None]:
    return [None if one is None else pa.py_buffer(one) for one in given]
