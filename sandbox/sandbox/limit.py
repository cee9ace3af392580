"""Rate limits over moving windows."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Window = tuple[int, float]
"""So many requests in so many seconds."""


class Limit:
    """Admits a request when every window has room for it; a refused one takes room only where it `counts_refused`."""

    def __init__(
        self, windows: Sequence[Window], now: Callable[[], float] = time.monotonic, *, counts_refused: bool = False
    ) -> None:
        self._now = now
        self._counts_refused = counts_refused
        self.configure(windows, retry_after=False)

    def configure(self, windows: Sequence[Window], *, retry_after: bool) -> None:
        """New windows, empty. `retry_after`: whether a refusal says how long to wait."""
        self.retry_after = retry_after
        self.windows = [(count, seconds) for count, seconds in windows if count > 0]
        self._counted: deque[float] = deque(maxlen=max((count for count, _ in self.windows), default=0))

    def wait(self) -> float:
        """Seconds until there would be room; 0 when there is."""
        now = self._now()
        return max(
            (self._counted[-count] + seconds - now for count, seconds in self.windows if len(self._counted) >= count),
            default=0.0,
        )

    def admit(self) -> float:
        """Take room and return 0, or return the seconds to wait."""
        wait = max(self.wait(), 0.0)
        if not wait or self._counts_refused:
            self._counted.append(self._now())
        return wait
