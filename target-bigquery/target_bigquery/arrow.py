"""Blocks of raw records to Arrow tables, exactly or not at all.

pyarrow.json with an explicit schema reads decimals from their text, not through a double, and
refuses a block that does not fit; then each slice of it that is refused goes through ``values``, record by record.
Whole RECORD lines are read as they are, the envelope's columns beside the record's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from target_bigquery import cut, values
from target_bigquery.errors import RecordRefusedError, ValueRefusedError
from target_bigquery.scalars import SCALARS
from target_bigquery.schema import METADATA, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    import msgspec

UTC = pa.timestamp("us", "UTC")
_TYPES: dict[str, pa.DataType] = {
    "STRING": pa.string(),
    "JSON": pa.string(),
    "INT64": pa.int64(),
    "BOOL": pa.bool_(),
    "NUMERIC": pa.decimal128(38, 9),
    "BIGNUMERIC": pa.decimal256(76, 38),
    "FLOAT64": pa.float64(),
    "TIMESTAMP": UTC,
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "BYTES": pa.binary(),
}
_READ_AS_TEXT = {"DATE", "TIME", "BYTES"}  # the JSON reader knows no dates, no times of day and no base64
_MICROSECONDS = (-62135596800000000, 253402300799999999)  # years 1 to 9999, since 1970
_DAYS = (-719162, 2932896)
_NULL = re.compile(rb"^\s*null", re.MULTILINE)
SLICE = 256  # records that are re-read together after a block was refused


def arrow_type(column: Column) -> pa.DataType:
    """The Arrow type of a staged column."""
    fields = [(f.name, arrow_type(f)) for f in column.fields]
    inner = pa.struct(fields) if fields else _TYPES[column.type]
    return pa.list_(inner) if column.repeated else inner


def _by_source(column: Column, *, reading: bool = False) -> pa.DataType:
    """The same under the source's names; for ``reading``, what the JSON reader can make of it."""
    if column.fields:
        inner = pa.struct([(f.source, _by_source(f, reading=reading)) for f in column.fields])
    else:
        inner = pa.string() if reading and column.type in _READ_AS_TEXT else _TYPES[column.type]
    return pa.list_(inner) if column.repeated else inner


def staged_schema(columns: Sequence[Column]) -> pa.Schema:
    """The schema of the staged Parquet files."""
    return pa.schema([(column.name, arrow_type(column)) for column in columns])


class BlockReader:
    """Turns raw records of one stream into arrays, one for each column that comes from the record."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(c for c in columns if c.source not in METADATA or c.name != c.source)
        self._typed = tuple(c for c in self.columns if c.type != "JSON")
        self._parse = pj.ParseOptions(
            explicit_schema=pa.schema([(c.source, _by_source(c, reading=True)) for c in self._typed]),
            unexpected_field_behavior="ignore",
        )
        # For whole RECORD lines: the envelope's columns, the record's inside one of them.
        record = pa.struct([(c.source, _by_source(c, reading=True)) for c in self._typed])
        self.lines = pj.ParseOptions(
            explicit_schema=pa.schema([("version", pa.int64()), ("time_extracted", UTC), ("record", record)]),
            unexpected_field_behavior="ignore",
        )
        self._json = cut.JsonColumns([c for c in self.columns if c.type == "JSON"])

    def read(self, records: Sequence[bytes | msgspec.Raw]) -> list[pa.Array]:
        """Arrays in the order of ``columns``.

        Raises:
            RecordRefusedError: a value has no exact place, or a key is null or missing.
        """
        arrays = self._ordered(self._read_typed(records), self._json.of_records(records))
        for column, array in zip(self.columns, arrays, strict=True):
            if column.required and array.null_count:
                index = array.is_null().index(True).as_py()
                raise RecordRefusedError(index, ValueRefusedError(column.source, "is a key and is null or missing"))
        return arrays

    def read_lines(self, lines: bytes | memoryview, rows: int, version: int | None) -> tuple[list[pa.Array], pa.Array]:
        """The arrays of whole RECORD lines of one stream and version, and their ``time_extracted``.

        Raises:
            pyarrow.ArrowInvalid: something does not fit; ``read`` finds which and why.
            RecordRefusedError: as for ``read``.
        """
        read = pj.ReadOptions(use_threads=False, block_size=len(lines) + 1)
        table = pj.read_json(pa.BufferReader(lines), read_options=read, parse_options=self.lines)
        versions, extracted, record = (table.column(i).combine_chunks() for i in range(3))
        same = versions.null_count if version is None else pc.sum(pc.equal(versions, version)).as_py()
        if table.num_rows != rows or same != rows or record.null_count:
            raise pa.ArrowInvalid("not one record of the stream and version a line")
        typed = [finite(finish(c, record.field(i))) for i, c in enumerate(self._typed)]
        if any(c.required and array.null_count for c, array in zip(self._typed, typed, strict=True)):
            raise pa.ArrowInvalid("a key is null or missing")
        extracted = finish(Column("time_extracted", "time_extracted", "TIMESTAMP"), extracted)
        return self._ordered(typed, self._json.of_lines(bytes(lines)) if self._json.columns else []), extracted

    def _ordered(self, typed: list[pa.Array], json: list[pa.Array]) -> list[pa.Array]:
        by_source = dict(zip([c.source for c in (*self._typed, *self._json.columns)], [*typed, *json], strict=True))
        return [by_source[column.source] for column in self.columns]

    def _read_typed(self, records: Sequence[bytes | msgspec.Raw]) -> list[pa.Array]:
        if not self._typed:
            return []
        try:
            return self._fast(records)
        except pa.ArrowInvalid:
            pass
        parts = []
        for start in range(0, len(records), SLICE):
            part = records[start : start + SLICE]
            try:
                parts.append(self._fast(part))
            except pa.ArrowInvalid:
                parts.append(self._slow(part, start))
        return [pa.concat_arrays(arrays) for arrays in zip(*parts, strict=True)]

    def _fast(self, records: Sequence[bytes | msgspec.Raw]) -> list[pa.Array]:
        data = memoryview(records[0]) if len(records) == 1 else b"\n".join(records)  # Raw has the buffer protocol
        if _NULL.search(data):
            raise pa.ArrowInvalid("a record is null, which alone ends pyarrow's JSON reader, and with it the process")
        read = pj.ReadOptions(use_threads=False, block_size=len(data) + 1)
        table = pj.read_json(pa.BufferReader(data), read_options=read, parse_options=self._parse)
        if table.num_rows != len(records):
            raise pa.ArrowInvalid("a record is not one object")
        return [finite(finish(c, table.column(c.source).combine_chunks())) for c in self._typed]

    def _slow(self, records: Sequence[bytes | msgspec.Raw], start: int) -> list[pa.Array]:
        rows = []
        for index, record in enumerate(records, start):
            try:
                rows.append(values.row(self._typed, values.decode(bytes(record))))
            except ValueRefusedError as error:
                raise RecordRefusedError(index, error) from None
        return [
            finish(column, pa.array([row[column.source] for row in rows], _by_source(column))) for column in self._typed
        ]


def finish(column: Column, array: pa.Array) -> pa.Array:
    """Text to dates and times, source names to column names, and the checks the reader leaves out.

    The reader takes decimals of 39 digits, years 0 and 10000, bytes that are no UTF-8 and nulls in arrays.

    Raises:
        pyarrow.ArrowInvalid: a value does not fit; ``values`` finds which and why.
    """
    mask = array.is_null() if array.null_count else None
    if column.repeated:
        items = array.flatten()
        if items.null_count:
            raise pa.ArrowInvalid("null in an array")
        made = finish(replace(column, repeated=False), items)
        return pa.ListArray.from_arrays(array.offsets, made, mask=mask)
    if column.fields:
        children = [finish(field, array.field(i)) for i, field in enumerate(column.fields)]
        return pa.StructArray.from_arrays(children, [f.name for f in column.fields], mask=mask)
    if column.type == "TIME" and array.type == pa.string():
        if pc.all(pc.match_substring_regex(array, r"^\d\d:\d\d")).as_py() is False:
            raise pa.ArrowInvalid("no time of day, but an hour to Arrow")
        moment = pc.binary_join_element_wise("1970-01-01T", array, "")
        return moment.cast(pa.timestamp("us")).cast(pa.time64("us"))
    if column.type == "BYTES" and array.type == pa.string():
        array = _decoded(column, array)
    array = array.cast(_TYPES[column.type])
    if column.type == "DATE":
        _within(array.view(pa.int32()), _DAYS)
    elif column.type == "TIMESTAMP":
        _within(array.view(pa.int64()), _MICROSECONDS)
    else:
        array.validate(full=True)  # the digits of decimals, the UTF-8 of strings
    return array


def finite(array: pa.Array) -> pa.Array:
    """The array, if no number in it was beyond a double, which Arrow reads as an infinity.

    Raises:
        pyarrow.ArrowInvalid: one was.
    """
    if pa.types.is_list(array.type):
        finite(array.flatten())
    elif pa.types.is_struct(array.type):
        for child in array.flatten():
            finite(child)
    elif pa.types.is_floating(array.type) and pc.any(pc.is_inf(array)).as_py():
        raise pa.ArrowInvalid("a number is beyond FLOAT64")
    return array


def _decoded(column: Column, array: pa.Array) -> pa.Array:
    """Value by value: Arrow computes no base64."""
    try:
        made = [None if text is None else SCALARS["BYTES"]("BYTES", text, column.source) for text in array.to_pylist()]
    except (UnicodeDecodeError, ValueRefusedError) as error:
        raise pa.ArrowInvalid(f"column {column.source} is no base64") from error
    return pa.array(made, pa.binary())


def _within(array: pa.Array, bounds: tuple[int, int]) -> None:
    found = pc.min_max(array).as_py()
    if found["min"] is not None and not bounds[0] <= found["min"] <= found["max"] <= bounds[1]:
        raise pa.ArrowInvalid("not in the years 1 to 9999")
