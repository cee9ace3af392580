"""A run report as a page: what was read, and, where the target said so, what was loaded."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tap_kit.report_html import badge, bar, day_and_time, number, page, size, table
from tap_kit.times import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tap_kit.report_load import Load, StreamLoad
    from tap_kit.report_model import RunReport, StreamReport
    from tap_kit.tally import Mark

_FAULTS = {
    "undeclared": "sent, but not declared: not loaded",
    "withheld": "sent and declared, but not chosen: not loaded",
    "missing": "chosen, but in no record of this run",
    "unfit": "is no {}: loaded as null",
    "no right": "not to be seen with these credentials: loaded as null",
}

_SECONDS = len("2026-01-01 00:00:00")  # of a moment are shown
_STREAM = (
    *("stream", "", "when", "#took", "#requests", "#received", "#before start_date"),
    *("#rows", "#deleted", "#announced / came", "bookmark before, UTC", "bookmark after, UTC"),
)
_LOADED = (
    *("stream", "when", "#took", "#records", "#committed", "#unchanged", "#rejected", "#erased"),
    *("#load jobs", "#query jobs", "#billed"),
)


def run_page(report: RunReport, load: Load | None = None) -> str:
    """Return the page of one run."""
    return page(f"{report.tap}: {report.state}, {report.started:%Y-%m-%d %H:%M}", _run(report, load))


def _run(report: RunReport, load: Load | None) -> Iterator[str]:
    ended = max(report.ended, load.ended) if load else report.ended
    seconds = (ended - report.started).total_seconds()
    yield f"<h1>{escape(report.tap)} {badge(report.state)}</h1>"
    yield f"<p>{day_and_time(report.started)}, {duration(seconds)}, version {escape(report.version)}</p>"
    yield from (f'<p class="error">{escape(half.error)}</p>' for half in (report, load) if half and half.error)
    yield from _tiles(_figures(report))
    yield "<h2>Streams</h2>"
    yield from table(_STREAM, (_stream(stream, report, seconds) for stream in report.streams))
    if load:
        yield f"<h2>Loaded into {escape(load.dataset)} {badge(load.state)}</h2>"
        yield from _tiles(_costs(load))
        yield from table(_LOADED, (_loaded(stream, report, load, seconds) for stream in load.streams))
    if refused := [(s, reason, times) for s in report.streams for reason, times in s.refused.items()]:
        yield "<h2>Not read</h2>"
        yield from table(
            ("stream", "#times", "reason"), ((escape(s.name), str(times), escape(why)) for s, why, times in refused)
        )
    if any(stream.drift for stream in report.streams):
        yield "<h2>Columns</h2>"
        yield from table(("stream", "column", "", "type", "#times"), _drift(report))


def _tiles(figures: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield "<dl>"
    yield from (f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in figures)
    yield "</dl>"


def _figures(report: RunReport) -> Iterator[tuple[str, str]]:
    yield "rows", f"{sum(s.rows for s in report.streams):,}"
    yield "requests", f"{report.requests:,}"
    yield "retries", f"{report.retries:,}"
    yield "too many requests (429)", f"{report.limited:,}"
    yield "waited for the rate limit, all requests added up", duration(report.waited)
    if report.days_left is not None:
        yield "days until signing in again", str(report.days_left)
    yield "exit code", str(report.exit_code)


def _costs(load: Load) -> Iterator[tuple[str, str]]:
    yield "committed", f"{sum(s.committed for s in load.streams):,}"
    yield "rejected", f"{sum(s.rejected for s in load.streams):,}"
    yield "load jobs", f"{load.load_jobs:,}"
    yield "query jobs", f"{load.query_jobs:,}"
    yield "billed", size(load.bytes_billed) or "0 B"


def _stream(stream: StreamReport, report: RunReport, seconds: float) -> Iterator[str]:
    yield f"<strong>{escape(stream.name)}</strong>"
    yield badge(stream.state)
    if stream.started:
        yield bar(stream.state, (stream.started - report.started).total_seconds(), stream.seconds, seconds)
        yield duration(stream.seconds)
    else:
        yield from ("", "")
    yield from map(number, (stream.requests, stream.received, stream.before_start))
    yield from map(number, (stream.rows, stream.deleted))
    yield _totals(stream)
    yield from map(_mark, (stream.before, stream.after))


def _loaded(stream: StreamLoad, report: RunReport, load: Load, seconds: float) -> Iterator[str]:
    lasted = ((stream.ended or load.ended) - stream.started).total_seconds()
    began = max((stream.started - report.started).total_seconds(), 0)
    yield f"<strong>{escape(stream.name)}</strong>"
    yield bar("loaded", began, lasted, seconds)
    yield duration(lasted)
    yield from map(number, (stream.records, stream.committed, stream.unchanged, stream.rejected, stream.erased))
    yield from map(number, (stream.load_jobs, stream.query_jobs))
    yield size(stream.bytes_billed)


def _totals(stream: StreamReport) -> str:
    if stream.announced is None:
        return ""
    same = stream.announced == stream.listed
    return f'<span class="{"same" if same else "differs"}">{stream.announced:,} / {stream.listed:,}</span>'


def _mark(mark: Mark) -> str:
    parts = f"{mark.parts} parts" if mark.parts > 1 else ""
    known = f"{mark.known:,} records known" if mark.known else ""
    moments = [text.replace("T", " ").removesuffix("Z")[:_SECONDS] for text in (mark.moment, mark.newest) if text]
    return "".join(f'<div class="mark">{escape(line)}</div>' for line in (" to ".join(moments), parts, known) if line)


def _drift(report: RunReport) -> Iterator[tuple[str, ...]]:
    for stream in report.streams:
        for fault in stream.drift:
            what = escape(_FAULTS[fault.kind].format(fault.type))
            yield (
                escape(stream.name),
                f"<code>{escape(fault.column)}</code>",
                what,
                escape(fault.type),
                number(fault.times),
            )
