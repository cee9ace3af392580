"""Consecutive records of one stream on their way to the converting thread."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from target_bigquery import messages
from target_bigquery.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    import msgspec

    from target_bigquery.files import Place


@dataclass
class Block:
    """Consecutive records of one stream, as they came, with the line each one stood on.

    Either ``records`` and their ``extracted``, or whole RECORD lines in ``pieces``. ``first`` is the number of the
    first one in its stream. ``lines`` are those of ``file`` (with the line of its BATCH message), or of the input.
    """

    first: int = 0
    file: tuple[int, Place] | None = None
    pieces: list[bytes | memoryview] = field(default_factory=list)
    records: list[bytes | msgspec.Raw] = field(default_factory=list)
    lines: array[int] = field(default_factory=lambda: array("q"))
    extracted: list[str | None] = field(default_factory=list)
    received: float = 0.0
    size: int = 0
    release: Callable[[], None] | None = None  # of a single large record: its memory is free again

    def whole(self) -> bytes | memoryview:
        """The lines of all pieces."""
        return self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)

    def divide(self, stream: str, version: int | None) -> None:
        """Cut the records out of the lines.

        Raises:
            InputError: a line is not what its beginning promised.
        """
        for number, line in zip(self.lines, bytes(self.whole()).split(b"\n"), strict=False):
            try:
                message = messages.decode(line)
            except messages.ERRORS as error:
                _, message = messages.repaired(line, number, error)
            if (message.type, message.stream) != ("RECORD", stream) or not message.record:
                raise InputError(number, "names a property twice")
            if message.version != version:
                raise InputError(number, f"RECORD of stream {stream!r} has another version than those around it")
            self.records.append(message.record)
            self.extracted.append(message.time_extracted)
        self.pieces = []
