"""How far a part of a stream has been read."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec

from tap_kit.times import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_kit.columns import Row

_REMEMBERED = 1000  # rows; more of them at one moment are sent again at the next run, which does no harm

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Bookmark:
    """The moment of the last change that was read, and which rows of that very moment were sent.

    Asking from the bookmark on includes its own moment, as more rows may come to share it. The digests tell
    those rows from the ones that were sent before.
    """

    def __init__(self, state: dict[str, Any], column: str) -> None:
        """Take the part's entry in the Singer state, which `save` writes to."""
        self._state = state
        self._column = column
        value = state.get("replication_key_value")
        self.moment: datetime | None = moment(value) if value else None
        self._sent: set[str] = set(state.get("sent_at_bookmark", ()))
        self._in_order = True

    def is_news(self, row: Row, at: datetime | None) -> bool:
        """Return whether the row, changed at that moment, was not sent before."""
        return at is None or at != self.moment or _digest(row) not in self._sent

    def advance(self, rows: Sequence[Row], moments: Sequence[datetime | None]) -> None:
        """Note that the rows were sent. Rows out of order are kept from the state until the part is complete."""
        known = [at for at in moments if at]
        if not known:
            return
        self._in_order = self._in_order and known == sorted(known) and (self.moment is None or known[0] >= self.moment)
        latest = max(known)
        if self.moment is None or latest > self.moment:
            self.moment, self._sent = latest, set()
        if latest == self.moment:
            self._sent.update(_digest(row) for row, at in zip(rows, moments, strict=True) if at == latest)

    def save(self, *, complete: bool) -> bool:
        """Write the bookmark to the state if it may stand there; return whether it changed."""
        if self.moment is None or not (self._in_order or complete):
            return False
        entry: dict[str, Any] = {
            "replication_key": self._column,
            "replication_key_value": self.moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }
        if 0 < len(self._sent) <= _REMEMBERED:
            entry["sent_at_bookmark"] = sorted(self._sent)
        changed = any(self._state.get(name) != value for name, value in entry.items())
        self._state.pop("sent_at_bookmark", None)
        self._state.update(entry)
        return changed


def _digest(row: Row) -> str:
    return blake2b(_encode(row), digest_size=8).hexdigest()
