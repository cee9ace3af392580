"""A record of many megabytes: its long texts go to files piece by piece, the rest of it the way of every record."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

import msgspec

from target_bigquery.errors import ValueRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from target_bigquery.schema import Column

LONG = 1 << 20  # bytes of a text that goes to a file
PIECE = 1 << 20  # bytes of a text in memory at once
_ESCAPE = 12  # characters of the longest escape in JSON: a surrogate pair
_ESCAPED = re.compile(rb"\\")


class _Name:
    """A property's name as a key that is never equal to another, so that a repeated one is seen."""

    def __init__(self, text: str) -> None:
        self.text = text


_properties = msgspec.json.Decoder(dict[_Name, msgspec.Raw], dec_hook=lambda _, text: _Name(text)).decode
_text = msgspec.json.Decoder(str).decode


def cut(
    record: bytes | msgspec.Raw, columns: Sequence[Column], folder: Path
) -> tuple[bytes | msgspec.Raw, dict[str, Path]]:
    """The record with an empty text for each long one, and the files with those, by column name.

    Raises:
        ValueRefusedError: the record is no object, names a property twice, or a text is not UTF-8.
    """
    by_source = {c.source: c for c in columns if c.type in {"STRING", "JSON"} and not (c.repeated or c.path)}
    try:
        properties = _properties(record)
    except msgspec.DecodeError:
        raise ValueRefusedError("record", "is not an object") from None
    if len({name.text for name in properties}) < len(properties):
        raise ValueRefusedError("record", "an object names one property twice")
    parts: list[bytes | memoryview] = []
    files: dict[str, Path] = {}
    for name, raw in properties.items():
        column, value = by_source.get(name.text), memoryview(raw)
        if column is not None and len(value) >= LONG and (column.type == "JSON" or value[0] == ord('"')):
            path = folder / f"text-{len(files)}"
            with path.open("wb") as file:
                pieces = _verbatim(value, name.text) if column.type == "JSON" else _unescaped(value[1:-1], name.text)
                file.writelines(pieces)
            files[column.name] = path
            value = memoryview(b'""')
        parts += (b",", msgspec.json.encode(name.text), b":", value)
    return (b"{" + b"".join(parts[1:]) + b"}", files) if files else (record, files)


def _verbatim(text: memoryview, path: str) -> Iterator[memoryview]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(text), PIECE):
            decoder.decode(text[at : at + PIECE])
            yield text[at : at + PIECE]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise ValueRefusedError(path, "is not UTF-8") from None


def _unescaped(text: memoryview, path: str) -> Iterator[bytes | memoryview]:
    """What a JSON string says, in UTF-8."""
    if not _ESCAPED.search(text):
        yield from _verbatim(text, path)
        return
    while len(text):
        most = min(PIECE, len(text))
        for end in range(most, max(most - _ESCAPE, 0), -1):
            try:
                yield _text(b'"%b"' % bytes(text[:end])).encode()
            except (msgspec.DecodeError, UnicodeDecodeError):  # the end is within an escape or a character
                continue
            text = text[end:]
            break
        else:
            raise ValueRefusedError(path, "is not UTF-8")
