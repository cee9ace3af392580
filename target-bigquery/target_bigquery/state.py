"""When a STATE may leave: after every record before it, of every stream, is committed."""

from __future__ import annotations

import itertools
import math
import os
from collections import deque
from typing import TYPE_CHECKING, Any

import msgspec

from target_bigquery.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Hashable, KeysView

# What taps leave in the bookmark of a stream that they have not finished:
# the SDK, then singer-io and pipelinewise database taps.
_UNFINISHED = ("progress_markers", "last_pk_fetched", "max_pk_value", "max_pk_values")


class Ledger:
    """Positions (line numbers) of what is not yet committed, and the STATEs that wait for it."""

    def __init__(self) -> None:
        self._open: dict[Hashable, int] = {}
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._newest_open = -1
        self._last_sent: bytes | None = None

    def opened(self, batch: Hashable, position: int) -> None:
        """``batch`` has its first record at ``position``."""
        self._open[batch] = position
        self._newest_open = max(self._newest_open, position)

    @property
    def pending(self) -> KeysView[Hashable]:
        """The batches that are not committed yet."""
        return self._open.keys()

    def closed(self, batch: Hashable) -> None:
        """Everything in ``batch`` is committed."""
        self._open.pop(batch, None)

    def state(self, position: int, value: bytes) -> None:
        """A STATE was read; it takes the place of one that waits for the same batches."""
        if self._waiting and self._waiting[-1][0] > self._newest_open:
            self._waiting.pop()
        self._waiting.append((position, value))

    def ready(self) -> bytes | None:
        """The newest STATE that is true now, unless it was the last one sent."""
        oldest = min(self._open.values(), default=math.inf)
        value = None
        for _ in itertools.takewhile(lambda waiting: waiting[0] < oldest, tuple(self._waiting)):
            _, value = self._waiting.popleft()
        if value is None or value == self._last_sent:
            return None
        self._last_sent = value
        return value


def write(value: bytes) -> None:
    """One line to stdout, unbuffered.

    Raises:
        TargetError: nobody reads it.
    """
    parts = [memoryview(value), memoryview(b"\n")]
    try:
        while parts:
            written = os.writev(1, parts)
            while parts and written >= len(parts[0]):
                written -= len(parts.pop(0))
            parts[:1] = [part[written:] for part in parts[:1]]
    except OSError as error:
        raise TargetError(f"cannot write STATE to stdout: {error.strerror}") from None


def in_progress(state: bytes, stream: str) -> bool:
    """Does this STATE say that the tap has not finished ``stream``?"""
    value = msgspec.json.decode(state)
    if not isinstance(value, dict):
        return False
    if value.get("currently_syncing") == stream:
        return True
    bookmarks = value.get("bookmarks")
    return _unfinished(bookmarks.get(stream)) if isinstance(bookmarks, dict) else False


def _unfinished(bookmark: Any) -> bool:
    if not isinstance(bookmark, dict):
        return False
    partitions = bookmark.get("partitions")
    return any(bookmark.get(word) for word in _UNFINISHED) or any(
        _unfinished(part) for part in (partitions if isinstance(partitions, list) else ())
    )
