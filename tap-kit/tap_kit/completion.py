"""From what a list holds to whole rows: details, records within records and files, fetched over several pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from tap_kit.ordered import ordered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tap_kit.api import Page
    from tap_kit.bookmarks import Found
    from tap_kit.columns import Row
    from tap_kit.stream import TableStream
    from tap_kit.table import Partition

Mark = TypeVar("Mark")


def complete(
    stream: TableStream, pages: Iterable[tuple[Partition, Page, list[Found], Mark]]
) -> Iterator[tuple[Page, list[Row], Mark | None]]:
    """Yield the rows of what is news on each page; last of a page, what was given along with it.

    A page may come in pieces, with None in place of what was given along for all but the last. Threads fetch; rows are
    made on the thread that takes them, as what no column takes is counted there.
    """
    if not stream.table.incomplete:
        for _, page, news, mark in pages:
            yield page, [found.row for found in news], mark
        return
    details = stream.table.details
    batch = details.batch if details else 1

    def pieces() -> Iterator[tuple[Partition, Page, list[Found], Mark | None]]:
        for part, page, news, mark in pages:
            last = max(len(news) - 1, 0) // batch * batch
            yield from ((part, page, news[at : at + batch], None) for at in range(0, last, batch))
            yield part, page, news[last:], mark

    def fetch(piece: tuple[Partition, Page, list[Found], Mark | None]) -> Any:
        part, page, news, mark = piece
        listed = [dict(found.raw) for found in news]
        whole = details.of(stream.client, listed) if details and listed else listed
        return part, page, [filed for record in whole if record for filed in stream.filed(record)], mark

    for part, page, fetched, mark in ordered(
        stream.client.pool, fetch, pieces(), ahead=2 * stream.client.api.in_flight
    ):
        rows = (stream.completed(raw, file, part) for raw, file in fetched)
        yield page, [row for row in rows if row is not None], mark
