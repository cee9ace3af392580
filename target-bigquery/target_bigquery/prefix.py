"""Runs of RECORD lines that belong to one stream, found without decoding them.

A tap writes the same bytes before every record of a stream. Lines that begin with them go to the converting thread
as they are. They say the type and the stream; the version, where the records have one, is looked up in the first and
the last line of a run, and held against every other one when the run is converted.
"""

from __future__ import annotations

import re

import msgspec

from target_bigquery import messages
from target_bigquery.compiled import RECORDS

_RECORD = b'"record"'


class Prefix:
    """What the RECORD lines of ``stream`` begin with."""

    def __init__(self, start: bytes, stream: str) -> None:
        self.start, self.stream = start, stream
        self._line = b"\n" + start
        self._end = re.compile(rb"\n(?!" + re.escape(start) + rb")")

    def end(self, data: bytearray, at: int, *, whole: bool) -> tuple[int, int]:
        """Where the run ends that begins at ``at``, and its lines; ``data`` are whole lines.

        ``whole``: it is worth to count first whether all lines that follow belong to it.
        """
        if RECORDS:
            end, lines = RECORDS.run(data, at, self.start)
            return end, lines
        if whole:
            lines = data.count(b"\n", at)
            if data.count(self._line, at) == lines - 1:
                return len(data), lines
        found = self._end.search(data, at)
        assert found is not None  # noqa: S101 (the last line ends, too)
        return found.end(), data.count(b"\n", at, found.end())


def prefix(line: bytes) -> Prefix | None:
    """The prefix of a RECORD line; None where something else than the record may follow from line to line."""
    at = line.find(_RECORD)
    start = line[: at + len(_RECORD)]
    try:
        found = messages.decode(start + b":{}}")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    alone = found.version is None and found.time_extracted is None
    return Prefix(start, found.stream) if at > 0 and alone and found.type == "RECORD" else None
