"""A record of many megabytes: its long texts and arrays go to files piece by piece, the rest of it as ever."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec

from target_bigquery import large_array
from target_bigquery.errors import ValueRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from target_bigquery.schema import Column
    from target_bigquery.splice import Leaf, Pages

LONG = 1 << 20  # bytes of a text that goes to a file
PIECE = 1 << 20  # bytes of a text in memory at once
_ESCAPE = 12  # characters of the longest escape in JSON: a surrogate pair
_BEGINS = {False: ord('"'), True: ord("[")}
_ESCAPED = re.compile(rb"\\")


class _Name:
    """A property's name as a key that is never equal to another, so that a repeated one is seen."""

    def __init__(self, text: str) -> None:
        self.text = text


_properties = msgspec.json.Decoder(dict[_Name, msgspec.Raw], dec_hook=lambda _, text: _Name(text)).decode
_text = msgspec.json.Decoder(str).decode


@dataclass(frozen=True)
class Cut:
    """A record with an empty text or array for each long one, and the files with those."""

    rest: bytes | msgspec.Raw
    texts: dict[str, Path] = field(default_factory=dict)
    arrays: dict[Leaf, Pages] = field(default_factory=dict)

    @property
    def files(self) -> list[Path]:
        """All of them."""
        return [*self.texts.values(), *(pages.path for pages in self.arrays.values())]


def cut(record: bytes | msgspec.Raw, columns: Sequence[Column], folder: Path) -> Cut:
    """Cut out what is long.

    Raises:
        ValueRefusedError: the record is no object, names a property twice, or a text is not UTF-8.
        RecordRefusedError: an element of an array has no exact place in its column.
    """
    by_source = {c.source: c for c in columns if (c.repeated or c.type in {"STRING", "JSON"}) and not c.path}
    try:
        properties = _properties(record)
    except msgspec.DecodeError:
        raise ValueRefusedError("record", "is not an object") from None
    if len({name.text for name in properties}) < len(properties):
        raise ValueRefusedError("record", "an object names one property twice")
    parts: list[bytes | memoryview] = []
    made = Cut(record)
    for name, raw in properties.items():
        column, value = by_source.get(name.text), memoryview(raw)
        if column is None or len(value) < LONG or (column.type != "JSON" and value[0] != _BEGINS[column.repeated]):
            pass
        elif column.repeated:
            made.arrays.update(large_array.write(value, column, folder, f"array-{len(made.arrays)}"))
            value = memoryview(b"[]")
        else:
            path = made.texts[column.name] = folder / f"text-{len(made.texts)}"
            with path.open("wb") as file:
                pieces = _verbatim(value, name.text) if column.type == "JSON" else _unescaped(value[1:-1], name.text)
                file.writelines(pieces)
            value = memoryview(b'""')
        parts += (b",", msgspec.json.encode(name.text), b":", value)
    return replace(made, rest=b"{" + b"".join(parts[1:]) + b"}") if made.files else made


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
