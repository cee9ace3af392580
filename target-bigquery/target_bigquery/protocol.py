"""What each message of the input means, RECORDs apart."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from target_bigquery import erasures, files, messages
from target_bigquery.batch import Mode
from target_bigquery.errors import InputError
from target_bigquery.lane import Lane
from target_bigquery.rejected import SUFFIX
from target_bigquery.stream import Stream, describe

if TYPE_CHECKING:
    from target_bigquery.batches import Batches
    from target_bigquery.datasets import Datasets
    from target_bigquery.settings import Settings
    from target_bigquery.threads import Events, Gate


LONGEST_SCHEMA = 16 << 20  # bytes; of the most columns and descriptions that BigQuery takes


class Protocol:
    """Opens and ends batches as the messages say; afterwards knows the last STATE, and its line."""

    def __init__(self, settings: Settings, datasets: Datasets, events: Events, batches: Batches, large: Gate) -> None:
        self._settings, self._datasets, self._events, self._batches = settings, datasets, events, batches
        self._large = large
        self.streams = batches.streams
        self.last_state: tuple[int, bytes] = (-1, b"")

    def receive(self, message: messages.Message, line: int) -> Stream:
        """The stream of records that the open batch, if there is one, does not take."""
        stream = self.streams.get(message.stream)
        if stream is None:
            raise InputError(line, f"{message.type} of stream {message.stream!r} before its SCHEMA")
        self._batches.open(stream, message.version, line)
        return stream

    def other(self, message: messages.Message, line: int) -> None:
        """Any message but a RECORD.

        Raises:
            InputError: it breaks the Singer specification.
        """
        match message.type:
            case "SCHEMA":
                self._schema(message, line)
            case "STATE":
                self._state(message, line)
            case "ACTIVATE_VERSION":
                self._activate(message, line)
            case "BATCH":
                self._batch(message, line)
            case other:
                raise InputError(line, f"message type {other!r} is not supported")

    def _schema(self, message: messages.Message, line: int) -> None:
        if len(memoryview(message.schema)) > LONGEST_SCHEMA:
            raise InputError(line, f"SCHEMA of stream {message.stream!r} has more than {LONGEST_SCHEMA >> 20} MB")
        described = (bytes(message.schema), "\0".join(message.key_properties or ()).encode())
        stream = self.streams.get(message.stream)
        if stream is not None and stream.described == described:
            return
        settings = self._settings.of(message.stream)
        target = describe(message, line, settings)
        if stream is not None:
            self._batches.redescribe(stream, target, line)
            stream.described = described
            return
        if target.table == erasures.TABLE:
            raise InputError(line, f"stream {target.stream!r} would take {target.table}, the table of erased records")
        for other in self.streams.values():
            shared = {target.table, target.table + SUFFIX} & {other.target.table, other.target.table + SUFFIX}
            if shared and target.dataset == other.target.dataset:
                names = f"{other.target.stream!r} and {target.stream!r}"
                raise InputError(line, f"streams {names} would share the table {target.table}")
        lane = Lane(self._datasets.open(target.dataset), target, self._events.tell, self._events.tell)
        stream = self.streams[message.stream] = Stream(target, lane, described, settings)
        if settings.load_method == "overwrite":
            self._batches.open(stream, None, line)

    def _state(self, message: messages.Message, line: int) -> None:
        value = bytes(message.value)
        if not value:
            raise InputError(line, "STATE without a value")
        self.last_state = (line, value)
        self._batches.state(line, value)

    def _activate(self, message: messages.Message, line: int) -> None:
        stream = self.streams.get(message.stream)
        if stream is None:
            raise InputError(line, f"ACTIVATE_VERSION of stream {message.stream!r} before its SCHEMA")
        if stream.mode(message.version) is not Mode.SWAP:
            return
        opened = stream.open
        if opened is None or stream.version != message.version:
            opened = self._batches.open(stream, message.version, line)
        elif opened.records or stream.block.lines:
            self._batches.commit(stream)
        opened.announced = True

    def _batch(self, message: messages.Message, line: int) -> None:
        """The records of files, read now, so that the files are not needed afterwards."""
        for place in files.places(message, line):
            stream = self.streams.get(message.stream)
            if stream is None or stream.open is None or message.version != stream.version:
                stream = self.receive(message, line)
            assert message.encoding is not None  # noqa: S101 (see ``files.places``)
            for first, lines in files.read(place, line, message.encoding):
                self._take(stream, (line, place), first, lines, message.time_extracted)
                del lines
            self._batches.flush(stream)

    def _take(
        self,
        stream: Stream,
        file: tuple[int, files.Place],
        first: int,
        lines: list[files.Line],
        time_extracted: str | None,
    ) -> None:
        """Records of a file; one that is large comes alone, and is converted before anything else is read."""
        self._batches.flush(stream)
        block = stream.block
        block.file = file
        block.records.extend(lines)
        block.lines.extend(range(first, first + len(lines)))
        block.extracted.extend([time_extracted] * len(lines))
        block.size, block.received = sum(map(len, lines)), time.time()
        self._batches.listen()
        if len(lines) == 1 and block.size > files.LARGE:
            lines.clear()
            block.release = self._large.leave
            self._large.enter()
            self._batches.flush(stream)
            self._large.wait(self._batches.listen)
