"""Pages that need nothing but themselves: no script, no font, no network."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from tap_kit.times import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

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


def size(count: int) -> str:
    """Return a number of bytes for people; nothing for none."""
    for unit, least in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= least:
            return f"{count / least:,.1f} {unit}"
    return f"{count} B" if count else ""


def bar(state: str, began: float, lasted: float, whole: float) -> str:
    """Return when in a run something happened, as a drawing: seconds from its start, and of the whole run."""
    x, width = (100 * part / max(whole, 0.001) for part in (began, lasted))
    said = escape(f"from {duration(began)} on, for {duration(lasted)}")
    place = f'x="{min(x, 99.5):.2f}%" width="{max(width, 0.5):.2f}%" height="100%" rx="2"'
    drawn = f"<rect {place}><title>{said}</title></rect>"
    return f'<svg class="time {escape(state.replace(" ", "-"))}" role="img" aria-label="{said}">{drawn}</svg>'
