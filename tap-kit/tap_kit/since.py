"""The changes of a stream whose list takes a moment, but whose records show none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tap_kit.bookmarks import read_until, row_digest
from tap_kit.completion import complete
from tap_kit.errors import RequestRefusedError
from tap_kit.full_table import read_full_table
from tap_kit.gone import read_gone
from tap_kit.listed_part import name_of
from tap_kit.schema import DELETED_AT
from tap_kit.steady import until_two_agree
from tap_kit.table import Since
from tap_kit.times import utc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.api import Page
    from tap_kit.bookmarks import Found
    from tap_kit.columns import Row
    from tap_kit.stream import TableStream
    from tap_kit.table import Partition


def read_since(stream: TableStream) -> Iterator[Row]:
    """Read what changed in each part since its last run; all of it where the vendor does not take the parameter."""
    cursor = stream.table.cursor
    assert isinstance(cursor, Since)  # noqa: S101 - what this reading is for
    for part in stream.parts():
        try:
            yield from _part(stream, part, cursor)
        except RequestRefusedError as error:
            if error.code not in cursor.unknown:
                raise
            stream.logger.warning("Stream %s takes no '%s': read as a full table", stream.name, cursor.param)
            yield from read_full_table(stream)
            return


def _part(stream: TableStream, part: Partition, cursor: Since) -> Iterator[Row]:
    entry, start = stream.entry(part), stream.source.start
    since, asked = read_until(entry, start), datetime.now(UTC)
    params = {cursor.param: cursor.text(since)} if since else {}
    sent, listed = set[str](), set[str]()
    identify, compare = stream.table.identify, stream.tally.compare

    def news() -> Iterator[tuple[Partition, Page, list[Found], None]]:
        for page in until_two_agree(lambda: stream.read(part, **params), identify, compare):
            fresh = []
            for item in stream.found(page, part):
                listed.add(name_of(stream, item.row))
                if item.wanted and (digest := row_digest(item.row)) not in sent:
                    sent.add(digest)
                    fresh.append(item)
            yield part, page, fresh, None

    for page, rows, _ in complete(stream, news()):
        for row in rows:
            yield stream.send({**row, DELETED_AT: None} if cursor.deletable else row, page)
    if cursor.deletable:
        yield from read_gone(stream, part, listed)
    entry["replication_key_value"] = utc(asked - cursor.overlap)
    entry.pop("read_from", None)
    if start:
        entry["read_from"] = utc(start)
    stream.write_state()
