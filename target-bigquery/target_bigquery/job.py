"""One job that runs once: the id is made from what it does, so a repeat finds the first one."""

from __future__ import annotations

import hashlib
import logging
import time
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions as api

from target_bigquery.errors import TargetError
from target_bigquery.failures import RETRYABLE_REASONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_bigquery.jobs import Jobs

log = logging.getLogger("target-bigquery")


def job_id(*parts: str) -> str:
    """A job id for what ``parts`` say, the staging table's unique name among them."""
    return "target_bigquery_" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


class JobFailedError(TargetError):
    """BigQuery ran a job and it failed; the job did nothing."""

    def __init__(self, kind: str, error: dict[str, Any]) -> None:
        super().__init__(f"{kind} job failed: {' '.join(str(error.get('message')).split())[:500]}")
        # BigQuery docs, DML: statements that conflict are retried by BigQuery itself, then fail with this text.
        conflict = "concurrent update" in str(error.get("message"))
        self.reason = error.get("reason")
        self.retryable = conflict or self.reason in RETRYABLE_REASONS


class NotWidenedError(TargetError):
    """A column stays as it was."""


class Started:
    """A job that was started and is not yet known to have ended."""

    def __init__(self, jobs: Jobs, id_: str, kind: str, stream: str, submit: Callable[..., Any]) -> None:
        self._jobs, self._id, self._kind, self._stream, self._submit = jobs, id_, kind, stream, submit
        self._attempt = 0
        self._job = self._start()

    def _start(self) -> Any:
        """Start the job, or find the one that a lost answer had started."""
        name = f"{self._id}_{self._attempt}"
        try:
            return self._jobs.call(self._submit, name)
        except api.Conflict:
            log.info("job %s had already arrived; following it", name)
            return self._jobs.get_job(name)

    def finish(self) -> Any:
        """Wait for the end. A job that failed did nothing; it runs again, under a new id, where that may help.

        Raises:
            JobFailedError: it failed for good.
        """
        deadline = time.monotonic() + self._jobs.retry_seconds
        while True:
            try:
                job = self._wait()
            except JobFailedError as error:
                if not error.retryable or time.monotonic() > deadline or self._jobs.stopping.is_set():
                    raise
                self._attempt += 1
                self._jobs.stopping.wait(min(20, 0.2 * 2**self._attempt))
                self._job = self._start()
            else:
                self._jobs.count(self._kind, self._stream, job)
                return job

    def _wait(self) -> Any:
        pause = 0.1
        while self._job.state != "DONE":
            time.sleep(pause)  # after a signal, too: what BigQuery works on is waited for
            pause = min(2, pause * 1.5)
            self._job = self._jobs.get_job(self._job.job_id)
        if self._job.error_result:
            raise JobFailedError(self._kind, self._job.error_result)
        return self._job
