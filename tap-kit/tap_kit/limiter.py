"""One request budget per credential, shared by all threads and streams."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyrate_limiter import Duration, InMemoryBucket, Rate
from pyrate_limiter import Limiter as MovingWindow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Duration", "Limiter", "Rate"]


_ROUNDING_MS = 2  # added to every wait


class Limiter:
    """Lets a request start when the vendor's moving windows and the cap on requests in flight allow it.

    A refusal (429, `Retry-After`) holds back every thread, not only the one that met it.
    """

    def __init__(self, rates: Sequence[Rate], in_flight: int) -> None:
        """Take the vendor's rates (shortest window first) and the greatest number of requests in flight."""
        self._window = MovingWindow(InMemoryBucket(list(rates)), buffer_ms=_ROUNDING_MS)
        self._turn = threading.Lock()  # one waits for the window at a time: the moments that it notes are true then
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
                while (hold := self._held_until - time.monotonic()) > 0:
                    time.sleep(hold)
                self._window.try_acquire("request")
            with self._lock:
                self.waited += time.monotonic() - started
            yield

    def hold(self, seconds: float) -> None:
        """Let no request start for so many seconds from now."""
        with self._lock:
            self._held_until = max(self._held_until, time.monotonic() + seconds)

    def close(self) -> None:
        """End the window's housekeeping thread."""
        self._window.close()
