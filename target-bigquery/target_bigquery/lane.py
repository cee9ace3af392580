"""One stream's way into its live table: batches in order, on a thread of their own."""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions as api
from google.cloud import bigquery

from target_bigquery import commit
from target_bigquery.errors import TargetError
from target_bigquery.load import LABELS, Started, explain, job_id
from target_bigquery.tables import ATTEMPTS, VERSION_LABEL, Target, Warehouse, staged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

log = logging.getLogger("target-bigquery")

UPLOADS = threading.Semaphore(3)  # files in memory at once: the client reads up to 100 MB of a file at a time
SETTLING = 10_000  # milliseconds in which a commit gets its labels
FILES_AHEAD = 8  # of one stream, on disk and not yet sent
JOBS_AHEAD = 3  # load jobs of one batch that BigQuery works on while the next file goes up


class Mode(Enum):
    """How a batch gets into the live table."""

    APPEND = "append"
    UPSERT = "upsert"
    SWAP = "swap"


@dataclasses.dataclass
class Result:
    """What one stream cost and brought."""

    records: int = 0
    rows: int = 0
    bytes: int = 0
    loads: int = 0
    commits: int = 0
    unchanged: int = 0


class Batch:
    """Staged rows on their way; every method runs on the lane's thread."""

    def __init__(self, warehouse: Warehouse, target: Target, mode: Mode, version: int | None, serial: int) -> None:
        self.warehouse, self.target, self.mode, self.version, self.serial = warehouse, target, mode, version, serial
        self.result = Result()
        self._files: list[tuple[Path, str]] = []  # held back
        self._staging: bigquery.Table | None = None
        self._started: deque[tuple[Started, Path]] = deque()
        self._hold: bool | None = None

    def take(self, path: Path, content: str) -> None:
        """A file is complete: load it now, or hold it while it may turn out to be what the table already has."""
        if self._hold is None:
            live = self.warehouse.get(self.target.table)
            self._hold = self.mode is Mode.SWAP and "singer_snapshot" in live.labels
        if self._hold:
            self._files.append((path, content))
        else:
            self._load(path, content)

    def widen(self, target: Target) -> None:
        """The stream got more columns while a snapshot is being staged."""
        if self._files:  # they have the columns of before: into the staging table before it gets the new ones
            self._hold = False
            self._load_held()
        self.target = target
        if self._staging is not None:
            self._staging = self.warehouse.fit(self._staging.table_id, staged(target.columns))

    def _load(self, path: Path, content: str) -> None:
        if self._staging is None:
            if self.mode is not Mode.SWAP:
                self.warehouse.fit(self.target.table, self.target.columns)
            self._staging = self.warehouse.staging(self.target.table, self.serial, self.target.columns)
        while len(self._started) >= JOBS_AHEAD:
            self._finish_one()
        options = bigquery.ParquetOptions()  # type: ignore[no-untyped-call]
        options.enable_list_inference = True  # a list is a REPEATED column, not a RECORD with "list.item"
        config = bigquery.LoadJobConfig(
            schema=self._staging.schema,
            source_format=bigquery.SourceFormat.PARQUET,
            parquet_options=options,
            create_disposition=bigquery.CreateDisposition.CREATE_NEVER,
            write_disposition=bigquery.WriteDisposition.WRITE_APPEND,
            labels=LABELS,
        )
        with UPLOADS:
            id_ = job_id(self._staging.table_id, content)
            self._started.append((self.warehouse.jobs.load(id_, path, self._staging, config), path))
        self.result.bytes += path.stat().st_size

    def _load_held(self) -> None:
        held, self._files = self._files, []
        for path, content in held:
            self._load(path, content)

    def _finish_one(self) -> None:
        started, path = self._started.popleft()
        self.result.rows += started.finish().output_rows
        self.result.loads += 1
        path.unlink()

    def finish(self, records: int, fingerprint: str) -> None:
        """Commit: one atomic statement, and none where nothing changes.

        Raises:
            TargetError: the live table was left as it was.
        """
        self.result.records = records
        if self.mode is Mode.SWAP:
            self._finish_swap(records, f"{fingerprint[:32]}")
        else:
            staging = self._settle(records)
            self._unmark()
            live, columns = self.warehouse.path(self.target.table), self.target.columns
            self._commit(
                commit.upsert(live, columns, self.target.keys, staging)
                if self.mode is Mode.UPSERT
                else commit.append(live, columns, staging)
            )
        self.discard()

    def _finish_swap(self, records: int, fingerprint: str) -> None:
        live = self.warehouse.get(self.target.table)
        plan = self.warehouse.plan(live, self.target.columns)
        same_columns = not (plan.changed or plan.widened or plan.refused or plan.surplus)
        if same_columns and unchanged(live, fingerprint) and self._mark(live, fingerprint):
            self.result.unchanged = records
            return
        self._load_held()
        staging = self._settle(records)
        self._unmark()
        live_path = self.warehouse.path(self.target.table)
        if plan.refused or plan.surplus:
            statement = self._recreate(live_path, staging)
        else:
            self.warehouse.fit(self.target.table, self.target.columns)
            statement = commit.swap(live_path, self.target.columns, self.target.keys, staging)
        job = self._commit(statement)
        now = self.warehouse.get(self.target.table)
        inserted = job.dml_stats.inserted_row_count if job.dml_stats else now.num_rows
        # With a repeated key the order of the records matters, which the fingerprint does not tell.
        self._mark(now, fingerprint if inserted == records else None)

    def _unmark(self) -> None:
        """The table is about to change: take away the labels that say what it holds."""
        for _ in range(ATTEMPTS):
            table = self.warehouse.get(self.target.table)
            if self.warehouse.label(table, dict.fromkeys(commit.SNAPSHOT_LABELS)):
                return
        raise TargetError(f"table {self.target.table} is being changed by somebody else; try again")

    def _mark(self, table: bigquery.Table, fingerprint: str | None) -> bool:
        """Label the table as read with what it holds; False if it has changed since it was read."""
        labels: dict[str, str | None] = {}
        if fingerprint:
            labels |= {"singer_snapshot": fingerprint, "singer_rows": str(table.num_rows)}
        if self.version is not None:
            labels[VERSION_LABEL] = str(self.version)
        if all(table.labels.get(k) == v for k, v in labels.items()):
            return True
        return self.warehouse.label(table, {**labels, "singer_committed": str(milliseconds(table))})

    def _recreate(self, path: str, staging: str) -> str:
        table = self.warehouse.get(self.target.table).to_api_repr()
        tagged = [f["name"] for f in table["schema"]["fields"] if f.get("policyTags")]
        where = f"table {self.target.table} has to be recreated with other columns, but"
        if tagged:
            raise TargetError(f"{where} {', '.join(tagged)} carry policy tags that would be lost: change it by hand")
        try:
            return commit.recreate(path, table, self.target.columns, self.target.keys, staging)
        except ValueError as error:
            raise TargetError(f"{where} it {error}: change it by hand") from None

    def _settle(self, records: int) -> str:
        """Wait until every record is in the staging table; its path."""
        if self._staging is None and records == 0:  # a full table without rows
            self._staging = self.warehouse.staging(self.target.table, self.serial, self.target.columns)
        while self._started:
            self._finish_one()
        if self._staging is None or self.result.rows != records:
            raise TargetError(
                f"staging table of stream {self.target.stream} has {self.result.rows} rows, {records} were sent"
            )
        return self.warehouse.path(self._staging.table_id)

    def _commit(self, statement: str) -> Any:
        assert self._staging is not None  # noqa: S101
        self.result.commits += 1
        return self.warehouse.jobs.query(job_id(self._staging.table_id, statement), statement)

    def discard(self) -> None:
        """Forget what is staged."""
        for path, _ in self._files:
            path.unlink(missing_ok=True)
        self._files = []
        if self._staging is not None:
            self.warehouse.drop(self._staging)


def unchanged(live: bigquery.Table, fingerprint: str) -> bool:
    """Does the table hold just these records? Any doubt is a no.

    The labels are removed before the target changes the table and set after it; a change by
    anybody else shows in the time of the last modification (BigQuery: metadata counts, too), or in the rows.
    """
    labels = live.labels
    committed = labels.get("singer_committed", "")
    if not committed.isdigit() or live.modified is None:
        return False
    return (
        labels.get("singer_snapshot") == fingerprint
        and labels.get("singer_rows") == str(live.num_rows)
        and milliseconds(live) <= int(committed) + SETTLING
    )


def milliseconds(table: bigquery.Table) -> int:
    """The last modification by BigQuery's clock, since 1970."""
    return int(table.modified.timestamp() * 1000)


class Lane:
    """Runs the batches of a stream one after the other."""

    def __init__(
        self,
        warehouse: Warehouse,
        target: Target,
        done: Callable[[Any], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=target.stream)
        self._done, self._failed = done, failed
        self._warehouse = warehouse
        self._broken = False
        self._room = threading.Semaphore(FILES_AHEAD)
        self.result = Result()
        self.live: Future[bigquery.Table] = self._pool.submit(self._guarded, warehouse.live, target)

    def submit(self, task: Callable[..., Any], *args: Any) -> None:
        """Do this after everything before it, unless the run has failed by then."""
        self._pool.submit(self._guarded, task, *args)

    def take(self, batch: Batch, path: Path, content: str) -> None:
        """Load a file; waits while too many wait already, so that the disk holds no more than that."""
        while not self._room.acquire(timeout=0.5):
            if self._warehouse.jobs.stopping.is_set():
                return

        def load() -> None:
            try:
                batch.take(path, content)
            finally:
                self._room.release()

        self.submit(load)

    def finish(self, batch: Batch, records: int, fingerprint: str) -> None:
        """Commit a batch after its files, and tell."""

        def last() -> None:
            batch.finish(records, fingerprint)
            for field in dataclasses.fields(Result):
                total = getattr(self.result, field.name) + getattr(batch.result, field.name)
                setattr(self.result, field.name, total)
            self._done(batch)

        self.submit(last)

    def _guarded(self, task: Callable[..., Any], *args: Any) -> Any:
        if self._broken or self._warehouse.jobs.stopping.is_set():
            return None
        try:
            return task(*args)
        except TargetError as error:
            failure: BaseException = error
        except (api.GoogleAPICallError, OSError) as error:
            failure = TargetError(explain(error))
        except BaseException as error:  # noqa: BLE001 (the reading thread raises it)
            failure = error
        self._broken = True  # what follows in this lane must not run on the half that was done
        self._failed(failure)
        return None

    def close(self) -> None:
        """Wait for what runs; what has not begun does not begin."""
        self._pool.shutdown(wait=True, cancel_futures=True)
