"""A line in the log now and then, so that a long run is seen to be alive."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self

    from tap_kit.stream import TableStream

logger = logging.getLogger(__name__)

SECONDS = 30.0


class Progress:
    """Says every 30 seconds how far the stream is that is being read, from a thread of its own."""

    def __init__(self, streams: Iterable[TableStream], seconds: float = SECONDS) -> None:
        """Take the streams of the run."""
        self._streams = list(streams)
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def lines(self) -> Iterator[str]:
        """Yield a line for what is being read."""
        for stream in self._streams:
            tally = stream.tally
            if tally.started and not tally.ended:
                rate = tally.rows / max(tally.seconds, 0.001)
                yield f"Stream {stream.name}: {tally.rows} rows so far, {rate:.0f} rows/s"

    def _run(self) -> None:
        while not self._over.wait(self._seconds):
            for line in self.lines():
                logger.info("%s", line)
