"""A run report as a page that needs nothing but itself: no script, no font, no network."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from tap_kit.report_model import RunReport, StreamReport
    from tap_kit.tally import Mark

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$title</title>
<style>
$style</style>
</head>
<body>
$body
</body>
</html>
""")

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


def page(title: str, body: Iterable[str]) -> str:
    """Return a whole page; the title is text, the body HTML."""
    style = (files("tap_kit") / "report.css").read_text("utf-8")
    return _PAGE.substitute(title=escape(title), style=style, body="\n".join(body))


def table(names: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield a table: a name a column, as text, and the cells of each row as HTML. Names with # head numbers."""
    heads = [(name.lstrip("#"), ' class="number"' if name.startswith("#") else "") for name in names]
    head = (f'<th scope="col"{kind}>{escape(name)}</th>' for name, kind in heads)
    yield '<div class="wide"><table>'
    yield f"<thead><tr>{''.join(head)}</tr></thead>"
    yield "<tbody>"
    for row in rows:
        cells = (f"<td{kind}>{cell}</td>" for cell, (_, kind) in zip(row, heads, strict=True))
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"


def badge(state: str) -> str:
    """Return the state of a run or a stream, coloured."""
    return f'<span class="state {escape(state.replace(" ", "-"))}">{escape(state)}</span>'


def number(count: int) -> str:
    """Return a count; nothing for none."""
    return f"{count:,}" if count else ""


def day_and_time(moment: datetime) -> str:
    """Return a moment for people."""
    return f'<time datetime="{moment.isoformat()}">{moment:%Y-%m-%d %H:%M:%S} UTC</time>'


def duration(seconds: float) -> str:
    """Return a length of time for people."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min {rest:02} s"  # noqa: PLR2004


def run_page(report: RunReport) -> str:
    """Return the page of one run."""
    return page(f"{report.tap}: {report.state}, {report.started:%Y-%m-%d %H:%M}", _run(report))


def _run(report: RunReport) -> Iterator[str]:
    seconds = (report.ended - report.started).total_seconds()
    yield f"<h1>{escape(report.tap)} {badge(report.state)}</h1>"
    yield f"<p>{day_and_time(report.started)}, {duration(seconds)}, version {escape(report.version)}</p>"
    if report.error:
        yield f'<p class="error">{escape(report.error)}</p>'
    yield "<dl>"
    for name, value in (
        ("rows", f"{sum(s.rows for s in report.streams):,}"),
        ("requests", f"{report.requests:,}"),
        ("retries", f"{report.retries:,}"),
        ("too many requests (429)", f"{report.limited:,}"),
        ("waited for the rate limit, all requests added up", duration(report.waited)),
        ("exit code", str(report.exit_code)),
    ):
        yield f"<div><dt>{name}</dt><dd>{value}</dd></div>"
    yield "</dl>"
    yield "<h2>Streams</h2>"
    yield from table(_STREAM, (_stream(stream, report, seconds) for stream in report.streams))
    if refused := [(s, reason, times) for s in report.streams for reason, times in s.refused.items()]:
        yield "<h2>Not read</h2>"
        yield from table(
            ("stream", "#times", "reason"), ((escape(s.name), str(times), escape(why)) for s, why, times in refused)
        )
    if any(stream.drift for stream in report.streams):
        yield "<h2>Columns</h2>"
        yield from table(("stream", "column", "", "type", "#times"), _drift(report))


def _stream(stream: StreamReport, report: RunReport, seconds: float) -> Iterator[str]:
    yield f"<strong>{escape(stream.name)}</strong>"
    yield badge(stream.state)
    yield _bar(stream, report.started, seconds)
    yield duration(stream.seconds) if stream.started else ""
    yield from map(number, (stream.requests, stream.received, stream.before_start))
    yield from map(number, (stream.rows, stream.deleted))
    yield _totals(stream)
    yield from map(_mark, (stream.before, stream.after))


def _bar(stream: StreamReport, began: datetime, seconds: float) -> str:
    """Return when in the run the stream was read."""
    if stream.started is None:
        return ""
    offset = (stream.started - began).total_seconds()
    x, width = (100 * part / max(seconds, 0.001) for part in (offset, stream.seconds))
    said = escape(f"from {duration(offset)} on, for {duration(stream.seconds)}")
    bar = f'<rect x="{x:.2f}%" width="{max(width, 0.5):.2f}%" height="100%" rx="2"><title>{said}</title></rect>'
    return f'<svg class="time {escape(stream.state.replace(" ", "-"))}" role="img" aria-label="{said}">{bar}</svg>'


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
