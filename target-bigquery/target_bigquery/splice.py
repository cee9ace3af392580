"""Long texts into a Parquet file that was written without them, straight from where they are.

A Parquet writer holds a text three times: in the array, in the page's values and in the page. So a file of one row
is written with an empty text in the place of each long one; here the empty text's page is exchanged for one with the
long text, and the sizes in the file's footer follow. https://parquet.apache.org/docs/file-format/
"""

from __future__ import annotations

import shutil
import struct
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAGIC = b"PAR1"
# Thrift's compact protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _, _STRUCT = range(1, 13)
_INTEGERS = {_I16, _I32, _I64}
# Field ids: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
_FILE_GROUPS = 4
_GROUP_COLUMNS, _GROUP_BYTES, _GROUP_COMPRESSED = 1, 2, 6
_CHUNK_META = 3
_META_PATH, _META_BYTES, _META_COMPRESSED, _META_OFFSET, _META_SIZES = 3, 6, 7, 9, 16
_PAGE_BYTES, _PAGE_COMPRESSED = 2, 3

Struct = dict[int, tuple[int, Any]]
"""Field id -> (type, value)."""


def splice(path: Path, texts: Mapping[str, Path]) -> None:
    """Put the content of files into columns of a file with one row; ``texts`` by column name, of the top level.

    Their columns hold an empty text and are neither compressed nor dictionary-encoded.
    """
    with path.open("r+b") as file:
        file.seek(-8, 2)
        (size,) = struct.unpack("<I4x", file.read(8))
        file.seek(-8 - size, 2)
        start = file.tell()
        footer = _struct(BytesIO(file.read(size)))
        file.seek(start)
        group = footer[_FILE_GROUPS][1][1][0]
        for chunk in group[_GROUP_COLUMNS][1][1]:
            meta = chunk[_CHUNK_META][1]
            names = [name.decode() for name in meta[_META_PATH][1][1]]
            if len(names) == 1 and names[0] in texts:
                grown = _move(file, meta, texts[names[0]])
                for id_ in (_GROUP_BYTES, _GROUP_COMPRESSED):
                    group[id_] = (_I64, group[id_][1] + grown)
        written = BytesIO()
        _write_struct(written, footer)
        file.truncate()
        file.write(written.getvalue() + struct.pack("<I", written.tell()) + MAGIC)


def _move(file: BinaryIO, meta: Struct, text: Path) -> int:
    """The page of a column, with its text, to the end of the file; how many bytes the column has grown."""
    end = file.tell()
    file.seek(meta[_META_OFFSET][1])
    header = _struct(file)
    old, length = header[_PAGE_BYTES][1], text.stat().st_size
    levels = file.read(old)[:-4]  # an empty text is its length in four bytes, and nothing
    for id_ in (_PAGE_BYTES, _PAGE_COMPRESSED):
        header[id_] = (_I32, old + length)
    file.seek(end)
    _write_struct(file, header)
    file.write(levels + struct.pack("<I", length))
    with text.open("rb") as source:
        shutil.copyfileobj(source, file, 1 << 20)
    grown = file.tell() - end - int(meta[_META_COMPRESSED][1])
    meta[_META_OFFSET] = (_I64, end)
    for id_ in (_META_BYTES, _META_COMPRESSED):
        meta[id_] = (_I64, meta[id_][1] + grown)
    meta.pop(_META_SIZES, None)  # statistics of the sizes, which are optional
    return grown


def _varint(file: BinaryIO) -> int:
    value = shift = 0
    while True:
        (byte,) = file.read(1)
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 (the last one)
            return value
        shift += 7


def _struct(file: BinaryIO) -> Struct:
    made: Struct = {}
    id_ = 0
    while (byte := file.read(1)[0]) != 0:
        id_ = id_ + (byte >> 4) if byte >> 4 else _signed(_varint(file))
        made[id_] = (byte & 0x0F, _value(file, byte & 0x0F))
    return made


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def _value(file: BinaryIO, type_: int) -> Any:
    if type_ in _INTEGERS:
        return _signed(_varint(file))
    if type_ == _BINARY:
        return file.read(_varint(file))
    if type_ == _STRUCT:
        return _struct(file)
    if type_ in {_LIST, _SET}:
        (byte,) = file.read(1)
        count = byte >> 4 if byte >> 4 != 0x0F else _varint(file)  # noqa: PLR2004 (the count follows)
        inner = byte & 0x0F
        return inner, [file.read(1) if inner in {_TRUE, _FALSE} else _value(file, inner) for _ in range(count)]
    return file.read({_TRUE: 0, _FALSE: 0, _BYTE: 1, _DOUBLE: 8}[type_])


def _write_varint(file: BinaryIO, value: int) -> None:
    while value >= 0x80:  # noqa: PLR2004 (more follows)
        file.write(bytes((value & 0x7F | 0x80,)))
        value >>= 7
    file.write(bytes((value,)))


def _write_struct(file: BinaryIO, fields: Struct) -> None:
    last = 0
    for id_, (type_, value) in sorted(fields.items()):
        file.write(bytes((id_ - last << 4 | type_,)))  # no two ids of Parquet are further apart than 15
        last = id_
        _write_value(file, type_, value)
    file.write(b"\0")


def _write_value(file: BinaryIO, type_: int, value: Any) -> None:
    if type_ in _INTEGERS:
        _write_varint(file, (value << 1) ^ (value >> 63))
    elif type_ == _BINARY:
        _write_varint(file, len(value))
        file.write(value)
    elif type_ == _STRUCT:
        _write_struct(file, value)
    elif type_ in {_LIST, _SET}:
        inner, items = value
        short = len(items) < 0x0F  # noqa: PLR2004 (else the count follows)
        file.write(bytes(((len(items) if short else 0x0F) << 4 | inner,)))
        if not short:
            _write_varint(file, len(items))
        for item in items:
            file.write(item) if inner in {_TRUE, _FALSE} else _write_value(file, inner, item)
    else:
        file.write(value)
