"""The envelope of a Singer message; the record inside stays as it came, in bytes."""

from __future__ import annotations

import msgspec
from msgspec import Raw

from target_bigquery.errors import InputError


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
"""bytes -> Message. Checks the syntax of the whole line; raises msgspec.DecodeError."""


def unreadable(line: int, *, last: bool = False) -> InputError:
    """The error for a line that ``decode`` does not take."""
    what = "is cut off or no Singer message" if last else "is no Singer message"
    return InputError(line, f"{what} (not JSON, or a field of the wrong type)")
