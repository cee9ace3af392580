"""The changes of a stream whose records show the moment of their last change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tap_kit.api import Page
from tap_kit.bookmarks import Bookmark
from tap_kit.completion import complete
from tap_kit.errors import RequestRefusedError
from tap_kit.ordered import ordered
from tap_kit.table import Cursor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tap_kit.bookmarks import Found
    from tap_kit.changes import Changes
    from tap_kit.columns import Row
    from tap_kit.stream import TableStream
    from tap_kit.table import Partition

    Mark = tuple["_Part", list[Found] | None]  # what a page held; None at the end of a part

_PARTS_AHEAD = 8


class _Part(NamedTuple):
    """A part of the stream, and how its changes are followed."""

    partition: Partition
    bookmark: Bookmark
    changes: Changes

    @property
    def name(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.partition.context.items())


def read_changes(stream: TableStream) -> Iterator[Row]:
    """Read each part's changes since its bookmark; first pages are fetched ahead over all parts.

    While the details of one part are fetched, the next is listed. A part that the vendor refuses is left out, and the
    others are read.
    """
    parts = [_part(stream, partition) for partition in stream.parts()]
    refused: list[tuple[_Part, RequestRefusedError]] = []
    for page, rows, mark in complete(stream, _pages(stream, parts, refused)):
        for row in rows:
            yield stream.send(row, page)
        if mark is not None:
            _note(stream, mark)
    if refused and len(refused) == len(parts):
        raise refused[0][1]
    for part, error in refused:
        stream.skip(f"{stream.name} of {part.name}", error)


def _part(stream: TableStream, partition: Partition) -> _Part:
    cursor = partition.cursor or stream.table.cursor
    assert isinstance(cursor, Cursor)  # noqa: S101 - what this reading is for
    bookmark = Bookmark(stream.entry(partition), cursor.column, stream.source.start, cursor.overlap)
    return _Part(partition, bookmark, cursor.reading(stream.pages(partition), cursor, stream.params(partition)))


def _pages(
    stream: TableStream, parts: list[_Part], refused: list[tuple[_Part, RequestRefusedError]]
) -> Iterator[tuple[Partition, Page, list[Found], Mark]]:
    """Yield the pages of all parts, and an empty one at the end of each."""
    start = stream.source.start
    for part, first in zip(
        parts, ordered(stream.client.pool, partial(_begin, start), parts, ahead=_PARTS_AHEAD), strict=True
    ):
        partition, bookmark, changes = part
        if isinstance(first, RequestRefusedError):
            refused.append((part, first))
            continue
        head = list(stream.found(first, partition)) if first else []
        if first and bookmark.covers(head, first.total):
            continue
        for page in changes.read(bookmark.since or start, first):
            found = head if page is first else list(stream.found(page, partition))
            yield partition, page, [item for item in found if item.wanted and bookmark.is_news(item)], (part, found)
        yield partition, Page([]), [], (part, None)


def _begin(start: datetime | None, part: _Part) -> Page | RequestRefusedError | None:
    """Fetch the first page of a part; a refusal is an answer too."""
    try:
        return part.changes.first(part.bookmark.since or start)
    except RequestRefusedError as error:
        return error


def _note(stream: TableStream, mark: Mark) -> None:
    """Note that all of a page, or of a part, was sent."""
    (_, bookmark, changes), found = mark
    if found is None:
        stream.tally.compare(changes.announced, changes.listed)
        if changes.complete:
            _save(stream, bookmark, complete=True)
        return
    certain = changes.certain
    bookmark.advance([item for item in found if not (certain and item.at and item.at > certain)])
    if changes.in_order:
        _save(stream, bookmark, complete=False)


def _save(stream: TableStream, bookmark: Bookmark, *, complete: bool) -> None:
    if bookmark.save(complete=complete) and (complete or stream.state_is_due):
        stream.write_state()
