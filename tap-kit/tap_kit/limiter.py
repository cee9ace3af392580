"""One request budget per credential, shared by all threads and streams."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyrate_limiter import Duration, InMemoryBucket, Rate, RateItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["LATE_MS", "Duration", "Limiter", "Rate", "paced"]

# By how much one request may take longer than another from its start here until the vendor counts it.
LATE_MS = 40


def paced(limit: int, window: int) -> tuple[Rate, ...]:
    """Return the rates for a vendor that counts every request, and allows `limit` of them in any `window` ms.

    The window is longer here, as a request that comes late is closer to the ones behind it. Inside it requests go out
    one by one, a quarter faster than on average, so that a moment that passed unused is made good.
    """
    whole, pace = Rate(limit, window + LATE_MS), window * 4 // (limit * 5)
    return (Rate(1, pace), whole) if pace and limit > 1 else (whole,)


class Limiter:
    """Lets a request start when the vendor's moving windows and the cap on requests in flight allow it.

    A refusal (429, `Retry-After`) holds back every thread, not only the one that met it.
    """

    def __init__(self, rates: Sequence[Rate], in_flight: int) -> None:
        """Take the vendor's rates (shortest window first) and the greatest number of requests in flight."""
        # Not the library's own limiter: it notes when a request was to start, and not when it did.
        self._windows = InMemoryBucket(list(rates))
        self._turn = threading.Lock()  # one waits at a time: the moments that it notes are true then
        self._slots = threading.BoundedSemaphore(in_flight)
        self._lock = threading.Lock()
        self._held_until = 0.0
        self.waited = 0.0

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one place in flight for the time of one request."""
        started = time.monotonic()
        with self._slots:
            with self._turn:
                while wait := self._start():
                    time.sleep(wait)
            with self._lock:
                self.waited += time.monotonic() - started
            yield

    def hold(self, seconds: float) -> None:
        """Let no request start for so many seconds from now."""
        with self._lock:
            self._held_until = max(self._held_until, time.monotonic() + seconds)

    def _start(self) -> float:
        """Start a request and return 0, or return the seconds until one may start."""
        now = time.monotonic()
        if (held := self._held_until - now) > 0:
            return held
        request = RateItem("request", int(now * 1000))
        self._windows.leak(request.timestamp)
        return 0.0 if self._windows.put(request) else max(int(self._windows.waiting(request)), 1) / 1000  # type: ignore[arg-type]
