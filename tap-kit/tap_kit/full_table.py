"""A full table: all parts are read, then the version that their rows carry is activated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tap_kit.bookmarks import row_digest
from tap_kit.errors import VendorError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.api import Page
    from tap_kit.bookmarks import Found
    from tap_kit.columns import Row
    from tap_kit.stream import TableStream
    from tap_kit.table import Partition

_READS = 6  # of a full table, until two agree or the vendor's total is met

Key = tuple[Any, ...]


def read_full_table(stream: TableStream) -> Iterator[Row]:
    """Read all parts, again while the list moves; what was sent is not sent again. Then activate the version."""
    version, sent = stream.source.initialized_at, dict[Key, str]()
    counted: int | None = None
    for _ in range(_READS):
        read = _Read()
        for page, key, row in _all_parts(stream, read):
            if sent.get(key) != (digest := row_digest(row)):
                sent[key] = digest
                yield stream.send(row, page, version)
        if sent.keys() - read.keys:  # records went meanwhile: a new version leaves them out
            version, sent, counted = version + 1, {}, None
        elif read.fits or len(read.keys) == counted:
            if not read.fits:
                stream.logger.warning("%d %s were announced, %d came", read.announced, stream.name, len(read.keys))
            stream.activate(version)
            return
        else:
            stream.logger.info("%d of %d %s were read: reading again", len(read.keys), read.announced, stream.name)
            counted = len(read.keys)
    raise VendorError(f"{stream.name} keeps changing while it is read: run again later")


@dataclass
class _Read:
    """One reading of a full table: which keys came, how many were announced, and whether the two fit in every part."""

    keys: set[Key] = field(default_factory=set)
    announced: int = 0
    fits: bool = True

    def add(self, keys: set[Key], announced: int | None) -> None:
        """Add a part; not every vendor announces how many there are."""
        self.keys |= keys
        self.announced += len(keys) if announced is None else announced
        self.fits = self.fits and announced in (None, len(keys))


def _all_parts(stream: TableStream, read: _Read) -> Iterator[tuple[Page, Key, Row]]:
    for part in stream.parts():
        keys: set[Key] = set()
        announced: list[int | None] = []
        for page, news, _ in stream.complete(part, _news(stream, part, read, keys, announced)):
            for found in news:
                yield page, _key(stream, found), found.row
        read.add(keys, announced[0] if announced else None)


def _news(
    stream: TableStream, part: Partition, read: _Read, keys: set[Key], announced: list[int | None]
) -> Iterator[tuple[Page, list[Found], None]]:
    for page in stream.read(part):
        announced.append(page.total)
        news = []
        for found in stream.found(page, part):
            key = _key(stream, found)
            if found.wanted and key not in read.keys:
                news.append(found)
            keys.add(key)
        yield page, news, None


def _key(stream: TableStream, found: Found) -> Key:
    return tuple(found.row[name] for name in stream.table.key)
