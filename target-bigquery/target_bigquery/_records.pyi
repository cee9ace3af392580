# Records of one stream from JSON to Arrow's buffers: exactly, or not at all. Compiled from ../native.

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

# Where the lines end that follow one another from a position on and begin alike, and how many.
def run(data: bytearray, at: int, start: bytes) -> tuple[int, int]: ...
