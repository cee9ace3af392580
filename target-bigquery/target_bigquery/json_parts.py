"""Parts of a JSON text of many megabytes, found where they stand: nothing of it is decoded or copied as a whole."""

from __future__ import annotations

import base64
import codecs
import re
from typing import TYPE_CHECKING

import msgspec

from target_bigquery import values
from target_bigquery.errors import ValueRefusedError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

PIECE = 1 << 18  # bytes in memory at once; as Python values, where one of them is refused, fifty times as many
TRIALS = 20  # commas that may turn out to be inside of an element before elements are counted off one by one
_BEGINS = {"RECORD": b"{", "STRING": b'"'}  # an element after its comma, where commas stand within elements, too
_ESCAPE = 12  # characters of the longest escape: a surrogate pair
_ESCAPED = re.compile(rb"\\")
_ENDED = re.compile(r"trailing characters \(byte (\d+)\)")
_NUMBER = re.compile(rb'"(?:[^"\\]++|\\.)*+"|(-?\d[\d.eE+-]*)', re.DOTALL)
_raw = msgspec.json.Decoder(msgspec.Raw).decode
_text = msgspec.json.Decoder(str).decode


class _Name:
    """A property's name as a key that is never equal to another, so that a repeated one is seen."""

    def __init__(self, text: str) -> None:
        self.text = text


_OTHER = _Name("")  # every property that is not asked for, however many there are


def properties(text: bytes | memoryview | msgspec.Raw, names: Container[str]) -> list[tuple[str, memoryview]]:
    """The properties of an object that are called so, in their order, as often as they are there.

    Raises:
        ValueRefusedError: it is no object.
    """

    def key(_: type, name: str) -> _Name:
        return _Name(name) if name in names else _OTHER

    try:
        found = msgspec.json.Decoder(dict[_Name, msgspec.Raw], dec_hook=key).decode(text)
    except msgspec.DecodeError:
        raise ValueRefusedError("record", "is not an object") from None
    found.pop(_OTHER, None)
    return [(name.text, memoryview(raw)) for name, raw in found.items()]


def elements(text: memoryview, type_: str) -> Iterator[tuple[memoryview, bool]]:
    """What stands between the brackets of an array, in order: many short elements, or one long one, which is marked.

    ``type_`` is the elements' type in BigQuery.
    """
    at, begins = 0, _BEGINS.get(type_, b"")
    while len(text) - at > PIECE:
        size = _boundary(bytes(text[at : at + PIECE]), begins) or _short(text[at:])
        if size:
            yield text[at : at + size], False
        else:
            size = _end(text[at:])
            yield text[at : at + size], True
        at += size + 1
    if at <= len(text):
        yield text[at:], False


def _boundary(text: bytes, begins: bytes) -> int:
    """Where the last comma stands that is known to part elements, or 0.

    What comes before a comma within an element is no JSON, as something in it has not ended.
    """
    at = len(text)
    for _ in range(TRIALS):
        at = text.rfind(b",", 0, at)
        while at > 0 and not text[at + 1 : at + 99].lstrip().startswith(begins):
            at = text.rfind(b",", 0, at)
        if at <= 0:
            break
        try:
            _raw(b"[%b]" % text[:at])
        except msgspec.DecodeError:
            continue
        return at
    return 0


def _short(text: memoryview) -> int:
    """How many bytes the elements take that come before a long one; those of about a piece at most."""
    size = 0
    while size < PIECE and size < len(text):
        end = _end(text[size:])
        if end >= PIECE:
            break
        size += end + 1
    return size - 1 if size else 0


def _end(text: memoryview) -> int:
    """Where the comma stands after the first element, or the end of the text. The decoder says where it stopped."""
    try:
        _raw(text)
    except msgspec.DecodeError as error:
        if found := _ENDED.search(str(error)):
            return int(found[1]) - 1
    return len(text)


def stripped(text: memoryview) -> memoryview:
    """A JSON value without the space around it."""
    return memoryview(_raw(text))


def verbatim(text: memoryview, path: str) -> Iterator[bytes | memoryview]:
    """The text as it stands, in pieces.

    Raises:
        ValueRefusedError: it is not UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(text), PIECE):
            decoder.decode(text[at : at + PIECE])
            yield text[at : at + PIECE]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise ValueRefusedError(path, "is not UTF-8") from None


def readable(text: memoryview) -> Iterator[bytes]:
    """The text in pieces, with U+FFFD for what is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for at in range(0, len(text), PIECE):
        yield decoder.decode(text[at : at + PIECE], final=at + PIECE >= len(text)).encode()


def unescaped(text: memoryview, path: str) -> Iterator[bytes | memoryview]:
    """What a JSON string says, in UTF-8; ``text`` is without its quotes.

    Raises:
        ValueRefusedError: it is not UTF-8.
    """
    if not _ESCAPED.search(text):
        yield from verbatim(text, path)
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


def decoded(text: memoryview, path: str) -> Iterator[bytes]:
    """The bytes that a JSON string holds as base64.

    Raises:
        ValueRefusedError: it is no base64.
    """
    rest, padded, wrong = b"", False, False
    for piece in unescaped(text, path):
        rest += b"".join(bytes(piece).split())
        whole = len(rest) // 4 * 4
        wrong, padded = padded and bool(rest), rest.endswith(b"=", 0, whole)
        try:
            made = base64.b64decode(rest[:whole], validate=True)
        except ValueError:
            wrong = True
        if wrong:
            break
        yield made
        rest = rest[whole:]
    if wrong or rest:
        raise ValueRefusedError(path, "is no base64, as its schema says")


def check_numbers(text: memoryview, path: str) -> None:
    """Look at the long numbers of a JSON value.

    Raises:
        ValueRefusedError: one has more digits than BigQuery's JSON holds.
    """
    if values.long_number(text):
        for match in _NUMBER.finditer(text):
            if match[1]:
                values.json_text(path, match[1])
