"""How far a part of a stream has been read."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tap_kit.times import moment, utc

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tap_kit.columns import Row

_REMEMBERED = 1000  # rows; more of them at one moment are sent again at the next run, which does no harm

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Found(NamedTuple):
    """A row, when it last changed, and whether it is to be sent (`start_date` may leave it out)."""

    row: Row
    at: datetime | None
    wanted: bool = True


class Bookmark:
    """The moment of the last change that was read, and which rows of that very moment were sent.

    Asking from the bookmark on includes its own moment, as more rows may come to share it. The digests tell
    those rows from the ones that were sent before.
    """

    def __init__(self, state: dict[str, Any], column: str, start: datetime | None = None) -> None:
        """Take the part's entry in the Singer state, which `save` writes to, and where reading starts without one.

        A start before the one that the entry was read from leaves out what lies between: then all is read anew.
        """
        self._state = state
        self._column = column
        self._start = start
        value, read_from = state.get("replication_key_value"), state.get("read_from")
        reaches = read_from is None or (start is not None and start >= moment(read_from))
        self.moment: datetime | None = moment(value) if value and reaches else None
        self._sent: set[str] = set(state.get("sent_at_bookmark", ())) if self.moment else set()
        self._before = self.moment, frozenset(self._sent)
        self._in_order = True

    def is_news(self, found: Found) -> bool:
        """Return whether the row was not sent before: what changed before the bookmark was."""
        if found.at is None:
            return True
        before, sent_before = self._before
        if before and found.at < before:
            return False
        sent = (sent_before if found.at == before else frozenset()) | (self._sent if found.at == self.moment else set())
        return not sent or row_digest(found.row) not in sent

    def covers(self, page: Sequence[Found], total: int | None) -> bool:
        """Return whether a list of so many records, which begins with this page, was all sent before."""
        return total == len(self._sent) and not any(self.is_news(found) for found in page)

    def advance(self, page: Sequence[Found]) -> None:
        """Note that the rows were sent. Rows out of order are kept from the state until the part is complete."""
        known = [found.at for found in page if found.at]
        if not known:
            return
        self._in_order = self._in_order and known == sorted(known) and (self.moment is None or known[0] >= self.moment)
        latest = max(known)
        if self.moment is None or latest > self.moment:
            self.moment, self._sent = latest, set()
        if latest == self.moment:
            self._sent.update(row_digest(found.row) for found in page if found.at == latest)

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


def row_digest(row: Row) -> str:
    """Return what tells a row's content from another's."""
    return blake2b(_encode(row), digest_size=8).hexdigest()
