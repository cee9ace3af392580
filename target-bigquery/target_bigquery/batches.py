"""The life of the batches: opened with a record, filled, converted, then committed or given up.

Used on the reading thread only. What takes time goes to the converting thread, and from there to the stream's lane.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from target_bigquery import state
from target_bigquery.batch import Batch, Mode
from target_bigquery.block import Block
from target_bigquery.errors import InputError
from target_bigquery.schema import has_properties, widths
from target_bigquery.stage import Spool
from target_bigquery.stream import Open, Stream, merged
from target_bigquery.threads import Converter, Events

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_bigquery.convert import Run
    from target_bigquery.settings import Settings
    from target_bigquery.tables import Target

BUFFERED = 16 << 20  # bytes of raw records of all streams that wait for their block to fill
CHUNKS = 30_000  # of columns, of all open files: a Parquet writer keeps half a kB about each until its file ends


class Batches:
    """The streams, the batch of each that takes records, and the STATEs that wait for them."""

    def __init__(self, settings: Settings, run: Run, events: Events) -> None:
        self._settings, self._run, self._events = settings, run, events
        self.streams: dict[str, Stream] = {}
        self._ledger = state.Ledger()
        self._converter = Converter(events.tell)
        self._serial = self._files = 0
        self._spools: set[Spool] = set()  # that may have an open file

    # One batch

    def open(self, stream: Stream, version: int | None, line: int) -> Open:
        """Begin a batch; one of another kind ends here, and an older snapshot is given up for a newer."""
        mode = stream.mode(version)
        since = line
        if stream.open is not None and stream.open.batch.mode is Mode.SWAP is mode:
            since = min(line, stream.open.line)
            self._abandon(stream, stream.open)
        elif stream.open is not None:
            self.commit(stream)
        self._serial += 1
        target = stream.target = stream.widened(stream.target)
        batch = Batch(stream.lane, target, mode, version, self._serial)
        stream.open = Open(batch, self._spool(stream, target, batch), since)
        stream.version = version
        self._ledger.opened(batch, since)
        return stream.open

    def _spool(self, stream: Stream, target: Target, batch: Batch) -> Spool:
        self._files += 1
        spool = Spool(
            str(self._files),
            target,
            self._run,
            version=batch.version,
            file_bytes=stream.settings.batch_size_bytes,
            file_rows=stream.settings.batch_size_rows,
            sealed=lambda file: stream.lane.take(batch, file),
            widened=lambda wider: self._widened(stream, batch, wider),
            fingerprint=batch.mode is Mode.SWAP,
            erased=stream.lane.warehouse.erasures.of(target.stream, target.columns),
            quarantine=stream.settings.on_invalid_record == "quarantine",
        )
        self._spools.add(spool)
        return spool

    def flush(self, stream: Stream) -> None:
        """Convert the records that the stream's block holds."""
        if stream.open is None or not stream.block.lines:
            return
        block = stream.block
        if not has_properties(stream.target.columns):
            line = block.file[0] if block.file else block.lines[0]
            raise InputError(line, f"stream {stream.target.stream} has records, and no properties in its SCHEMA")
        stream.block = Block(first=block.first + len(block.lines))
        stream.open.records += len(block.lines)
        stream.last_record = block.file[0] if block.file else block.lines[-1]
        self._convert(self._write, stream.open.spool, block)

    def commit(self, stream: Stream) -> None:
        """End the open batch and send it on its way; the lane tells when it is committed."""
        self.flush(stream)
        opened, stream.open = stream.open, None
        if opened is None:
            return
        if opened.batch.mode is Mode.SWAP:
            stream.activated(opened.batch.version)
        self._convert(self._finish, stream, opened)

    def _abandon(self, stream: Stream, opened: Open) -> None:
        stream.open, stream.block = None, Block(first=stream.block.first)
        self._ledger.closed(opened.batch)
        self._convert(opened.spool.drop)
        self._convert(stream.lane.submit, opened.batch.discard)

    def redescribe(self, stream: Stream, target: Target, line: int) -> None:
        """The stream's SCHEMA changed: a snapshot goes on with the columns of both, any other batch ends.

        Raises:
            InputError: a column of a snapshot that is being sent changed its type.
        """
        self.flush(stream)
        if stream.open is not None and stream.open.batch.mode is Mode.SWAP:
            target = merged(stream.widened(stream.target), stream.widened(target), line)
            old, batch = stream.open.spool, stream.open.batch
            stream.open.spool = self._spool(stream, target, batch)
            self._convert(old.seal)
            self._convert(stream.open.spool.follow, old)
            self._convert(lambda spool: stream.lane.submit(batch.widen, spool.target), stream.open.spool)
        elif stream.open is not None:
            self.commit(stream)
        stream.target = target

    # All of them

    def make_room(self, now: float) -> None:
        """Note when the blocks were read, and convert the largest while all together are too large."""
        filling = [s for s in self.streams.values() if s.block.lines]
        for stream in filling:
            stream.block.received = now
        while sum(s.block.size for s in filling) >= BUFFERED:
            self.flush(max(filling, key=lambda s: s.block.size))

    def _waiting(self) -> list[tuple[float, Stream]]:
        """Since when the batches wait that may be committed at any time; snapshots may not."""
        opened = ((s, s.open) for s in self.streams.values() if s.open is not None)
        return [(o.since, s) for s, o in opened if o.batch.mode is not Mode.SWAP]

    def commit_older_than(self, seconds: float) -> None:
        """Commit everything that may be committed, once the oldest of it is that old."""
        waiting = self._waiting()
        if waiting and time.monotonic() - min(since for since, _ in waiting) >= seconds:
            for _, stream in waiting:
                self.commit(stream)

    def due(self) -> bool:
        """Is it time to commit at the next STATE?"""
        patience = self.patience()
        return patience is not None and patience <= 0

    def patience(self) -> float | None:
        """Seconds until something has to be committed although nothing is read."""
        waiting = self._waiting()
        if not waiting:
            return None
        oldest = min(since for since, _ in waiting)
        return max(0.0, oldest + self._settings.commit_after_seconds - time.monotonic())

    def end(self, line: int, value: bytes) -> list[str]:
        """The input has ended, its last STATE ``value`` on ``line``: commit everything and wait for it.

        Returns one line for each full table that is not known to be complete, and so stays as it was.
        """
        incomplete: dict[Batch, str] = {}
        for name, stream in self.streams.items():
            opened = stream.open
            if opened is None:
                continue
            self.flush(stream)
            complete = opened.announced and line > max(stream.last_record, opened.line)
            if opened.batch.mode is not Mode.SWAP or (complete and not state.in_progress(value, name)):
                self.commit(stream)
                continue
            incomplete[opened.batch] = (
                f"stream {name}: the input ended before its full table was complete "
                "(no ACTIVATE_VERSION after its records, no final STATE); the table stays as it was"
            )
        while self._ledger.pending - incomplete.keys():
            self._events.wait()
            self.listen()
        return list(incomplete.values())

    def close(self, *, drop: bool) -> None:
        """End the other threads; what they still committed lets STATE out."""
        self._converter.close(drop=drop)
        for stream in self.streams.values():
            stream.lane.close()
        for spool in self._spools:
            spool.drop()
        for event in self._events.all():
            if isinstance(event, Batch):
                self._ledger.closed(event)
        self.write_state()

    # STATE

    def state(self, line: int, value: bytes) -> None:
        """A STATE was read: it may be time to commit, and it leaves as soon as it is true."""
        self._ledger.state(line, value)
        self.commit_older_than(self._settings.commit_after_seconds)
        self.write_state()

    def write_state(self) -> None:
        """Write the newest STATE that is true, if there is one that was not written."""
        value = self._ledger.ready()
        if value is not None:
            state.write(value)

    def listen(self) -> None:
        """Hear what the other threads tell; raises what they failed with."""
        for event in self._events.all():
            if not isinstance(event, Batch):
                raise event
            self._ledger.closed(event)
            self.write_state()

    def _convert(self, task: Callable[..., Any], *args: Any) -> None:
        while not self._converter.offer(task, args):
            self.listen()

    def _write(self, spool: Spool, block: Block) -> None:
        """On the converting thread: add a block, and end files while all together hold too many."""
        spool.write(block)
        while sum(s.chunks for s in list(self._spools)) > CHUNKS:
            max(list(self._spools), key=lambda s: s.chunks).seal()

    def _widened(self, stream: Stream, batch: Batch, target: Target) -> bool:
        """On the converting thread: a number needs a wider column, in this batch and those after it. May it be so?"""
        stream.widens = stream.widens and stream.lane.allows(batch.widen, target)
        if stream.widens:
            stream.wide = widths(target.columns)
        return stream.widens

    def _finish(self, stream: Stream, opened: Open) -> None:
        """On the converting thread, after the batch's last block."""
        opened.spool.seal()
        self._spools.discard(opened.spool)
        target, written = opened.spool.target, opened.spool.written
        shape = f"{target.columns}{target.keys}{target.hard_delete}{written.fingerprint}"
        fingerprint = hashlib.sha256(shape.encode()).hexdigest()[:32]
        rejected = opened.spool.rejected.close() if opened.spool.rejected else None
        stream.lane.finish(opened.batch, replace(written, fingerprint=fingerprint, rejected=rejected))
