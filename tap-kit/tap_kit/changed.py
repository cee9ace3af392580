"""The changes of a stream whose records show the moment of their last change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tap_kit.bookmarks import Bookmark
from tap_kit.completion import complete
from tap_kit.errors import RequestRefusedError
from tap_kit.ordered import ordered
from tap_kit.table import Cursor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tap_kit.api import Page
    from tap_kit.bookmarks import Found
    from tap_kit.changes import Changes
    from tap_kit.columns import Row
    from tap_kit.stream import TableStream
    from tap_kit.table import Partition

_PARTS_AHEAD = 8


def read_changes(stream: TableStream) -> Iterator[Row]:
    """Read each part's changes since its bookmark; first pages are fetched ahead over all parts.

    A part that the vendor refuses is left out, and the others are read.
    """
    start, parts = stream.source.start, []
    for part in stream.parts():
        cursor = part.cursor or stream.table.cursor
        assert isinstance(cursor, Cursor)  # noqa: S101 - what this reading is for
        bookmark = Bookmark(stream.entry(part), cursor.column, start, cursor.overlap)
        parts.append((part, bookmark, cursor.reading(stream.pages(part), cursor, stream.params(part))))
    refused: list[tuple[Partition, RequestRefusedError]] = []
    firsts = ordered(stream.client.pool, partial(_begin, start), parts, ahead=_PARTS_AHEAD)
    for (part, bookmark, changes), first in zip(parts, firsts, strict=True):
        if isinstance(first, RequestRefusedError):
            refused.append((part, first))
        else:
            yield from _part(stream, part, bookmark, changes, first)
    if refused and len(refused) == len(parts):
        raise refused[0][1]
    for part, error in refused:
        stream.skip(f"{stream.name} of {', '.join(f'{name} {value}' for name, value in part.context.items())}", error)


def _begin(start: datetime | None, part: tuple[Partition, Bookmark, Changes]) -> Page | RequestRefusedError | None:
    """Fetch the first page of a part; a refusal is an answer too."""
    _, bookmark, changes = part
    try:
        return changes.first(bookmark.since or start)
    except RequestRefusedError as error:
        return error


def _part(
    stream: TableStream, part: Partition, bookmark: Bookmark, changes: Changes, first: Page | None
) -> Iterator[Row]:
    head = list(stream.found(first, part)) if first else []
    if first and bookmark.covers(head, first.total):
        return

    def news() -> Iterator[tuple[Partition, Page, list[Found], list[Found]]]:
        for page in changes.read(bookmark.since or stream.source.start, first):
            found = head if page is first else list(stream.found(page, part))
            yield part, page, [item for item in found if item.wanted and bookmark.is_news(item)], found

    for page, rows, found in complete(stream, news()):
        for row in rows:
            yield stream.send(row, page)
        if found is None:
            continue
        certain = changes.certain
        bookmark.advance([item for item in found if not (certain and item.at and item.at > certain)])
        if changes.in_order:
            _save(stream, bookmark, complete=False)
    stream.tally.compare(changes.announced, changes.listed)
    if changes.complete:
        _save(stream, bookmark, complete=True)


def _save(stream: TableStream, bookmark: Bookmark, *, complete: bool) -> None:
    if bookmark.save(complete=complete) and (complete or stream.state_is_due):
        stream.write_state()
