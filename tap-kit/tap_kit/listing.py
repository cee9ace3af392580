"""The changes of a list that says nothing of them: it is compared with what it held at the last run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tap_kit.api import Page
from tap_kit.bookmarks import reaches, row_digest
from tap_kit.columns import encode
from tap_kit.completion import complete
from tap_kit.errors import VendorError
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


def read_listing(stream: TableStream) -> Iterator[Row]:
    """Send what is new or different in each part, and at the end what is in none of them any more.

    A part with the stamp of the last run is not read.
    """
    here, parts = set[str](), list[_Part]()
    for part in stream.parts():
        entry = stream.entry(part)
        if part.stamp and entry.get("stamp") == part.stamp and reaches(entry, stream.source.start):
            here.update(entry.get("seen", ()))
            continue
        parts.append(listed := _Part(stream, part, entry))
        yield from listed.read()
        here.update(listed.now)
    for listed in parts:
        yield from listed.settle(here)
    if parts:
        stream.write_state()


class _Part:
    """One part of the list.

    Attributes:
        now: what it holds, as far as it was sent; more was sent that went since, in this run or before.
    """

    def __init__(self, stream: TableStream, part: Partition, entry: dict[str, Any]) -> None:
        """Take the part, and its entry in the state."""
        self._stream = stream
        self._part = part
        self._entry = entry
        self._before: Seen = entry.get("seen", {})
        self._known = dict(self._before)
        self._left_out: set[str] = set()
        self.now: Seen = {}

    def read(self) -> Iterator[Row]:
        """Send what is new or different. What is gone stays in the state until it is settled."""
        self._entry.pop("stamp", None)
        arrived: set[str] = set()
        listed: set[str] = set()
        for page, rows, shown in complete(self._stream, self._part, self._news(listed)):
            for row in rows:
                arrived.add(self._name(row))
                yield self._stream.send({**row, DELETED_AT: None}, page)
            for name, digest in (shown or {}).items():
                if name in arrived or self._known.get(name) == digest:
                    self.now[name] = self._known[name] = digest
            if shown is not None and self._stream.state_is_due:
                self._remember(self._known)
                self._stream.write_state()
        self.now = {name: digest for name, digest in self.now.items() if name in listed}
        self._remember(self._known)

    def settle(self, here: set[str]) -> Iterator[Row]:
        """Send what is gone from this part, and in no other one: the names in `here`."""
        page = Page([], received_at=now_text())
        for name in self._known:
            if name not in here and name not in self._left_out:
                key = dict(zip(self._stream.table.key, json.loads(f"[{name}]"), strict=True))
                yield self._stream.send({**key, DELETED_AT: page.received_at}, page)
        self._remember(self.now)
        if self._part.stamp:
            self._entry["stamp"] = self._part.stamp

    def _news(self, listed: set[str]) -> Iterator[tuple[Page, list[Found], Seen]]:
        """Yield what is new or different on each page, and what the page showed; read again while the list moves.

        `listed` holds the names of the last reading in the end.
        """
        shown: Seen = {}
        for _ in range(_READINGS):
            before, pages, total = set(listed), 0, None
            listed.clear()
            for page in self._stream.read(self._part):
                total = page.total if pages == 0 else total
                pages += 1
                found = self._shown(page, listed)
                news = [item for name, (item, digest) in found.items() if shown.get(name) != digest]
                shown.update((name, digest) for name, (_, digest) in found.items())
                yield (
                    page,
                    [item for item in news if self._before.get(self._name(item.row)) != shown[self._name(item.row)]],
                    {name: digest for name, (_, digest) in found.items()},
                )
            gone = self._before.keys() - listed
            fits = not gone and total in (None, len(listed))
            if pages <= 1 or self._stream.table.after or fits or listed == before:
                return
        raise VendorError(f"{self._stream.name} keeps changing while it is read: run again later")

    def _shown(self, page: Page, listed: set[str]) -> dict[str, tuple[Found, str]]:
        cursor = self._stream.table.cursor
        assert isinstance(cursor, Listing)  # noqa: S101 - what this reading is for
        found = {}
        for item in self._stream.found(page, self._part):
            name = self._name(item.row)
            listed.add(name)
            if not item.wanted:
                self._left_out.add(name)
                continue
            print_of = cursor.fingerprint(dict(item.raw)) if cursor.fingerprint else item.raw
            found[name] = item, row_digest(print_of)[:_DIGEST]
        return found

    def _name(self, row: Row) -> str:
        key = [row[name] for name in self._stream.table.key]
        return encode(key).decode()[1:-1]

    def _remember(self, seen: Seen) -> None:
        start = self._stream.source.start
        self._entry["seen"] = seen
        self._entry.pop("read_from", None)
        if start:
            self._entry["read_from"] = utc(start)
