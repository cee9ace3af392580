# Lines by their stream, and records of one stream from JSON to Arrow's buffers: exactly, or not at all. Compiled from
# ../native.

from typing import Any, TypeAlias

# Property, type, repeated, required and fields, in turn, of each column.
_Fields: TypeAlias = tuple[Any, ...]
# Count, nulls, validity, offsets, data, whether a number in JSON may be too long, and the values of the fields.
_Values: TypeAlias = tuple[Any, ...]

# RECORD lines and their time_extracted; None where anything is unusual or wrong.
def messages(
    fields: _Fields, pieces: list[bytes | memoryview], stream: str, version: int | None
) -> tuple[_Values, _Values] | None: ...

# Lines that are records without a message around them.
def bare(fields: _Fields, pieces: list[bytes | memoryview]) -> tuple[_Values, _Values] | None: ...

# RECORD lines from a position on, dealt out to (stream, version), until a line is something else: where that is, the
# number of the line before, (which, lines, their numbers as 64-bit integers) of each stream that had any, and the last
# STATE with its number. STATEs end the deal unless they may be passed.
def deal(
    data: bytearray, at: int, number: int, streams: list[tuple[str, int | None]], pass_states: bool, /
) -> tuple[int, int, list[tuple[int, bytes | memoryview, bytes]], tuple[bytes, int] | None]: ...
