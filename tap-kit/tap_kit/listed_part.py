"""One part of a list that is compared with what it held at the last run."""

from __future__ import annotations

import json
from itertools import repeat
from typing import TYPE_CHECKING

from tap_kit.api import Page
from tap_kit.bookmarks import reaches, row_digest
from tap_kit.columns import encode
from tap_kit.errors import VendorError
from tap_kit.ordered import begun
from tap_kit.schema import DELETED_AT
from tap_kit.table import Listing
from tap_kit.times import now_text, utc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.bookmarks import Found
    from tap_kit.columns import Row
    from tap_kit.stream import TableStream
    from tap_kit.table import Partition

_READINGS = 6
_DIGEST = 10  # hexadecimal digits: a record is compared with itself, not with all others

Seen = dict[str, str]  # the key of a record -> the digest of what the list showed


def name_of(stream: TableStream, row: Row) -> str:
    """Return a row's key as text."""
    return encode([row[name] for name in stream.table.key]).decode()[1:-1]


class ListedPart:
    """One part of the list.

    Attributes:
        unchanged: whether its stamp is that of the last run.
        known: what was sent of it, in this run or before, by the digest of what the list showed.
        now: what of this it holds still.
    """

    def __init__(self, stream: TableStream, part: Partition, stamp: str) -> None:
        """Take the part, and what tells whether it changed."""
        self._stream = stream
        self._part = part
        self._stamp = stamp
        self._entry = stream.entry(part)
        self._before: Seen = self._entry.get("seen", {})
        self._listed: set[str] = set()
        self._left_out: set[str] = set()
        same = bool(stamp) and self._entry.get("stamp") == stamp
        self.unchanged = same and reaches(self._entry, stream.source.start)
        self.known = dict(self._before)
        self.now: Seen = {}
        self._first_reading: Iterator[Page] | None = None

    def keep(self) -> None:
        """Note that it is as it was."""
        if self._part.seal:
            self._entry["seal"] = self._part.seal

    def begin(self) -> None:
        """Ask for the first page, in a thread."""
        self._first_reading = begun(self._stream.client.next_pages, self._stream.read(self._part))

    def note(self, shown: Seen, arrived: set[str]) -> None:
        """Note what a page showed, as far as it is known or has arrived: the rest went before its details came."""
        for name, digest in shown.items():
            if name in arrived or self.known.get(name) == digest:
                self.now[name] = self.known[name] = digest

    def end(self) -> None:
        """Note that all pages were read. What is gone stays in the state until it is settled."""
        self.now = {name: digest for name, digest in self.now.items() if name in self._listed}
        self.remember(self.known)

    def settle(self, here: set[str]) -> Iterator[Row]:
        """Send what is gone from this part, and in no other one: the names in `here`."""
        page = Page([], received_at=now_text())
        for name in self.known:
            if name not in here and name not in self._left_out:
                key = dict(zip(self._stream.table.key, json.loads(f"[{name}]"), strict=True))
                yield self._stream.send({**key, DELETED_AT: page.received_at}, page)
        self.remember(self.now)
        if self._stamp:
            self._entry["stamp"] = self._stamp
            self.keep()

    def pages(self) -> Iterator[tuple[Page, list[Found], Seen]]:
        """Yield what is new or different on each page, and what the page showed; read again while the list moves."""
        shown: Seen = {}
        for reading in (self._first_reading, *repeat(None, _READINGS - 1)):
            before, pages, total = self._listed, 0, None
            self._listed = set()
            for page in reading or self._stream.read(self._part):
                total = page.total if pages == 0 else total
                pages += 1
                found = self._shown(page)
                news = [
                    item for name, (item, digest) in found.items() if shown.get(name, self._before.get(name)) != digest
                ]
                shown.update((name, digest) for name, (_, digest) in found.items())
                yield page, news, {name: digest for name, (_, digest) in found.items()}
            gone = self._before.keys() - self._listed
            fits = not gone and total in (None, len(self._listed))
            if pages <= 1 or self._stream.table.after or fits or self._listed == before:
                self._stream.tally.compare(total, len(self._listed))
                return
        raise VendorError(f"{self._stream.name} keeps changing while it is read: run again later")

    def remember(self, seen: Seen) -> None:
        """Write to the state what was seen; without a stamp, so that the next run reads the part."""
        start = self._stream.source.start
        self._entry["seen"] = seen
        for name in ("stamp", "seal", "read_from"):
            self._entry.pop(name, None)
        if start:
            self._entry["read_from"] = utc(start)

    def _shown(self, page: Page) -> dict[str, tuple[Found, str]]:
        cursor = self._stream.table.cursor
        assert isinstance(cursor, Listing)  # noqa: S101 - what this reading is for
        found = {}
        for item in self._stream.found(page, self._part):
            name = name_of(self._stream, item.row)
            self._listed.add(name)
            if not item.wanted:
                self._left_out.add(name)
                continue
            print_of = cursor.fingerprint(dict(item.raw)) if cursor.fingerprint else item.raw
            found[name] = item, row_digest(print_of)[:_DIGEST]
        return found
