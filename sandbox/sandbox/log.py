"""What was asked, and what was answered."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from starlette.requests import Request

KEPT = 100_000


class Entry(msgspec.Struct):
    """One request. Header names only: their values hold the key."""

    number: int
    method: str
    path: str
    query: dict[str, list[str]]
    headers: list[str]
    started: float
    """Seconds since 1970."""
    seconds: float = 0.0
    status: int | None = None
    """None when the connection ended without an answer."""
    fault: str | None = None


class Log:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0

    def open(self, request: Request, started: float) -> Entry:
        """Enter a request as it comes in."""
        self._count += 1
        query = request.query_params
        entry = Entry(
            number=self._count,
            method=request.method,
            path=request.url.path,
            query={key: query.getlist(key) for key in query},
            headers=sorted(set(request.headers)),
            started=started,
        )
        self.entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget everything; numbers go on."""
        self.entries.clear()
