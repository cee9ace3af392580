"""The loop: lines to records by stream, single records and other messages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from target_bigquery import messages
from target_bigquery.compiled import RECORDS
from target_bigquery.errors import InputError
from target_bigquery.reader import LineReader

if TYPE_CHECKING:
    from target_bigquery.batches import Batches
    from target_bigquery.messages import Message
    from target_bigquery.protocol import Protocol
    from target_bigquery.settings import Settings
    from target_bigquery.stream import Stream
    from target_bigquery.threads import Events, Gate

BLOCK = 4 << 20  # bytes of raw records that are converted at once
LARGE = 4 << 20  # bytes of a line that is converted alone


class Loop:
    """Reads the input and hands records to the batches, other messages to the protocol."""

    def __init__(self, settings: Settings, events: Events, batches: Batches, protocol: Protocol, large: Gate) -> None:
        self._settings, self._events, self._batches, self._protocol = settings, events, batches, protocol
        self._large_ones = large
        self._streams = batches.streams
        self._number = 0  # of the last line that was read
        self._now = 0.0

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
        """Whole lines: records of open batches by stream, the others one by one."""
        at = 0
        while at < len(data):
            if len(data) <= LARGE:
                at = self._deal(data, at)
            if at < len(data):
                at = self._next(data, at, last=last)

    def _next(self, data: bytearray, at: int, *, last: bool) -> int:
        """The line at ``at``; returns where it ends."""
        end = data.index(b"\n", at) + 1
        last = last and end == len(data)
        self._number += 1
        if end - at > LARGE:
            self._large(memoryview(data)[at:end], last=last)
        else:
            self._line(bytes(memoryview(data)[at:end]), last=last)
        return end

    def _deal(self, data: bytearray, at: int) -> int:
        """Records that go on with open batches, and STATEs that wait for them; returns where they end."""
        opened = [s for s in self._streams.values() if s.open is not None]
        if RECORDS is None or not opened:
            return at
        known = [(s.target.stream, s.version) for s in opened]
        end: int
        end, self._number, dealt, state = RECORDS.deal(data, at, self._number, known, not self._batches.due())
        for which, lines, numbers in dealt:
            block = opened[which].block
            block.pieces.append(lines)
            block.lines.frombytes(numbers)
            self._add(opened[which], len(lines))
        if state is not None:
            line, number = state
            self._protocol.other(messages.decode(line), number)
        return end

    def _large(self, line: memoryview, *, last: bool) -> None:
        """A record that is converted alone, while nothing else that is large is in memory."""
        self._wait_for_memory()
        try:
            message = messages.decode(line)
        except messages.ERRORS as error:
            _, message = messages.repaired(line, self._number, error, last=last)
        if (stream := self._received(message)) is None:
            return
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
        self._large_ones.wait(self._batches.listen)

    def _line(self, line: bytes, *, last: bool) -> None:
        """A message by itself."""
        try:
            message = messages.decode(line)
        except messages.ERRORS as error:
            if not line.strip():
                return
            fixed, message = messages.repaired(line, self._number, error, last=last)
            line = bytes(fixed)
        if (stream := self._received(message)) is None:
            return
        block = stream.block
        block.pieces.append(line)
        block.lines.append(self._number)
        self._add(stream, len(line))

    def _received(self, message: Message) -> Stream | None:
        """The stream of a record, with its batch open; None for another message, which is dealt with."""
        if message.type != "RECORD":
            self._protocol.other(message, self._number)
            return None
        stream = self._streams.get(message.stream)
        if stream is None or stream.open is None or message.version != stream.version:
            stream = self._protocol.receive(message, self._number)
        if not message.record:
            raise InputError(self._number, f"RECORD of stream {message.stream!r} has no record")
        return stream

    def _add(self, stream: Stream, size: int) -> None:
        stream.block.size += size
        if stream.block.size >= BLOCK:
            stream.block.received = self._now
            self._batches.flush(stream)
