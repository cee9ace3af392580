"""The loop: read messages, stage records, commit, let STATE out."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import queue
import secrets
import select
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from target_bigquery import connection, messages
from target_bigquery.errors import InputError, StoppedError, TargetError
from target_bigquery.lane import Batch, Lane, Mode
from target_bigquery.load import Jobs
from target_bigquery.reader import LineReader
from target_bigquery.report import report
from target_bigquery.stage import Block, Run, Spool
from target_bigquery.state import Ledger, in_progress
from target_bigquery.stream import Open, Stream, describe, merged
from target_bigquery.tables import Target, Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_bigquery.settings import Settings

log = logging.getLogger("target-bigquery")

BLOCK = 4 << 20  # bytes of raw records that are converted at once
BUFFERED = 32 << 20  # bytes of raw records of all streams that wait for their block to fill
QUEUED = 4  # blocks on the way to the converting thread


class Events:
    """What other threads tell the reading thread; telling wakes it."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Batch | BaseException] = queue.SimpleQueue()
        self.wake, self._write = os.pipe()
        os.set_blocking(self._write, False)

    def tell(self, event: Batch | BaseException) -> None:
        """Called from any thread, and from the signal handler."""
        self._queue.put(event)
        with contextlib.suppress(BlockingIOError):
            os.write(self._write, b"\0")

    def wait(self) -> None:
        """Until something is told."""
        select.select([self.wake], [], [])
        os.read(self.wake, 4096)

    def all(self) -> Iterator[Batch | BaseException]:
        """What was told since the last time."""
        with contextlib.suppress(queue.Empty):
            while True:
                yield self._queue.get_nowait()


class Converter(threading.Thread):
    """Does what it is given in order, beside the reading thread; pyarrow works without Python's lock."""

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        super().__init__(name="convert", daemon=True)
        self._tasks: queue.Queue[tuple[Callable[..., Any], tuple[Any, ...]] | None] = queue.Queue(QUEUED)
        self._failed = failed
        self._broken = False
        self.start()

    def run(self) -> None:
        """Until ``close``. After a failure the rest is thrown away, so that nobody waits for room."""
        while task := self._tasks.get():
            try:
                if not self._broken:
                    task[0](*task[1])
            except BaseException as error:  # noqa: BLE001 (the reading thread raises it)
                self._broken = True
                self._failed(error)

    def offer(self, task: Callable[..., Any], args: tuple[Any, ...]) -> bool:
        """Take a task; False while the queue stays full."""
        try:
            self._tasks.put((task, args), timeout=0.5)
        except queue.Full:
            return False
        return True

    def close(self, *, drop: bool) -> None:
        """Wait for the end of what was given, or drop it."""
        self._broken = self._broken or drop
        self._tasks.put(None)
        self.join()


def _unreadable(line: int, *, last: bool) -> InputError:
    what = "is cut off or no Singer message" if last else "is no Singer message"
    return InputError(line, f"{what} (not JSON, or a field of the wrong type)")


class Loader:
    """One run of the target."""

    def __init__(self, settings: Settings, events: Events, stopping: threading.Event, folder: Path) -> None:
        self._settings, self._events, self._stopping = settings, events, stopping
        self._id = secrets.token_hex(6)
        self._jobs = Jobs(connection.client(settings), settings.retry_seconds, stopping)
        self._warehouse = Warehouse(self._jobs, settings.dataset, settings.location, self._id)
        self._run = Run(started=int(time.time() * 1e6), folder=folder)
        self._streams: dict[str, Stream] = {}
        self._ledger = Ledger()
        self._pending: set[Batch] = set()
        self._converter = Converter(events.tell)
        self._serial = self._files = 0
        self._last_state: tuple[int, bytes] = (-1, b"")

    def run(self, fd: int) -> None:
        """Read ``fd`` to its end and commit everything.

        Raises:
            TargetError: the run failed; every STATE that was written is true.
        """
        started = time.monotonic()
        dropped = True
        try:
            self._warehouse.prepare()
            sweeper = threading.Thread(target=self._sweep, daemon=True)
            sweeper.start()
            self._read(fd)
            incomplete = self._end()
            while self._pending:
                self._listen(None)
            if incomplete:
                raise TargetError("; ".join(incomplete))
            dropped = False
        finally:
            self._close(drop=dropped)
            report(
                {name: s.lane.result for name, s in self._streams.items()},
                self._jobs.counts,
                time.monotonic() - started,
            )

    def _sweep(self) -> None:
        try:
            self._warehouse.sweep()
        except Exception as error:  # noqa: BLE001 (nothing depends on it)
            log.warning("could not look for old staging tables: %s", type(error).__name__)

    def _close(self, *, drop: bool) -> None:
        if drop:
            self._stopping.set()
        self._converter.close(drop=drop)
        for stream in self._streams.values():
            stream.lane.close()
        for event in self._events.all():
            if isinstance(event, Batch):
                self._committed(event)
        self._write_state()
        self._warehouse.drop_all()

    # Reading

    def _read(self, fd: int) -> None:
        reader = LineReader(fd, self._events.wake)
        number = 0
        streams, decode, error = self._streams, messages.decode, (msgspec.DecodeError, UnicodeDecodeError)
        while not reader.ended:
            lines = reader.read(self._patience())
            self._listen(0)
            now = time.time()
            for line in lines:
                number += 1
                try:
                    message = decode(line)
                except error:
                    if line.strip():
                        raise _unreadable(number, last=reader.ended) from None
                    continue
                if message.type != "RECORD":
                    self._other(message, number)
                    continue
                # From here on every call counts: this runs once a record.
                stream = streams.get(message.stream)
                if stream is None or stream.open is None or message.version != stream.version:
                    stream = self._receive(message, number)
                if not message.record:
                    raise InputError(number, f"RECORD of stream {message.stream!r} has no record")
                block = stream.block
                block.records.append(message.record)
                block.lines.append(number)
                block.extracted.append(message.time_extracted)
                block.size += len(line)
                if block.size >= BLOCK:
                    block.received = now
                    self._flush(stream)
            self._make_room(now)
            self._commit_older_than(self._settings.commit_after_seconds * (2 if lines else 1))

    def _receive(self, message: messages.Message, line: int) -> Stream:
        """The stream of a record that the open batch, if there is one, does not take."""
        stream = self._streams.get(message.stream)
        if stream is None:
            raise InputError(line, f"RECORD of stream {message.stream!r} before its SCHEMA")
        self._open(stream, message.version, line)
        return stream

    def _make_room(self, now: float) -> None:
        """Note when the blocks were read, and convert the largest while all together are too large."""
        filling = [s for s in self._streams.values() if s.block.records]
        for stream in filling:
            stream.block.received = now
        while sum(s.block.size for s in filling) >= BUFFERED:
            self._flush(max(filling, key=lambda s: s.block.size))

    def _other(self, message: messages.Message, line: int) -> None:
        match message.type:
            case "SCHEMA":
                self._schema(message, line)
            case "STATE":
                value = bytes(message.value)
                if not value:
                    raise InputError(line, "STATE without a value")
                self._last_state = (line, value)
                self._ledger.state(line, value)
                self._commit_older_than(self._settings.commit_after_seconds)
                self._write_state()
            case "ACTIVATE_VERSION":
                self._activate(message, line)
            case other:
                raise InputError(line, f"message type {other!r} is not supported")

    def _schema(self, message: messages.Message, line: int) -> None:
        described = (bytes(message.schema), "\0".join(message.key_properties or ()).encode())
        stream = self._streams.get(message.stream)
        if stream is not None and stream.described == described:
            return
        target = describe(message, line, metadata=self._settings.add_record_metadata)
        if stream is None:
            for other in self._streams.values():
                if other.target.table == target.table:
                    names = f"{other.target.stream!r} and {target.stream!r}"
                    raise InputError(line, f"streams {names} would share the table {target.table}")
            lane = Lane(self._warehouse, target, self._events.tell, self._events.tell)
            stream = self._streams[message.stream] = Stream(target, lane, described)
            if self._settings.load_method == "overwrite":
                self._open(stream, None, line)
            return
        self._flush(stream)
        if stream.open is not None and stream.open.batch.mode is Mode.SWAP:
            target = merged(stream.target, target, line)
            old, batch = stream.open.spool, stream.open.batch
            stream.open.spool = self._spool(target, batch)
            self._convert(old.seal)
            self._convert(stream.open.spool.follow, old)
            self._convert(stream.lane.submit, batch.widen, target)
        elif stream.open is not None:
            self._commit(stream)
        stream.target, stream.described = target, described

    def _activate(self, message: messages.Message, line: int) -> None:
        stream = self._streams.get(message.stream)
        if stream is None:
            raise InputError(line, f"ACTIVATE_VERSION of stream {message.stream!r} before its SCHEMA")
        if stream.mode(self._settings.load_method, message.version) is not Mode.SWAP:
            return
        opened = stream.open
        if opened is None or stream.version != message.version:
            opened = self._open(stream, message.version, line)
        elif opened.records or stream.block.records:
            self._commit(stream)
        opened.announced = True

    # Batches

    def _open(self, stream: Stream, version: int | None, line: int) -> Open:
        """Begin a batch; one of another kind ends here, and an older snapshot is given up for a newer."""
        mode = stream.mode(self._settings.load_method, version)
        since = line
        if stream.open is not None and stream.open.batch.mode is Mode.SWAP is mode:
            since = min(line, stream.open.line)
            self._abandon(stream, stream.open)
        elif stream.open is not None:
            self._commit(stream)
        self._serial += 1
        batch = Batch(stream.lane, stream.target, mode, version, self._serial)
        stream.open = Open(batch, self._spool(stream.target, batch), since)
        stream.version = version
        self._pending.add(batch)
        self._ledger.opened(batch, since)
        return stream.open

    def _spool(self, target: Target, batch: Batch) -> Spool:
        lane = self._streams[target.stream].lane
        self._files += 1
        return Spool(
            str(self._files),
            target,
            self._run,
            version=batch.version,
            file_bytes=self._settings.batch_size_bytes,
            sealed=lambda file: lane.take(batch, file),
            fingerprint=batch.mode is Mode.SWAP,
        )

    def _flush(self, stream: Stream) -> None:
        if stream.open is None or not stream.block.records:
            return
        block, stream.block = stream.block, Block()
        stream.open.records += len(block.records)
        stream.last_record = block.lines[-1]
        self._convert(stream.open.spool.write, block)

    def _commit(self, stream: Stream) -> None:
        """End the open batch and send it on its way; the lane tells when it is committed."""
        self._flush(stream)
        opened, stream.open = stream.open, None
        if opened is None:
            return
        if opened.batch.mode is Mode.SWAP:
            stream.activated(opened.batch.version)
        self._convert(self._finish, stream, opened)

    @staticmethod
    def _finish(stream: Stream, opened: Open) -> None:
        opened.spool.seal()
        target = opened.batch.target
        shape = f"{target.columns}{target.keys}{opened.spool.fingerprint}"
        stream.lane.finish(opened.batch, opened.spool.rows, hashlib.sha256(shape.encode()).hexdigest()[:32])

    def _abandon(self, stream: Stream, opened: Open) -> None:
        stream.open, stream.block = None, Block()
        self._pending.discard(opened.batch)
        self._ledger.closed(opened.batch)
        self._convert(opened.spool.seal)
        self._convert(stream.lane.submit, opened.batch.discard)

    def _commit_older_than(self, seconds: float) -> None:
        """Commit everything that may be committed, once the oldest of it is that old."""
        waiting = [s for s in self._streams.values() if s.open is not None and s.open.batch.mode is not Mode.SWAP]
        if waiting and time.monotonic() - min(s.open.since for s in waiting if s.open) >= seconds:
            for stream in waiting:
                self._commit(stream)

    def _patience(self) -> float | None:
        """Seconds until something has to be committed although nothing is read."""
        since = [
            s.open.since for s in self._streams.values() if s.open is not None and s.open.batch.mode is not Mode.SWAP
        ]
        if not since:
            return None
        return max(0.0, min(since) + self._settings.commit_after_seconds - time.monotonic())

    def _end(self) -> list[str]:
        """The input has ended: commit the rest; one line for each full table that is not known to be complete."""
        incomplete = []
        line, state = self._last_state
        for name, stream in self._streams.items():
            opened = stream.open
            if opened is None:
                continue
            self._flush(stream)
            complete = opened.announced and line > max(stream.last_record, opened.line)
            if opened.batch.mode is not Mode.SWAP or (complete and not in_progress(state, name)):
                self._commit(stream)
                continue
            self._pending.discard(opened.batch)
            incomplete.append(
                f"stream {name}: the input ended before its full table was complete "
                "(no ACTIVATE_VERSION after its records, no final STATE); the table stays as it was"
            )
        return incomplete

    # Other threads

    def _convert(self, task: Callable[..., Any], *args: Any) -> None:
        while not self._converter.offer(task, args):
            self._listen(0)

    def _listen(self, timeout: float | None) -> None:
        """Hear what the other threads tell; raises what they failed with."""
        if timeout is None:
            self._events.wait()
        for event in self._events.all():
            if not isinstance(event, Batch):
                raise event
            self._committed(event)
            self._write_state()

    def _committed(self, batch: Batch) -> None:
        self._pending.discard(batch)
        self._ledger.closed(batch)

    def _write_state(self) -> None:
        value = self._ledger.ready()
        if value is None:
            return
        data = value + b"\n"
        try:
            while data:
                data = data[os.write(1, data) :]
        except OSError as error:
            raise TargetError(f"cannot write STATE to stdout: {error.strerror}") from None


def run(settings: Settings, fd: int) -> None:
    """Load everything that ``fd`` brings.

    Raises:
        TargetError: see its ``exit_code``.
    """
    events, stopping = Events(), threading.Event()

    stopped: list[StoppedError] = []

    def stop(signum: int, _frame: Any) -> None:
        stopping.set()
        stopped.append(StoppedError(signum))
        events.tell(stopped[0])

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop)
    try:
        folder = Path(tempfile.mkdtemp(prefix="target-bigquery-", dir=settings.staging_dir or None))
    except OSError as error:
        raise TargetError(f"cannot write staged files: {error.strerror}; set staging_dir") from None
    try:
        Loader(settings, events, stopping, folder).run(fd)
    except TargetError:
        if stopped:  # what failed because of the signal is not the news
            raise stopped[0] from None
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
