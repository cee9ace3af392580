"""The report of a run, as JSON: a file beside the tap's, for whoever sums up both halves. The README has its form."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from target_bigquery.errors import ConfigError, StoppedError, TargetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from target_bigquery.convert import Run
    from target_bigquery.jobs import Jobs
    from target_bigquery.settings import Settings
    from target_bigquery.stream import Stream

NAME = "target-bigquery"
KEPT = 100  # reports in one folder
HOOKS = "target_bigquery.reported"  # entry points: functions of the folder, called when a report is in it

log = logging.getLogger(NAME)


class StreamReport(msgspec.Struct, frozen=True, kw_only=True):
    """One stream; the counts are those of its line in the log."""

    name: str
    started: datetime
    ended: datetime | None  # when the last batch was committed
    records: int
    committed: int
    unchanged: int
    rejected: int
    erased: int
    bytes: int
    load_jobs: int
    query_jobs: int
    bytes_billed: int
    slot_ms: int


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """One run; ``state`` is ok, failed or interrupted."""

    target: str
    version: str
    run: str
    dataset: str
    started: datetime
    ended: datetime
    state: str
    error: str
    exit_code: int
    load_jobs: int
    query_jobs: int
    bytes_billed: int
    slot_ms: int
    streams: list[StreamReport]


@dataclass
class Work:
    """What there is to report of, as soon as there is."""

    run: Run
    streams: Mapping[str, Stream] = field(default_factory=dict)
    jobs: Jobs | None = None


@contextmanager
def reported(settings: Settings, work: Work) -> Iterator[None]:
    """Write the report of what runs inside, however it ends, if the setting ``report_dir`` says where.

    Raises:
        ConfigError: there cannot be such a folder.
    """
    if not settings.report_dir:
        yield
        return
    if "://" in settings.report_dir:
        raise ConfigError(f"report_dir {settings.report_dir}: name a folder; mount a bucket as one")
    folder, started = Path(settings.report_dir), datetime.now(UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"report_dir {folder}: {error.strerror}") from None
    end = ("ok", "", 0)
    try:
        yield
    except BaseException as error:
        end = _end(error)
        raise
    finally:
        try:
            _write(folder, _report(settings, work, started, end))
        except OSError as error:
            log.error("no run report was written: report_dir %s: %s", folder, error.strerror)  # noqa: TRY400
        else:
            _tell(folder)


def _end(error: BaseException) -> tuple[str, str, int]:
    if isinstance(error, TargetError):
        return "interrupted" if isinstance(error, StoppedError) else "failed", str(error), error.exit_code
    return "failed", f"see the log: {type(error).__name__}", 1


def _report(settings: Settings, work: Work, started: datetime, end: tuple[str, str, int]) -> RunReport:
    state, error, exit_code = end
    jobs = work.jobs.counts if work.jobs else Counter()
    return RunReport(
        target=NAME,
        version=version(NAME),
        run=work.run.id,
        dataset=f"{settings.project}.{settings.dataset}",
        started=started,
        ended=datetime.now(UTC),
        state=state,
        error=error,
        exit_code=exit_code,
        **_cost(jobs),
        streams=[_stream(name, stream, work.jobs) for name, stream in work.streams.items()],
    )


def _stream(name: str, stream: Stream, jobs: Jobs | None) -> StreamReport:
    lane = stream.lane
    return StreamReport(
        name=name,
        started=lane.opened,
        ended=lane.committed,
        records=lane.result.records,
        committed=lane.result.rows,
        unchanged=lane.result.unchanged,
        rejected=lane.result.rejected,
        erased=lane.result.erased,
        bytes=lane.result.bytes,
        **_cost(jobs.of_streams[name] if jobs else Counter()),
    )


def _cost(counts: Counter[str]) -> dict[str, int]:
    return {
        "load_jobs": counts["load"],
        "query_jobs": counts["query"],
        "bytes_billed": counts["bytes_billed"],
        "slot_ms": counts["slot_ms"],
    }


def _tell(folder: Path) -> None:
    """Call the hooks. What was loaded is loaded, whatever becomes of them."""
    for hook in entry_points(group=HOOKS):
        try:
            hook.load()(folder)
        except Exception as error:  # noqa: BLE001 - of a package that this one does not know
            log.warning("report_dir %s: hook %s failed (%s): %s", folder, hook.name, hook.value, type(error).__name__)


def _write(folder: Path, report: RunReport) -> None:
    """Write the file whole, and let the oldest go."""
    path = folder / f"{NAME}-{report.started:%Y%m%dT%H%M%S}.{report.started.microsecond:06}Z.json"
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    part.replace(path)
    for old in sorted(folder.glob(f"{NAME}-*Z.json"))[:-KEPT]:
        old.unlink(missing_ok=True)
