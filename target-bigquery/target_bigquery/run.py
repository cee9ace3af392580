"""One run of the target: its parts put together, signals, the staging folder, the end."""

from __future__ import annotations

import logging
import secrets
import shutil
import signal
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from target_bigquery import connection, memory
from target_bigquery.batches import Batches
from target_bigquery.compiled import RECORDS
from target_bigquery.convert import Run
from target_bigquery.datasets import Datasets
from target_bigquery.errors import StoppedError, TargetError
from target_bigquery.jobs import LABELS, Jobs
from target_bigquery.loop import Loop
from target_bigquery.protocol import Protocol
from target_bigquery.report import report
from target_bigquery.run_report import Work, reported
from target_bigquery.threads import Events, Gate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_bigquery.settings import Settings

log = logging.getLogger("target-bigquery")


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
    memory.give_back()
    if not RECORDS:
        log.info("records are read at half the speed: the package was installed without a C compiler")
    work = Work(Run(secrets.token_hex(6), started=int(time.time() * 1e6), folder=folder))
    try:
        with reported(settings, work), _raising(stopped):
            _load(settings, fd, work, events, stopping)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _raising(stopped: Sequence[StoppedError]) -> Iterator[None]:
    """What fails because of a signal is not the news."""
    try:
        yield
    except TargetError:
        if stopped:
            raise stopped[0] from None
        raise


def _load(settings: Settings, fd: int, work: Work, events: Events, stopping: threading.Event) -> None:
    """Read ``fd`` to its end and commit everything.

    Raises:
        TargetError: the run failed; every STATE that was written is true.
    """
    started, run = time.monotonic(), work.run
    jobs = Jobs(
        connection.client(settings),
        settings.retry_seconds,
        stopping,
        labels={**LABELS, "singer_run": run.id},
        maximum_bytes_billed=settings.maximum_bytes_billed,
    )
    datasets = Datasets(jobs, settings, run.id)
    batches = Batches(settings, run, events)
    work.jobs, work.streams = jobs, batches.streams
    large = Gate()
    protocol = Protocol(settings, datasets, events, batches, large)
    loop = Loop(settings, events, batches, protocol, large)
    done = False
    try:
        loop.read(fd)
        incomplete = batches.end(*protocol.last_state)
        if incomplete:
            raise TargetError("; ".join(incomplete))
        done = True
    finally:
        if not done:
            stopping.set()
        batches.close(drop=not done)
        datasets.drop_all()
        report(
            {name: s.lane.result for name, s in batches.streams.items()},
            jobs.counts,
            time.monotonic() - started,
        )
