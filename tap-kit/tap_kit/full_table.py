"""A full table: all parts are read, then the version that their rows carry is activated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tap_kit.bookmarks import row_digest
from tap_kit.completion import complete
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
        stream.tally.compare_anew()
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

    def add(self, listed: int, announced: int | None) -> None:
        """Add a part that listed so many records; not every vendor announces how many there are."""
        self.announced += listed if announced is None else announced
        self.fits = self.fits and announced in (None, listed)


def _all_parts(stream: TableStream, read: _Read) -> Iterator[tuple[Page, Key, Row]]:
    def pages() -> Iterator[tuple[Partition, Page, list[Found], None]]:
        for part in stream.parts():
            listed = _Listed()
            yield from listed.pages(stream, part)
            read.add(len(listed.records), listed.announced)
            stream.tally.compare(listed.announced, len(listed.records))

    for page, rows, _ in complete(stream, pages()):
        for row in rows:
            key = tuple(row[name] for name in stream.table.key)
            if key not in read.keys:
                read.keys.add(key)
                yield page, key, row


@dataclass
class _Listed:
    """What the list of one part held: which records came, and how many were announced first."""

    records: set[Any] = field(default_factory=set)
    announced: int | None = None

    def pages(self, stream: TableStream, part: Partition) -> Iterator[tuple[Partition, Page, list[Found], None]]:
        """Yield the pages, with what is wanted of them."""
        key = stream.table.key
        for number, page in enumerate(stream.read(part)):
            self.announced = page.total if number == 0 else self.announced
            found = list(stream.found(page, part))
            if stream.table.rows:
                self.records.update(repr(stream.table.identify(dict(item.raw))) for item in found)
            else:
                self.records.update(tuple(item.row[name] for name in key) for item in found)
            yield part, page, [item for item in found if item.wanted], None
