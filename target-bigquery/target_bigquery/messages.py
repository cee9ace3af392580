"""The envelope of a Singer message; the record inside stays as it came, in bytes."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

import msgspec
from msgspec import Raw

from target_bigquery.errors import InputError

_ODD = re.compile(rb"\A\xef\xbb\xbf|NaN|Infinity")
LARGE = 4 << 20  # bytes of a line that is not decoded to say what is wrong with it
_NOT_FINITE = re.compile(rb'"(?:[^"\\]++|\\.)*+"|(?P<bare>-?Infinity|NaN)', re.DOTALL)


class Encoding(msgspec.Struct, gc=False):
    """How the files of a BATCH are written."""

    format: str
    compression: str | None = None


class Message(msgspec.Struct, gc=False):
    """One line of the input, of any type. Fields that the type does not have are empty."""

    type: str
    stream: str = ""
    record: Raw = Raw()
    version: int | None = None
    time_extracted: str | None = None
    schema: Raw = Raw()
    key_properties: list[str] | None = None
    value: Raw = Raw()
    encoding: Encoding | None = None
    manifest: list[str] = []


decode = msgspec.json.Decoder(Message).decode
"""bytes -> Message. Checks the syntax of the whole line; raises one of ``ERRORS``."""
ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def repaired(
    line: bytes | memoryview, number: int, error: Exception, *, last: bool = False
) -> tuple[bytes | memoryview, Message]:
    """A line that ``decode`` does not take, as it should have been.

    Raises:
        InputError: it cannot be repaired; says what is wrong.
    """
    fixed = mended(bytes(line)) if _ODD.search(line) else line
    if fixed != line:
        try:
            return fixed, decode(fixed)
        except ERRORS as other:
            error = other
    what = "is cut off or no Singer message" if last else "is no Singer message"
    raise InputError(number, _half(line) or f"{what} ({_reason(error)})")


def mended(text: bytes) -> bytes:
    """JSON without what is none, if it is only that.

    Python's json, with which most taps write, spells NaN and infinities bare: they become texts, and their column says
    whether it can hold them. A byte order mark goes.
    """
    return _NOT_FINITE.sub(lambda m: b'"%b"' % m[0] if m["bare"] else m[0], text.removeprefix(codecs.BOM_UTF8))


def _reason(error: Exception) -> str:
    """Never a value of the line."""
    match error:
        case RecursionError():
            return "nested too deeply"
        case UnicodeDecodeError():
            return "not UTF-8"
        case _:
            return str(error)


def _half(line: bytes | memoryview) -> str:
    """Where half of a surrogate pair stands, if that is what is wrong: such a text cannot be stored."""
    if len(line) > LARGE:
        return ""
    try:
        message: Any = json.loads(bytes(line))
        if isinstance(message, dict) and isinstance(message.get("record"), dict):
            for name, value in message["record"].items():
                if any(
                    "\ud800" <= character <= "\udfff" for character in json.dumps([name, value], ensure_ascii=False)
                ):
                    return f"stream {message.get('stream')}: column {ascii(name)[1:-1]} holds half of a surrogate pair"
    except (ValueError, RecursionError):
        pass
    return ""
