"""Long texts and arrays into a Parquet file that was written without them, straight from where they are.

A Parquet writer holds a text three times: in the array, in the page's values and in the page; and all elements of one
row's array in one page. So a file of one row is written with an empty text or array in the place of each long one; here
its page is exchanged for one with the long text, or for the pages with the elements, and the sizes in the file's footer
follow. https://parquet.apache.org/docs/file-format/
"""

from __future__ import annotations

import shutil
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from target_bigquery import thrift
from target_bigquery.thrift import I32, I64, Struct

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
_PAGE_BYTES, _PAGE_COMPRESSED = 2, 3


@dataclass
class Pages:
    """The pages of a column in a file, one after the other, and how many values they have."""

    path: Path
    values: int = 0


Leaf = tuple[str, ...]
"""A column as Parquet names it: ``("items", "list", "element", "price")``."""


def splice(path: Path, texts: Mapping[str, Path], arrays: Mapping[Leaf, Pages]) -> None:
    """Put the content of files into columns of a file with one row; ``texts`` by column name, of the top level.

    Their columns hold an empty text or array and are neither compressed nor dictionary-encoded.
    """
    with path.open("r+b") as file:
        start, footer = _footer(file)
        file.seek(start)
        group = footer[_FILE_GROUPS][1][1][0]
        for meta in _columns(footer):
            leaf = _leaf(meta)
            if leaf in arrays:
                grown = _append(file, meta, arrays[leaf])
            elif len(leaf) == 1 and leaf[0] in texts:
                grown = _move(file, meta, texts[leaf[0]])
            else:
                continue
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


def continued(page: bytes) -> bytes:
    """A page that begins a row as one that goes on with it.

    It begins with its header and the length of the repetition levels, four bytes. Those are runs: a header, then one
    value or eight. The row's first level is 0, the lowest bits of its byte; 1 means a further element of the array.
    https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
    """
    made, file = bytearray(page), BytesIO(page)
    thrift.read(file)
    at = file.tell() + 4
    while made[at] >= 0x80:  # noqa: PLR2004 (the run's header goes on)
        at += 1
    made[at + 1] |= 1
    return bytes(made)


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


def _move(file: BinaryIO, meta: Struct, text: Path) -> int:
    """The page of a column, with its text, to the end of the file; how many bytes the column has grown."""
    end = file.tell()
    file.seek(meta[_META_OFFSET][1])
    header = thrift.read(file)
    old, length = header[_PAGE_BYTES][1], text.stat().st_size
    levels = file.read(old)[:-4]  # an empty text is its length in four bytes, and nothing
    for id_ in (_PAGE_BYTES, _PAGE_COMPRESSED):
        header[id_] = (I32, old + length)
    file.seek(end)
    thrift.write(file, header)
    file.write(levels + struct.pack("<I", length))
    return _copy(file, meta, end, text)


def _append(file: BinaryIO, meta: Struct, made: Pages) -> int:
    """Pages to the end of the file, in the place of the one there is; how many bytes the column has grown."""
    meta[_META_VALUES] = (I64, made.values)
    return _copy(file, meta, file.tell(), made.path)


def _copy(file: BinaryIO, meta: Struct, start: int, source: Path) -> int:
    with source.open("rb") as content:
        shutil.copyfileobj(content, file, 1 << 20)
    grown = file.tell() - start - int(meta[_META_COMPRESSED][1])
    meta[_META_OFFSET] = (I64, start)
    for id_ in (_META_BYTES, _META_COMPRESSED):
        meta[id_] = (I64, meta[id_][1] + grown)
    for id_ in _META_OPTIONAL:
        meta.pop(id_, None)
    return grown
