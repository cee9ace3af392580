"""How far the run is, and how long it may still take: by the vendor's totals, or else by what the last run took."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tap_kit.times import duration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tap_kit.report_model import StreamReport
    from tap_kit.stream import TableStream

_SURE = 0.02  # of the records have to be read before their speed says something


class Sight(NamedTuple):
    """How far a stream is that is being read.

    Attributes:
        name: of the stream.
        place: its place among the streams of the run, from 1.
        streams: how many these are.
        rows: RECORD messages written so far.
        rate: of them a second.
        share: what part of it is done, 0 to 1; None where nothing tells.
        left: seconds that the stream may still take; None where nothing tells.
        run_left: seconds that the whole run may still take; None where nothing tells.
    """

    name: str
    place: int
    streams: int
    rows: int
    rate: float
    share: float | None
    left: float | None
    run_left: float | None

    def __str__(self) -> str:
        parts = [f"{self.rows:,} rows so far, {self.rate:.0f} rows/s"]
        parts += [f"{self.share:.0%}"] if self.share is not None else []
        parts += [f"about {duration(self.left)} left"] if self.left is not None else []
        if self.run_left is not None and self.place < self.streams:
            parts.append(f"of the run {duration(self.run_left)}")
        return ", ".join(parts)


def sights(streams: Sequence[TableStream], past: Mapping[str, StreamReport]) -> list[Sight]:
    """Return what can be said of each stream that is being read; `past` is what the last run says of streams."""
    found = []
    for place, stream in enumerate(streams, start=1):
        tally = stream.tally
        if not tally.started or tally.ended:
            continue
        seconds, share = max(tally.seconds, 0.001), _share(stream, past)
        left = seconds * (1 - share) / share if share and share >= _SURE else None
        later = [past[other.name].seconds if other.name in past else None for other in streams[place:]]
        known = [part for part in (left, *later) if part is not None]
        run_left = sum(known) if len(known) == 1 + len(later) else None
        rate = tally.rows / seconds
        found.append(Sight(stream.name, place, len(streams), tally.rows, rate, share, left, run_left))
    return found


def _share(stream: TableStream, past: Mapping[str, StreamReport]) -> float | None:
    """Return what part of a stream is read: of one list by its total, of many by the rows of a run like this one."""
    tally, last = stream.tally, past.get(stream.name)
    if not stream.table.per and tally.total and tally.came <= tally.total:
        return tally.came / tally.total
    alike = last and last.state == "read" and bool(last.before.parts) == bool(tally.before.parts)
    if last and alike and tally.rows < last.rows:
        return tally.rows / last.rows
    return None
