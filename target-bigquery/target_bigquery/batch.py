"""One batch of one stream: files into a staging table, and from there one statement into the live table."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from target_bigquery import rejected
from target_bigquery.errors import TargetError
from target_bigquery.job import Started, job_id
from target_bigquery.staging import staged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from google.cloud import bigquery

    from target_bigquery.lane import Lane
    from target_bigquery.live import Live
    from target_bigquery.stage import File, Written
    from target_bigquery.tables import Target

log = logging.getLogger("target-bigquery")

UPLOADS = threading.Semaphore(2)  # files of which a part is in memory, see ``connection.UPLOAD``
SMALL = 1 << 20  # bytes of a file that goes up at any time
JOBS_AHEAD = 3  # load jobs of one batch that BigQuery works on while the next file goes up


class Mode(Enum):
    """How a batch gets into the live table."""

    APPEND = "append"
    UPSERT = "upsert"
    SWAP = "swap"


@dataclass
class Result:
    """What one stream cost and brought."""

    records: int = 0
    rows: int = 0
    bytes: int = 0
    loads: int = 0
    commits: int = 0
    unchanged: int = 0
    rejected: int = 0
    erased: int = 0


class Batch:
    """Staged rows on their way; every method runs on the lane's thread."""

    def __init__(self, lane: Lane, target: Target, mode: Mode, version: int | None, serial: int) -> None:
        self._lane, self.warehouse = lane, lane.warehouse
        self.target, self.mode, self.version, self.serial = target, mode, version, serial
        self.result = Result()
        self._files: list[File] = []  # held back
        self._staging: bigquery.Table | None = None
        self._started: deque[tuple[Started, File]] = deque()
        self._hold: bool | None = None

    @property
    def live(self) -> Live:
        """The stream's table, which the lane opened before its first batch."""
        return self._lane.live.result()

    def take(self, file: File) -> None:
        """A file is complete: load it now, or hold it while it may turn out to be what the table already has."""
        if self._hold is None:
            self._hold = self.mode is Mode.SWAP and self.live.labelled
        if self._hold:
            self._files.append(file)
        else:
            self._load(file)

    def widen(self, target: Target) -> None:
        """The stream got more columns while a snapshot is being staged, or wider ones.

        Raises:
            NotWidenedError: BigQuery does not let a column become wider; everything is as it was.
        """
        if self._files:  # they have the columns of before: into the staging table before it gets the new ones
            self._hold = False
            self._load_held()
        if self.mode is not Mode.SWAP:
            self.live.fit(target)
        if self._staging is not None:
            self._staging = self.warehouse.fit(self._staging.table_id, target.stream, staged(target.columns))
        self.target = target

    def _load(self, file: File) -> None:
        if self._staging is None:
            if self.mode is not Mode.SWAP:
                self.live.fit(self.target)
            self._staging = self.warehouse.staging.new(self.target.table, self.serial, self.target.columns)
        while len(self._started) >= JOBS_AHEAD:
            self._finish_one()
        size = file.path.stat().st_size
        with UPLOADS if size > SMALL else contextlib.nullcontext():
            id_ = job_id(self._staging.table_id, file.content)
            started = self.warehouse.jobs.load(id_, file.path, self._staging, self.target.stream)
            self._started.append((started, file))
        self.result.bytes += size

    def _load_held(self) -> None:
        held, self._files = self._files, []
        for file in held:
            self._load(file)

    def _finish_one(self) -> None:
        started, file = self._started.popleft()
        started.finish()
        self.result.rows += file.rows
        self.result.loads += 1
        file.path.unlink()

    def finish(self, written: Written) -> None:
        """Commit: one atomic statement, and none where nothing changes.

        Raises:
            TargetError: the live table was left as it was.
        """
        self.result.records, self.result.erased = written.records, written.erased
        if written.rejected:
            self._reject(written.rejected)
        if self.mode is Mode.SWAP and self.live.holds(self.target, written.fingerprint, self.version):
            self.result.unchanged = written.records
            self.discard()
            return
        self._load_held()
        staging = self._settle(written.records)
        live, id_ = self.live, job_id(staging)
        live.claim(id_)
        statement = self._statement(staging, written)
        self.warehouse.jobs.query(id_, statement, self.target.stream)
        self.result.commits += 1
        live.changed()
        if self.mode is Mode.SWAP:
            live.remember(written.fingerprint, self.version)
        self.discard()

    def _reject(self, paths: Sequence[Path]) -> None:
        """Load the refused records into their table, before anything says that they were read."""
        self.live.refresh()
        self.live.check_erasures()
        table = self.warehouse.live(rejected.target(self.target))
        for path in paths:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            with UPLOADS:
                started = self.warehouse.jobs.load(job_id(table.table_id, content), path, table, self.target.stream)
            self.result.rejected += int(started.finish().output_rows)
            path.unlink()
        log.warning("stream %s: %d records are in %s", self.target.stream, self.result.rejected, table.table_id)

    def _statement(self, staging: str, written: Written) -> str:
        """The one statement of the commit. Appended tables are logs: a tombstone is a row of them."""
        target, live = self.target, self.live
        deleted = target.deleted if written.deleted else None
        if self.mode is Mode.SWAP:
            return live.swap_statement(target, staging, deleted if target.hard_delete else None)
        if self.mode is Mode.UPSERT:
            return live.upsert_statement(target, staging, deleted, written.bounds)
        return live.append_statement(target, staging)

    def _settle(self, records: int) -> str:
        """Wait until every record is in the staging table; its path."""
        if self._staging is None and records == 0:  # a full table without rows
            self._staging = self.warehouse.staging.new(self.target.table, self.serial, self.target.columns)
        while self._started:
            self._finish_one()
        if self._staging is None or self.result.rows != records:
            raise TargetError(
                f"staging table of stream {self.target.stream} has {self.result.rows} rows, {records} were sent"
            )
        return self.warehouse.path(self._staging.table_id)

    def discard(self) -> None:
        """Forget what is staged."""
        for file in self._files:
            file.path.unlink(missing_ok=True)
        self._files = []
        if self._staging is not None:
            self.warehouse.staging.drop(self._staging)
