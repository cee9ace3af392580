"""Progress on a terminal: one line that renews itself, below whatever is logged meanwhile. Standard output is data."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from tap_kit.estimate import Sight

_TIMES = 4  # a second
_WIDTH = 24  # of the bar, in characters


@contextmanager
def shown(look: Callable[[], Sequence[Sight]]) -> Iterator[bool]:
    """Show what `look` returns while this runs, if standard error is a terminal that can; yields whether it is."""
    if not sys.stderr.isatty():
        yield False
        return
    from rich import console as rich_console  # noqa: PLC0415 - only people at a terminal wait for it
    from rich.live import Live  # noqa: PLC0415

    console = rich_console.Console(stderr=True)
    if not console.is_interactive:  # a terminal that cannot go back to the start of a line
        yield False
        return
    live = Live(
        get_renderable=lambda: _line(look()),
        console=console,
        refresh_per_second=_TIMES,
        transient=True,
        redirect_stdout=False,
        vertical_overflow="crop",
    )
    terminal = sys.stderr
    handlers = [one for one in logging.getLogger().handlers if isinstance(one, logging.StreamHandler)]
    moved = [one for one in handlers if one.stream is terminal]
    with live:
        for handler in moved:
            handler.setStream(_Above(console))
        try:
            yield True
        finally:
            for handler in moved:
                handler.setStream(terminal)


class _Above:
    """Writes whole lines above the one that renews itself, so that they do not run into each other."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def write(self, lines: str) -> None:
        self._console.print(lines, end="", markup=False, highlight=False, emoji=False, soft_wrap=True)

    def flush(self) -> None:
        pass


def _line(sights: Sequence[Sight]) -> Any:
    from rich.progress_bar import ProgressBar  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(width=_WIDTH)
    grid.add_column(no_wrap=True, overflow="ellipsis")
    for sight in sights[-1:]:
        bar = ProgressBar(total=None if sight.share is None else 1, completed=sight.share or 0, width=_WIDTH)
        grid.add_row(Text(f"{sight.place}/{sight.streams} {sight.name}", "bold"), bar, Text(str(sight)))
    return grid
