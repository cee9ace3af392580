"""The loop: lines to runs of records, single records and other messages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from target_bigquery import messages
from target_bigquery.errors import InputError
from target_bigquery.prefix import Prefixes
from target_bigquery.reader import LineReader

if TYPE_CHECKING:
    from target_bigquery.batches import Batches
    from target_bigquery.protocol import Protocol
    from target_bigquery.settings import Settings
    from target_bigquery.stream import Stream
    from target_bigquery.threads import Events, Gate

BLOCK = 4 << 20  # bytes of raw records that are converted at once
LARGE = 4 << 20  # bytes of a line that is converted alone
LONG = 4 << 10  # bytes of a run of records that is worth a piece of its own
SHORT = 64  # shorter runs in a chunk after which the rest is read line by line


class Loop:
    """Reads the input and hands records to the batches, other messages to the protocol."""

    def __init__(self, settings: Settings, events: Events, batches: Batches, protocol: Protocol, large: Gate) -> None:
        self._settings, self._events, self._batches, self._protocol = settings, events, batches, protocol
        self._large_ones = large
        self._streams = batches.streams
        self._number = 0  # of the last line that was read
        self._now = 0.0
        self._prefixes = Prefixes()

    def read(self, fd: int) -> None:
        """Read ``fd`` to its end.

        Raises:
            InputError: the input breaks the Singer specification; names the line.
            TargetError: another thread failed.
        """
        reader = LineReader(fd, self._events.wake)
        batches = self._batches
        while not reader.ended:
            data = reader.read(batches.patience())
            batches.listen()
            if reader.begun > LARGE:
                self._wait_for_memory()
            self._now = time.time()
            self._chunk(data, last=reader.ended)
            batches.make_room(self._now)
            batches.commit_older_than(self._settings.commit_after_seconds * (2 if data else 1))
            del data  # it may be large, and the next one too

    def _chunk(self, data: bytearray, *, last: bool) -> None:
        """Whole lines: long runs of records as they are, the others one by one."""
        if len(data) > LARGE:
            self._apart(data, last=last)
            return
        at, short = 0, 0
        while at < len(data):
            prefix = self._prefixes.find(data, at)
            stream = self._streams.get(prefix.stream) if prefix else None
            if prefix and stream:
                end, count = prefix.end(data, at)
                if end - at >= LONG and self._run(stream, data, at, end, count):
                    at = end
                    continue
            else:
                end = data.index(b"\n", at) + 1
            short += 1
            if short > SHORT:
                end = len(data)
            self._lines(bytes(memoryview(data)[at:end]).split(b"\n"), last=last and end == len(data))
            at = end

    def _apart(self, data: bytearray, *, last: bool) -> None:
        """Lines of which at least one is large."""
        at = 0
        while at < len(data):
            end = data.index(b"\n", at) + 1
            if end - at > LARGE:
                self._large(memoryview(data)[at:end], last=last and end == len(data))
            else:
                self._lines([bytes(data[at : end - 1]), b""], last=last and end == len(data))
            at = end

    def _large(self, line: memoryview, *, last: bool) -> None:
        """A record that is converted alone, while nothing else that is large is in memory."""
        self._wait_for_memory()
        self._number += 1
        try:
            message = messages.decode(line)
        except messages.ERRORS as error:
            _, message = messages.repaired(bytes(line), self._number, error, last=last)
        if message.type != "RECORD":
            self._protocol.other(message, self._number)
            return
        stream = self._streams.get(message.stream)
        if stream is None or stream.open is None or message.version != stream.version:
            stream = self._protocol.receive(message, self._number)
        self._batches.flush(stream)
        gate, block = self._large_ones, stream.block
        block.records.append(message.record)
        block.lines.append(self._number)
        block.extracted.append(message.time_extracted)
        block.size, block.received, block.release = len(line), self._now, gate.leave
        gate.enter()
        self._batches.flush(stream)

    def _wait_for_memory(self) -> None:
        """Until nothing large is being converted or sent."""
        while not self._large_ones.empty.wait(0.5):
            self._batches.listen()

    def _run(self, stream: Stream, data: bytearray, at: int, end: int, count: int) -> bool:
        """Take RECORD lines as they are, if they go on with the batch that is open."""
        if stream.open is None or not self._continue(stream, data, at, end):
            return False
        block = stream.block
        # A piece keeps all of ``data`` in memory, so a small one is copied.
        piece = memoryview(data)[at:end]
        block.pieces.append(piece if 2 * len(piece) > len(data) else bytes(piece))
        block.lines.extend(range(self._number + 1, self._number + count + 1))
        self._number += count
        self._add(stream, end - at)
        return True

    def _continue(self, stream: Stream, data: bytearray, at: int, end: int) -> bool:
        """Do the first and the last line have the version of the open batch? The others are looked at later."""
        view = memoryview(data)
        first, last = view[at : data.index(b"\n", at)], view[data.rfind(b"\n", at, end - 1) + 1 : end]
        try:
            return all(messages.decode(line).version == stream.version for line in (first, last))
        except messages.ERRORS:
            return False

    def _lines(self, lines: list[bytes], *, last: bool) -> None:
        """Message by message; ``lines`` ends with what follows the last newline, which is nothing."""
        streams, decode, errors = self._streams, messages.decode, messages.ERRORS
        number, record = self._number, b""
        lines.pop()
        for line in lines:
            number += 1
            try:
                message = decode(line)
            except errors as error:
                if not line.strip():
                    continue
                line, message = messages.repaired(line, number, error, last=last and line is lines[-1])  # noqa: PLW2901
            if message.type != "RECORD":
                self._protocol.other(message, number)
                continue
            # From here on every call counts: this runs once a record.
            stream = streams.get(message.stream)
            if stream is None or stream.open is None or message.version != stream.version:
                stream = self._protocol.receive(message, number)
            if not message.record:
                raise InputError(number, f"RECORD of stream {message.stream!r} has no record")
            block = stream.block
            block.pieces.append(line + b"\n")
            block.lines.append(number)
            record = line
            self._add(stream, len(line))
        self._number = number
        if record:
            self._prefixes.learn(record)

    def _add(self, stream: Stream, size: int) -> None:
        stream.block.size += size
        if stream.block.size >= BLOCK:
            stream.block.received = self._now
            self._batches.flush(stream)
