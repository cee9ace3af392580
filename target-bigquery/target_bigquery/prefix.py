"""Runs of RECORD lines that belong to one stream, found without decoding them.

A tap writes the same bytes before every record of a stream. Lines that begin with them go to the converting thread
as they are. They say the type and the stream; the version, where the records have one, is looked up in the first and
the last line of a run, and held against every other one when the run is converted.
"""

from __future__ import annotations

import re

from target_bigquery import messages
from target_bigquery.compiled import RECORDS

_RECORD = b'"record"'
LONGEST = 1024  # bytes of a prefix
MOST = 1000  # prefixes that are known at a time


class Prefix:
    """What the RECORD lines of ``stream`` begin with."""

    def __init__(self, start: bytes, stream: str) -> None:
        self.start, self.stream = start, stream
        self._line = b"\n" + start

    def end(self, data: bytearray, at: int) -> tuple[int, int]:
        """Where the run ends that begins at ``at``, and its lines; ``data`` are whole lines."""
        if RECORDS:
            end, lines = RECORDS.run(data, at, self.start)
            return end, lines
        lines = data.count(b"\n", at)
        if not at and data.count(self._line) == lines - 1:
            return len(data), lines
        found = re.compile(rb"\n(?!" + re.escape(self.start) + rb")").search(data, at)
        assert found is not None  # noqa: S101 (the last line ends, too)
        return found.end(), data.count(b"\n", at, found.end())


class Prefixes:
    """Those that were seen, the last one first."""

    def __init__(self) -> None:
        self._last: Prefix | None = None
        self._known: dict[bytes, Prefix] = {}

    def find(self, data: bytearray, at: int) -> Prefix | None:
        """That of the line at ``at``, if it is known."""
        if self._last is None or not data.startswith(self._last.start, at):
            end = data.find(_RECORD, at, at + LONGEST) + len(_RECORD)
            self._last = self._known.get(bytes(data[at:end]))
        return self._last

    def learn(self, line: bytes) -> None:
        """A RECORD came that was read by itself."""
        found = prefix(line)
        if found is not None:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[found.start] = found


def prefix(line: bytes) -> Prefix | None:
    """The prefix of a RECORD line; None where something else than the record may follow from line to line."""
    at = line.find(_RECORD, 0, LONGEST)
    start = line[: at + len(_RECORD)]
    try:
        found = messages.decode(start + b":{}}")
    except messages.ERRORS:
        return None
    alone = found.version is None and found.time_extracted is None
    return Prefix(start, found.stream) if at > 0 and alone and found.type == "RECORD" else None
