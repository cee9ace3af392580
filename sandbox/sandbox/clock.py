"""The company's time."""

from __future__ import annotations

from datetime import UTC, datetime

START = "2026-06-30T12:00:00Z"
TICK_MS = 1000


def milliseconds(text: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 time; UTC where it names no zone. ValueError if it is none."""
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def iso(ms: int) -> str:
    """`2026-06-30T12:00:00.000Z`."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


class Clock:
    """Stands still until it is moved, and never goes back: the same calls give the same times."""

    def __init__(self, start: str = START) -> None:
        self.now = milliseconds(start)

    def tick(self) -> int:
        """One second on, for one change in the books."""
        return self.advance(TICK_MS)

    def advance(self, ms: int) -> int:
        """Move on by `ms`; ValueError for a step back."""
        if ms < 0:
            raise ValueError("the clock does not go back")
        self.now += ms
        return self.now
