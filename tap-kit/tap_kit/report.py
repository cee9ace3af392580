"""The run report: one JSON file and one page a run, and `python -m tap_kit.report FOLDER` for an index of many."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tap_kit.ending import Ending, ending
from tap_kit.errors import ConfigError, StreamsSkippedError
from tap_kit.redact import redacted
from tap_kit.report_files import replace, reports, write
from tap_kit.report_index import INDEX, connections, index_page
from tap_kit.report_model import Fault, RunReport, StreamReport
from tap_kit.report_page import run_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.columns import Drift
    from tap_kit.stream import TableStream
    from tap_kit.tally import Tally
    from tap_kit.tap import TableTap


@contextmanager
def reported(tap: TableTap) -> Iterator[None]:
    """Write the report of what runs inside, however it ends, if the setting `report_dir` says where.

    Raises:
        ConfigError: there cannot be such a folder.
    """
    if not (folder := folder_of(tap)):
        yield
        return
    started = datetime.now(UTC)
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
            write(folder, _report(tap, started, end))
            sum_up(folder)
        except OSError as error:
            tap.logger.error("No run report was written: report_dir %s: %s", folder, error.strerror)  # noqa: TRY400


def folder_of(tap: TableTap) -> Path | None:
    """Return the folder of the setting `report_dir`, which is made if it is not there.

    Raises:
        ConfigError: there cannot be such a folder.
    """
    if not (where := tap.config.get("report_dir")):
        return None
    if "://" in where:
        raise ConfigError(f"report_dir {where}: name a folder; where disks do not last, mount the bucket as one")
    try:
        Path(where).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"report_dir {where}: {error.strerror}") from error
    return Path(where)


def last_run(tap: TableTap) -> dict[str, StreamReport]:
    """Return what the newest report of the tap says of each stream, if there is one."""
    where = tap.config.get("report_dir")
    newest = next(reports(Path(where), tap.name), None) if where else None
    return {stream.name: stream for stream in newest.streams} if newest else {}


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
        days_left=tap.api.sign_in.days_left,
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
    yield from (Fault("withheld", path, "", n) for path, n in sorted(drift.withheld.items()))
    yield from (Fault("missing", path) for path in drift.missing)
    yield from (Fault("unfit", path, kind, n) for (path, kind), n in sorted(drift.unfit.items()))
    yield from (Fault("no right", path, "", n) for path, n in sorted(drift.no_right.items()))


def sum_up(folder: Path) -> Path:
    """Write a page about each of the newest runs that left a report in a folder or under it, and one about all.

    A tap calls this when it ends, and so does its target: the page of a run has both halves once both are there. Two
    that end at once may write the same page; so each goes on until what it wrote last is what it would write now.

    Returns:
        Where the page about all is.
    """
    written: dict[Path, str] = {}
    while (pages := _pages(folder)) != written:
        for path in [path for path in pages if pages[path] != written.get(path)]:
            replace(path, pages[path].encode())
        written = pages
    return folder / INDEX


def _pages(folder: Path) -> dict[Path, str]:
    found = connections(folder)
    runs = (run for connection in found for run in connection.runs)
    return {run.page: run_page(run.report, run.load) for run in runs} | {folder / INDEX: index_page(folder, found)}


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path))
def main(folder: Path) -> None:
    """Write index.html: one page about the newest runs that left a report in FOLDER, or in a folder under it."""
    click.echo(sum_up(folder))


if __name__ == "__main__":
    main(prog_name="python -m tap_kit.report")
