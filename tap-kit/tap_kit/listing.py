"""The changes of a list that says nothing of them: it is compared with what it held at the last run."""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import TYPE_CHECKING

from tap_kit.api import Page
from tap_kit.completion import complete
from tap_kit.listed_part import ListedPart, name_of
from tap_kit.ordered import ordered
from tap_kit.schema import DELETED_AT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_kit.bookmarks import Found
    from tap_kit.columns import Row
    from tap_kit.listed_part import Seen
    from tap_kit.stream import TableStream
    from tap_kit.table import Partition

    Mark = tuple[ListedPart, Seen | None]  # what a page showed; None at the end of a part

_AHEAD = 3  # parts


def read_listing(stream: TableStream) -> Iterator[Row]:
    """Send what is new or different in each part, and at the end what is in none of them any more.

    A part with the stamp of the last run is not read. While the details of one part are fetched, the next is listed.
    """
    reading, arrived = _Reading(stream), set[str]()
    for page, rows, mark in complete(stream, reading.pages()):
        for row in rows:
            arrived.add(name_of(stream, row))
            yield stream.send({**row, DELETED_AT: None}, page)
        if mark is not None:
            reading.note(mark, arrived)
    for part in reading.parts:
        yield from part.settle(reading.here)
    if reading.parts:
        stream.write_state()


class _Reading:
    """One reading of all parts.

    Attributes:
        parts: those that were read.
        here: the names of what is in any part.
    """

    def __init__(self, stream: TableStream) -> None:
        self._stream = stream
        self.parts: list[ListedPart] = []
        self.here: set[str] = set()

    def pages(self) -> Iterator[tuple[Partition, Page, list[Found], Mark]]:
        """Yield the pages of the parts that may have changed, and an empty one at the end of each."""
        for partition, part in self._begun():
            for page, news, shown in part.pages():
                yield partition, page, news, (part, shown)
            yield partition, Page([]), [], (part, None)

    def _begun(self) -> Iterator[tuple[Partition, ListedPart]]:
        """Yield the parts that may have changed; the first pages of some more are asked for already."""
        begun: deque[tuple[Partition, ListedPart]] = deque()
        for partition, stamp in self._stamped():
            part = ListedPart(self._stream, partition, stamp)
            if part.unchanged:
                part.keep()
                self.here.update(part.known)
                continue
            self.parts.append(part)
            if not partition.in_turn:
                part.begin()
            begun.append((partition, part))
            if len(begun) > _AHEAD:
                yield begun.popleft()
        yield from begun

    def note(self, mark: Mark, arrived: set[str]) -> None:
        """Note that all of a page, or of a part, was sent."""
        part, shown = mark
        if shown is None:
            part.end()
            self.here.update(part.now)
        else:
            part.note(shown, arrived)
        if self._stream.state_is_due:
            part.remember(part.known)
            self._stream.write_state()

    def _stamped(self) -> Iterator[tuple[Partition, str]]:
        """Yield the parts with their stamps: those that have to be asked for, several at a time."""
        parts, client = iter(self._stream.parts()), self._stream.client
        for first in parts:
            if not callable(first.stamp):
                yield first, first.stamp
                continue
            asked = map(self._sealed, chain((first,), parts))
            yield from ordered(client.pool, _asked, asked, ahead=client.api.in_flight)

    def _sealed(self, part: Partition) -> tuple[Partition, str | Callable[[], str]]:
        """Return a part with its stamp: that of the last run while the seal is."""
        entry = self._stream.entry(part)
        unbroken = part.seal and part.seal == entry.get("seal")
        return part, entry.get("stamp", part.stamp) if unbroken else part.stamp


def _asked(stamped: tuple[Partition, str | Callable[[], str]]) -> tuple[Partition, str]:
    part, stamp = stamped
    return part, stamp() if callable(stamp) else stamp
