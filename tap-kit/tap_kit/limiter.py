"""One request budget per credential, shared by all threads and streams."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left, insort
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Seconds by which a request is taken to have come later than others, at most: to count the slowest answers whole would
# halve the rate. On two cores with five times as much to do, one of five hundred requests came later.
LATEST = 0.15
# Clocks run apart, and the fastest answer so far may not be the fastest there can be.
_ROOM = 0.01


class Duration(IntEnum):
    """Milliseconds."""

    SECOND = 1_000
    MINUTE = 60_000


class Rate(NamedTuple):
    """What a vendor allows: so many requests in any interval of so many ms; `pace` ms, at least, between two."""

    limit: int
    interval: int
    pace: int = 0


def paced(limit: int, interval: int) -> Rate:
    """Return the rate for a vendor that refuses groups of requests.

    They go out one by one, a quarter faster than on average, so that a moment that passed unused is made good.
    """
    return Rate(limit, interval, interval * 4 // (limit * 5))


class Limiter:
    """Lets a request start when the vendor's moving windows and the cap on requests in flight allow it.

    A vendor counts a request when it comes, and that is known only to lie between its start and its answer. How much
    longer an answer took than the fastest of its kind is how much later the request may have come: its place in the
    window is kept for that much longer.

    A refusal (429, `Retry-After`) holds back every thread, not only the one that met it.
    """

    def __init__(self, rates: Sequence[Rate], in_flight: int) -> None:
        """Take the vendor's rates and the greatest number of requests in flight."""
        self._windows = [(rate.limit, rate.interval / 1000 + _ROOM) for rate in rates]
        self._pace = max(rate.pace for rate in rates) / 1000
        self._most = max(rate.limit for rate in rates)
        self._counted: list[float] = []  # when requests came, had they come as fast as the fastest; in order
        self._fastest: dict[str, float] = {}  # answer to each kind of request, seconds
        self._next = 0.0  # the moment from which the next one may start, whatever the windows say
        self._turn = threading.Lock()  # one waits at a time
        self._slots = threading.BoundedSemaphore(in_flight)
        self._told = threading.Condition()  # of an answer, which may shorten the wait
        self.waited = 0.0

    @contextmanager
    def slot(self, kind: str = "") -> Iterator[None]:
        """Hold one place in flight for the time of one request, of a kind that is answered as fast as it is."""
        asked = time.monotonic()
        with self._slots:
            with self._turn:
                started = self._start()
                self.waited += started - asked
            try:
                yield
            finally:
                self._answered(kind, started)

    def hold(self, seconds: float) -> None:
        """Let no request start for so many seconds from now."""
        with self._told:
            self._next = max(self._next, time.monotonic() + seconds)

    def _wait(self) -> float:
        """Return the seconds until a request may start."""
        full = [self._counted[-limit] + window for limit, window in self._windows if len(self._counted) >= limit]
        return max(self._next, *full, 0.0) - time.monotonic()

    def _start(self) -> float:
        """Note, as soon as a request may start, that it does, and that it may come late; return the moment."""
        with self._told:
            while (wait := self._wait()) > 0:
                self._told.wait(wait)
            now = time.monotonic()
            self._next = max(self._next, now + self._pace)
            insort(self._counted, now + LATEST)
            del self._counted[: -self._most]
            return now

    def _answered(self, kind: str, started: float) -> None:
        """Note that a request was answered, and how late it may have come."""
        with self._told:
            took = time.monotonic() - started
            known = self._fastest.get(kind) or min(self._fastest.values(), default=took)
            self._fastest[kind] = min(self._fastest.get(kind, took), took)
            place = bisect_left(self._counted, started + LATEST)
            if place < len(self._counted) and self._counted[place] == started + LATEST:
                del self._counted[place]
                insort(self._counted, started + min(max(took - known, 0.0), LATEST))
            self._told.notify()
