"""Many connections on one page: the newest run of each, and how the runs before it ended."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import msgspec

from tap_kit.report_model import RunReport
from tap_kit.report_page import badge, day_and_time, duration, number, page, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

INDEX = "index.html"
_SHOWN = 14  # runs of a connection


class Connection(NamedTuple):
    """One connection's newest runs: the address of each page, and its report, newest first."""

    name: str
    runs: list[tuple[str, RunReport]]


def connections(folder: Path) -> list[Connection]:
    """Return the connections with reports in a folder and those under it: one a folder and tap.

    Files that are no reports are left alone.
    """
    named: defaultdict[str, list[Path]] = defaultdict(list)
    for path in folder.rglob("tap-*Z.json"):
        tap = path.name.rpartition("-")[0]
        inner = path.parent.relative_to(folder).as_posix()
        named[tap if inner == "." else f"{inner} · {tap}"].append(path)
    found = []
    for name, paths in sorted(named.items()):
        runs = []
        for path in sorted(paths, key=lambda path: path.name, reverse=True)[:_SHOWN]:
            try:
                address = quote(path.with_suffix(".html").relative_to(folder).as_posix())
                runs.append((address, msgspec.json.decode(path.read_bytes(), type=RunReport)))
            except msgspec.DecodeError:
                continue
        if runs:
            found.append(Connection(name, runs))
    return found


def index_page(found: Sequence[Connection]) -> str:
    """Return the page that sums up the connections, those whose newest run did not end well first."""
    broken = [connection for connection in found if connection.runs[0][1].state != "ok"]
    fine = [connection for connection in found if connection.runs[0][1].state == "ok"]
    return page(f"{len(found)} connections, {len(broken)} broken", _body(broken, fine))


def _body(broken: Sequence[Connection], fine: Sequence[Connection]) -> Iterator[str]:
    total = len(broken) + len(fine)
    yield f"<h1>{total} connection{'s' if total != 1 else ''}, {len(broken)} broken</h1>"
    names = ("connection", "", "newest run", "#took", "#rows", "#requests", "#drift", "what is wrong", "runs before")
    yield from table(names, map(_connection, chain(broken, fine)))


def _connection(connection: Connection) -> Iterator[str]:
    address, newest = connection.runs[0]
    yield f'<a href="{escape(address)}">{escape(connection.name)}</a>'
    yield badge(newest.state)
    yield day_and_time(newest.started)
    yield duration((newest.ended - newest.started).total_seconds())
    yield number(sum(stream.rows for stream in newest.streams))
    yield number(newest.requests)
    yield number(sum(len(stream.drift) for stream in newest.streams))
    yield escape(newest.error)
    yield " ".join(_dot(*run) for run in connection.runs[1:])


def _dot(address: str, report: RunReport) -> str:
    said = escape(f"{report.state}, {report.started:%Y-%m-%d %H:%M} UTC")
    return f'<a class="dot {report.state}" href="{escape(address)}" title="{said}" aria-label="{said}"></a>'
