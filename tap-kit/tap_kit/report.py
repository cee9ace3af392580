"""The run report: one JSON file and one page for each run, and `python -m tap_kit.report FOLDER` for an index of them.

A report holds names, counts, moments and one-line errors: no value of a record, no secret, no query.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tap_kit.ending import Ending, State, ending
from tap_kit.errors import ConfigError, StreamsSkippedError
from tap_kit.redact import redacted
from tap_kit.report_index import INDEX, connections, index_page
from tap_kit.report_page import run_page
from tap_kit.tally import Mark  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.columns import Drift
    from tap_kit.stream import TableStream
    from tap_kit.tally import Tally
    from tap_kit.tap import TableTap


class Fault(msgspec.Struct, frozen=True):
    """What a column and the vendor do not agree about.

    Attributes:
        kind: `undeclared` (no schema has it), `withheld` (declared and sent, but not chosen), `missing` (chosen, and
            in no record that came), `unfit` (values that their column cannot take) or `no right` (values that the
            credentials may not see).
        column: the path of names, with dots.
        type: of an undeclared field, what came; of an unfit one, what was expected.
        times: how often, where that is counted.
    """

    kind: str
    column: str
    type: str = ""
    times: int = 0


class StreamReport(msgspec.Struct, frozen=True, kw_only=True):
    """One stream of a run; the counts are those of `tap_kit.tally.Tally`.

    Attributes:
        state: `read`, `in part` (some of its parts were refused), `skipped`, `not begun`, or as the run ended in it.
        received: records on the pages that came; a page that was asked for twice counts twice.
    """

    name: str
    state: str
    started: datetime | None
    seconds: float
    requests: int
    retries: int
    limited: int
    received: int
    before_start: int
    rows: int
    deleted: int
    announced: int | None
    listed: int
    before: Mark
    after: Mark
    refused: dict[str, int]
    drift: list[Fault]


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    Attributes:
        state: `ok`, `failed` or `interrupted`.
        error: why, in one line.
        limited: how often the vendor answered 429.
        waited: seconds that requests waited for the rate limit, all added up.
    """

    tap: str
    version: str
    started: datetime
    ended: datetime
    state: State
    error: str
    exit_code: int
    requests: int
    retries: int
    limited: int
    waited: float
    streams: list[StreamReport]

    @property
    def name(self) -> str:
        """The name of the report's files, which sort as the runs began."""
        return f"{self.tap}-{self.started:%Y%m%dT%H%M%S}.{self.started.microsecond:06}Z"


@contextmanager
def reported(tap: TableTap) -> Iterator[None]:
    """Write the report of what runs inside, however it ends, if the setting `report_dir` says where.

    Raises:
        ConfigError: there cannot be such a folder.
    """
    if not (where := tap.config.get("report_dir")):
        yield
        return
    folder, started = Path(where), datetime.now(UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"report_dir {where}: {error.strerror}") from error
    end = Ending("ok", "", 0)
    try:
        yield
    except BaseException as error:
        own = Ending("failed", f"a mistake of the tap itself, see the log: {type(error).__name__}", 1)
        end = ending(error) or own
        if isinstance(error, StreamsSkippedError):  # its line tells the parts of streams by values
            end = end._replace(line=f"not read: {', '.join(s.name for s in tap.table_streams if s.tally.refused)}")
        raise
    finally:
        try:
            _write(folder, _report(tap, started, end))
        except OSError as error:
            tap.logger.error("No run report was written: report_dir %s: %s", where, error.strerror)  # noqa: TRY400


def _report(tap: TableTap, started: datetime, end: Ending) -> RunReport:
    counts = tap.client.counts
    return RunReport(
        tap=tap.name,
        version=tap.plugin_version,
        started=started,
        ended=datetime.now(UTC),
        state=end.state,
        error=redacted(end.line),
        exit_code=end.exit_code,
        requests=counts["requests"],
        retries=counts["retries"],
        limited=counts["429"],
        waited=round(tap.client.limiter.waited, 3),
        streams=[_stream(stream, end) for stream in tap.table_streams],
    )


def _stream(stream: TableStream, end: Ending) -> StreamReport:
    tally = stream.tally
    return StreamReport(
        name=stream.name,
        state=_state(tally, end),
        started=tally.started,
        seconds=round(tally.seconds, 3),
        requests=tally.spent["requests"],
        retries=tally.spent["retries"],
        limited=tally.spent["429"],
        received=tally.spent["records"],
        before_start=tally.before_start,
        rows=tally.rows,
        deleted=tally.deleted,
        announced=tally.announced,
        listed=tally.listed,
        before=tally.before if tally.started else stream.mark,
        after=stream.mark if end.state == "interrupted" or not tally.started else tally.saved,
        refused={redacted(reason): times for reason, times in tally.refused.items()},
        drift=list(_faults(stream.drift)),
    )


def _state(tally: Tally, end: Ending) -> str:
    if tally.complete:
        return "in part" if tally.refused else "read"
    if tally.refused:
        return "skipped"
    return end.state if tally.started else "not begun"


def _faults(drift: Drift) -> Iterator[Fault]:
    yield from (Fault("undeclared", path, kind, n) for (path, kind), n in sorted(drift.undeclared.items()))
    yield from (Fault("withheld", path) for path in drift.withheld)
    yield from (Fault("missing", path) for path in drift.missing)
    yield from (Fault("unfit", path, kind, n) for (path, kind), n in sorted(drift.unfit.items()))
    yield from (Fault("no right", path, "", n) for path, n in sorted(drift.no_right.items()))


def _write(folder: Path, report: RunReport) -> None:
    """Write the page, and the JSON last: who finds it finds both, and both whole."""
    json = msgspec.json.format(msgspec.json.encode(report))
    for suffix, content in ((".html", run_page(report).encode()), (".json", json)):
        part = folder / f"{report.name}{suffix}.part"
        part.write_bytes(content)
        part.replace(folder / f"{report.name}{suffix}")


def main(folder: str) -> None:
    """Write the index of the reports in a folder and those under it."""
    Path(folder, INDEX).write_text(index_page(connections(Path(folder), msgspec.json.Decoder(RunReport))), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
