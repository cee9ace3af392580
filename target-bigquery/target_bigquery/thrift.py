"""Structs of Thrift's compact protocol, as far as Parquet's headers need them.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from typing import Any, BinaryIO

_TRUE, _FALSE, _BYTE, I16, I32, I64, _DOUBLE, _BINARY, _LIST, _SET, _, _STRUCT = range(1, 13)
_INTEGERS = {I16, I32, I64}

Struct = dict[int, tuple[int, Any]]
"""Field id -> (type, value)."""


def _varint(file: BinaryIO) -> int:
    value = shift = 0
    while True:
        (byte,) = file.read(1)
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 (the last one)
            return value
        shift += 7


def read(file: BinaryIO) -> Struct:
    """The struct that begins here."""
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
        return read(file)
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


def write(file: BinaryIO, fields: Struct) -> None:
    """Write a struct, as ``read`` gives it."""
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
        write(file, value)
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
