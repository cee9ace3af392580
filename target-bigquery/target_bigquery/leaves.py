"""Parts of one row as pages of Parquet: a file for each column that Parquet stores, written as the parts come.

A Parquet writer holds a text three times, in the array, in the page's values and in the page; and all elements of one
row's array in one page. So each part is written as if it were a row of its own, and its pages put after one another.
https://parquet.apache.org/docs/file-format/nestedencoding/
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from target_bigquery import thrift
from target_bigquery.arrow import BlockReader, staged_schema
from target_bigquery.errors import ValueRefusedError
from target_bigquery.splice import PAGE_BYTES, PAGE_COMPRESSED, Leaf, Pages, pages
from target_bigquery.thrift import I32

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator
    from pathlib import Path

    from target_bigquery.schema import Column

MOST = 110 << 20  # bytes; BigQuery docs, Quotas: a row has at most 100 MB, roughly, in a form of its own


@dataclass(frozen=True)
class Place:
    """Where in a record a value stands: in which RECORD columns, or at which path of flattened objects.

    ``level`` is the repetition level of the next value: 0 begins the row, 1 a further element of the outermost array.
    """

    around: tuple[Column, ...] = ()
    path: str = ""
    level: int = 0

    @property
    def depth(self) -> int:
        """How many arrays are around."""
        return sum(column.repeated for column in self.around)

    def within(self, column: Column) -> Place:
        """Inside of an object, or of an element of ``column``; a flattened object is a column without a name."""
        if not column.name:
            return replace(self, path=f"{self.path}{column.source}.")
        return replace(self, around=(*self.around, replace(column, required=False)))

    def named(self, column: Column) -> str:
        """The path of a column, for people."""
        outer = "".join(f"{one.source}[]." if one.repeated else f"{one.source}." for one in self.around)
        return f"{outer}{self.path}{column.source}"

    def row(self, column: Column, value: bytes) -> tuple[Column, bytes]:
        """The top-level column that holds nothing but ``value`` of ``column``, which is JSON; and such a record."""
        column = replace(column, source=f"{self.path}{column.source}")
        text = b"{%b:%b}" % (msgspec.json.encode(column.source), value)
        for outer in reversed(self.around):
            column, inside = replace(outer, fields=(column,)), b"[%b]" % text if outer.repeated else text
            text = b"{%b:%b}" % (msgspec.json.encode(outer.source), inside)
        return column, text


class Leaves:
    """The pages of each leaf, in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bytes = 0
        self.made: dict[Leaf, Pages] = {}

    def add(self, place: Place, column: Column, value: bytes, done: Container[Leaf] = ()) -> set[Leaf]:
        """A value of a column, in JSON; its leaves but those that are ``done``.

        Raises:
            RecordRefusedError: it has no exact place in the column.
            ValueRefusedError: it is too much for a row.
        """
        made = set()
        for leaf, values, page in _pages(place, column, value):
            if leaf not in done:
                made.add(leaf)
                self._append(leaf, values, continued(page, place.level))
        return made

    def add_text(self, place: Place, column: Column, pieces: Callable[[], Iterable[bytes | memoryview]]) -> set[Leaf]:
        """A value of a column that is staged as text or bytes, or one element of it, in pieces.

        Raises:
            ValueRefusedError: as ``pieces`` do, or it is too much for a row.
        """
        length = sum(map(len, pieces()))
        self._count(length)
        staged = replace(column, type="BYTES" if column.type == "BYTES" else "STRING")
        ((leaf, values, page),) = _pages(place, staged, b'[""]' if column.repeated else b'""')
        self._append(leaf, values, continued(lengthened(page, length), place.level))
        with self.made[leaf].path.open("ab") as file:
            file.writelines(pieces())
        return {leaf}

    def _append(self, leaf: Leaf, values: int, page: bytes) -> None:
        kept = self.made.setdefault(leaf, Pages(self._folder / f"leaf-{len(self.made)}"))
        kept.values += values
        self._count(len(page))
        with kept.path.open("ab") as file:
            file.write(page)

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes > MOST:
            raise ValueRefusedError("record", "is more than 100 MB, the most that BigQuery takes in a row")


def _pages(place: Place, column: Column, value: bytes) -> Iterator[tuple[Leaf, int, bytes]]:
    outer, record = place.row(column, value)
    schema = staged_schema([outer])
    file = BytesIO()
    table = pa.table(BlockReader([outer]).read([record]), schema)
    pq.write_table(table, file, compression="none", use_dictionary=False, write_statistics=False)
    return pages(file)


def continued(page: bytes, level: int) -> bytes:
    """A page that begins a row as one that goes on with it at a repetition level.

    It begins with its header and the length of the repetition levels, four bytes. Those are runs: a header, then one
    value or eight. The row's first level is 0, in the lowest bits of its byte.
    https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
    """
    if not level:
        return page
    made, file = bytearray(page), BytesIO(page)
    thrift.read(file)
    at = file.tell() + 4
    while made[at] >= 0x80:  # noqa: PLR2004 (the run's header goes on)
        at += 1
    made[at + 1] |= level
    return bytes(made)


def lengthened(page: bytes, length: int) -> bytes:
    """The beginning of a page whose one value has so many bytes, from one whose value is empty."""
    file = BytesIO(page)
    header = thrift.read(file)
    levels = file.read()[:-4]  # an empty text is its length in four bytes, and nothing
    for id_ in (PAGE_BYTES, PAGE_COMPRESSED):
        header[id_] = (I32, len(levels) + 4 + length)
    made = BytesIO()
    thrift.write(made, header)
    return made.getvalue() + levels + struct.pack("<I", length)
