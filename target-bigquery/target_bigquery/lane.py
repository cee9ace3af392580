"""One stream's way into its live table: batches in order, on a thread of their own."""

from __future__ import annotations

import dataclasses
import logging
import threading
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions as api

from target_bigquery.batch import Batch, Result
from target_bigquery.errors import TargetError
from target_bigquery.failures import explain
from target_bigquery.job import NotWidenedError
from target_bigquery.live import Live

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_bigquery.stage import File, Written
    from target_bigquery.tables import Target, Warehouse

log = logging.getLogger("target-bigquery")

FILES_AHEAD = 8  # of one stream, on disk and not yet sent


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
        self.warehouse = warehouse
        self._broken = False
        self._room = threading.Semaphore(FILES_AHEAD)
        self.result = Result()
        self.opened = datetime.now(UTC)
        self.committed: datetime | None = None
        self.live: Future[Live] = self._pool.submit(self._guarded, Live, warehouse, target)

    def version(self, stream: str) -> str:
        """The version of the rows of the live table, or nothing; asked for before anything is committed."""
        return self._pool.submit(self._guarded, lambda: self.live.result().version(stream)).result() or ""

    def submit(self, task: Callable[..., Any], *args: Any) -> None:
        """Do this after everything before it, unless the run has failed by then."""
        self._pool.submit(self._guarded, task, *args)

    def allows(self, task: Callable[..., Any], *args: Any) -> bool:
        """Do this after everything before it, and wait: does BigQuery let columns become wider?

        Where the run has failed it does not matter.
        """

        def attempt() -> bool:
            try:
                task(*args)
            except NotWidenedError as error:
                log.warning("%s", error)
                return False
            return True

        try:
            return self._pool.submit(self._guarded, attempt).result() is not False
        except CancelledError:
            return True

    def take(self, batch: Batch, file: File) -> None:
        """Load a file; waits while too many wait already, so that the disk holds no more than that."""
        while not self._room.acquire(timeout=0.5):
            if self.warehouse.jobs.stopping.is_set():
                return

        def load() -> None:
            try:
                batch.take(file)
            finally:
                self._room.release()

        self.submit(load)

    def finish(self, batch: Batch, written: Written) -> None:
        """Commit a batch after its files, and tell."""

        def last() -> None:
            batch.finish(written)
            for field in dataclasses.fields(Result):
                total = getattr(self.result, field.name) + getattr(batch.result, field.name)
                setattr(self.result, field.name, total)
            self.committed = datetime.now(UTC)
            self._done(batch)

        self.submit(last)

    def _guarded(self, task: Callable[..., Any], *args: Any) -> Any:
        if self._broken or self.warehouse.jobs.stopping.is_set():
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
