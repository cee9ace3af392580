"""Many connections on one page: the newest run of each, and how the runs before it ended."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from tap_kit.report_files import read
from tap_kit.report_html import badge, day_and_time, number, page, size, table
from tap_kit.report_load import Load, loads, paired
from tap_kit.times import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tap_kit.ending import State
    from tap_kit.report_model import RunReport

INDEX = "index.html"
_SHOWN = 14  # runs of a connection


class Run(NamedTuple):
    """One run: where its page is, what the tap says of it, and what the target does, if it does."""

    page: Path
    report: RunReport
    load: Load | None

    @property
    def state(self) -> State:
        """How it ended: well only if both halves did."""
        return self.load.state if self.load and self.report.state == "ok" else self.report.state

    @property
    def error(self) -> str:
        """Why it did not end well; where the target failed, the tap's line tells no more than that."""
        return (self.load.error if self.load else "") or self.report.error

    @property
    def seconds(self) -> float:
        """How long both halves took."""
        ended = max(self.report.ended, self.load.ended) if self.load else self.report.ended
        return (ended - self.report.started).total_seconds()


class Connection(NamedTuple):
    """One connection's newest runs, newest first."""

    name: str
    runs: list[Run]


def connections(folder: Path) -> list[Connection]:
    """Return the connections with reports in a folder and those under it: one a folder and tap.

    Files that are no reports are left alone.
    """
    named: defaultdict[str, list[Path]] = defaultdict(list)
    for path in folder.rglob("tap-*Z.json"):
        tap = path.name.rpartition("-")[0]
        inner = path.parent.relative_to(folder).as_posix()
        named[tap if inner == "." else f"{inner} · {tap}"].append(path)
    found = (Connection(name, list(_runs(paths))) for name, paths in sorted(named.items()))
    return [connection for connection in found if connection.runs]


def _runs(paths: Iterable[Path]) -> Iterator[Run]:
    newest = sorted(paths, key=lambda path: path.name, reverse=True)[:_SHOWN]
    reports = {path: report for path in newest if (report := read(path))}
    pairs = paired(list(reports.values()), loads(newest[0].parent))
    yield from (Run(path.with_suffix(".html"), report, pairs.get(report.name)) for path, report in reports.items())


def index_page(folder: Path, found: Sequence[Connection]) -> str:
    """Return the page that sums up the connections, those whose newest run did not end well first."""
    broken = [connection for connection in found if connection.runs[0].state != "ok"]
    fine = [connection for connection in found if connection.runs[0].state == "ok"]
    return page(f"{len(found)} connections, {len(broken)} broken", _body(folder, broken, fine))


def _body(folder: Path, broken: Sequence[Connection], fine: Sequence[Connection]) -> Iterator[str]:
    total = len(broken) + len(fine)
    yield f"<h1>{total} connection{'s' if total != 1 else ''}, {len(broken)} broken</h1>"
    names = (
        *("connection", "", "newest run", "#took", "#requests", "#rows", "#committed", "#rejected", "#billed"),
        *("#drift", "#days signed in", "what is wrong", "runs before"),
    )
    yield from table(names, (_connection(folder, one) for one in chain(broken, fine)))


def _connection(folder: Path, connection: Connection) -> Iterator[str]:
    newest = connection.runs[0]
    report, load = newest.report, newest.load
    yield f'<a href="{_address(folder, newest)}">{escape(connection.name)}</a>'
    yield badge(newest.state)
    yield day_and_time(report.started)
    yield duration(newest.seconds)
    yield number(report.requests)
    yield number(sum(stream.rows for stream in report.streams))
    yield number(sum(stream.committed for stream in load.streams)) if load else ""
    yield number(sum(stream.rejected for stream in load.streams)) if load else ""
    yield size(load.bytes_billed) if load else ""
    yield number(sum(fault.kind != "withheld" for _, fault in report.faults()))  # left out on purpose is no drift
    yield "" if report.days_left is None else str(report.days_left)
    yield escape(newest.error)
    yield " ".join(_dot(folder, run) for run in connection.runs[1:])


def _address(folder: Path, run: Run) -> str:
    return escape(quote(run.page.relative_to(folder).as_posix()))


def _dot(folder: Path, run: Run) -> str:
    said = escape(f"{run.state}, {run.report.started:%Y-%m-%d %H:%M} UTC")
    return f'<a class="dot {run.state}" href="{_address(folder, run)}" title="{said}" aria-label="{said}"></a>'
