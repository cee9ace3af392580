"""How far a part of a stream has been read."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from tap_kit.columns import encode
from tap_kit.times import moment, utc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tap_kit.columns import Row

_REMEMBERED = 1000  # rows; more of them at one moment are sent again at the next run, which does no harm


class Found(NamedTuple):
    """A row, when it last changed, whether it is wanted (`start_date` may leave it out), and what it was made of."""

    row: Row
    at: datetime | None
    wanted: bool = True
    raw: Mapping[str, Any] = MappingProxyType({})


class Bookmark:
    """The moment of the last change that was read, and which rows of that moment were sent.

    Asking from the bookmark on includes its own moment, as more rows may come to share it. The digests tell
    those rows from the ones that were sent before. Where the vendor's clock may go back, they are kept for as long
    before the bookmark, too.
    """

    def __init__(
        self,
        state: dict[str, Any],
        column: str,
        start: datetime | None = None,
        overlap: timedelta = timedelta(),
    ) -> None:
        """Take the part's entry in the Singer state, which `save` writes to, and where reading starts without one.

        A start before the one that the entry was read from leaves out what lies between: then all is read anew.
        """
        self._state = state
        self._column = column
        self._start = start
        self._overlap = overlap
        self.moment = read_until(state, start)
        self._sent: dict[str, datetime] = {}
        if self.moment:
            self._sent = dict.fromkeys(state.get("sent_at_bookmark", ()), self.moment)
        self._before = self.since, frozenset(self._sent)
        self._in_order = True

    @property
    def since(self) -> datetime | None:
        """The moment to ask from."""
        return self.moment - self._overlap if self.moment else None

    def is_news(self, found: Found) -> bool:
        """Return whether the row was not sent before: what changed before the bookmark was."""
        if found.at is None:
            return True
        before, sent_before = self._before
        if before and found.at < before:
            return False
        near_before = before is not None and found.at <= before + self._overlap
        near_now = self.since is not None and self.moment is not None and self.since <= found.at <= self.moment
        if not ((near_before and sent_before) or (near_now and self._sent)):
            return True
        digest = row_digest(found.row)
        return not ((near_before and digest in sent_before) or (near_now and digest in self._sent))

    def covers(self, page: Sequence[Found], total: int | None) -> bool:
        """Return whether a list of so many records, which begins with this page, was all sent before."""
        return total == len(self._sent) and not any(self.is_news(found) for found in page)

    def advance(self, page: Sequence[Found]) -> None:
        """Note that the rows were sent. Rows out of order are kept from the state until the part is complete."""
        known = [found.at for found in page if found.at]
        if not known:
            return
        self._in_order = self._in_order and known == sorted(known) and (self.moment is None or known[0] >= self.moment)
        if self.moment is None or max(known) > self.moment:
            self.moment = max(known)
            oldest = self.moment - self._overlap
            self._sent = {digest: at for digest, at in self._sent.items() if at >= oldest}
        oldest = self.moment - self._overlap
        self._sent.update((row_digest(found.row), found.at) for found in page if found.at and found.at >= oldest)

    def save(self, *, complete: bool) -> bool:
        """Write the bookmark to the state if it may stand there; return whether it changed."""
        if self.moment is None or not (self._in_order or complete):
            return False
        entry: dict[str, Any] = {
            "replication_key": self._column,
            "replication_key_value": utc(self.moment),
        }
        if self._start:
            entry["read_from"] = utc(self._start)
        if 0 < len(self._sent) <= _REMEMBERED:
            entry["sent_at_bookmark"] = sorted(self._sent)
        changed = any(self._state.get(name) != value for name, value in entry.items())
        for name in ("sent_at_bookmark", "read_from"):
            self._state.pop(name, None)
        self._state.update(entry)
        return changed


def read_until(state: dict[str, Any], start: datetime | None) -> datetime | None:
    """Return the moment of a state's entry, or None where it was read from later than reading starts now."""
    value = state.get("replication_key_value")
    return moment(value) if value and reaches(state, start) else None


def reaches(state: dict[str, Any], start: datetime | None) -> bool:
    """Return whether what a state's entry says was read from where reading starts now, or before."""
    read_from = state.get("read_from")
    return read_from is None or (start is not None and start >= moment(read_from))


def row_digest(row: Mapping[str, Any]) -> str:
    """Return what tells a row's content from another's."""
    return blake2b(encode(row), digest_size=8).hexdigest()
