"""Pages into a Parquet file of one row that was written without them, straight from where they are.

The file was written with an empty text or array in the place of what is long. Here the pages of such a column are
exchanged for others, and the sizes in the file's footer follow. https://parquet.apache.org/docs/file-format/
"""

from __future__ import annotations

import shutil
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from target_bigquery import thrift
from target_bigquery.thrift import I64, Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MAGIC = b"PAR1"
# Field ids: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
_FILE_GROUPS = 4
_GROUP_COLUMNS, _GROUP_BYTES, _GROUP_COMPRESSED = 1, 2, 6
_CHUNK_META = 3
_META_PATH, _META_VALUES, _META_BYTES, _META_COMPRESSED, _META_OFFSET = 3, 5, 6, 7, 9
_META_OPTIONAL = (13, 16)  # how many pages there are of each encoding, statistics of sizes
PAGE_BYTES, PAGE_COMPRESSED = 2, 3


@dataclass
class Pages:
    """The pages of a column in a file, one after the other, and how many values they have."""

    path: Path
    values: int = 0


Leaf = tuple[str, ...]
"""A column as Parquet names it: ``("items", "list", "element", "price")``."""


def splice(path: Path, made: Mapping[Leaf, Pages]) -> None:
    """Exchange the pages of some columns of a file with one row, which is not compressed."""
    with path.open("r+b") as file:
        start, footer = _footer(file)
        file.seek(start)
        group = footer[_FILE_GROUPS][1][1][0]
        for meta in _columns(footer):
            if kept := made.get(_leaf(meta)):
                grown = _append(file, meta, kept)
                for id_ in (_GROUP_BYTES, _GROUP_COMPRESSED):
                    group[id_] = (I64, group[id_][1] + grown)
        written = BytesIO()
        thrift.write(written, footer)
        file.truncate()
        file.write(written.getvalue() + struct.pack("<I", written.tell()) + MAGIC)


def pages(file: BinaryIO) -> Iterator[tuple[Leaf, int, bytes]]:
    """Every column's name, values and pages, of a file with one row."""
    _, footer = _footer(file)
    for meta in _columns(footer):
        file.seek(meta[_META_OFFSET][1])
        yield _leaf(meta), meta[_META_VALUES][1], file.read(meta[_META_COMPRESSED][1])


def _footer(file: BinaryIO) -> tuple[int, Struct]:
    file.seek(-8, 2)
    (size,) = struct.unpack("<I4x", file.read(8))
    start = file.seek(-8 - size, 2)
    return start, thrift.read(BytesIO(file.read(size)))


def _columns(footer: Struct) -> Iterator[Struct]:
    for chunk in footer[_FILE_GROUPS][1][1][0][_GROUP_COLUMNS][1][1]:
        yield chunk[_CHUNK_META][1]


def _leaf(meta: Struct) -> Leaf:
    return tuple(name.decode() for name in meta[_META_PATH][1][1])


def _append(file: BinaryIO, meta: Struct, kept: Pages) -> int:
    """Pages to the end of the file, in the place of the one there is; how many bytes the column has grown."""
    start = file.tell()
    with kept.path.open("rb") as content:
        shutil.copyfileobj(content, file, 1 << 20)
    grown = file.tell() - start - int(meta[_META_COMPRESSED][1])
    meta[_META_VALUES] = (I64, kept.values)
    meta[_META_OFFSET] = (I64, start)
    for id_ in (_META_BYTES, _META_COMPRESSED):
        meta[id_] = (I64, meta[id_][1] + grown)
    for id_ in _META_OPTIONAL:
        meta.pop(id_, None)
    return grown
