"""A long run is seen to be alive: by a line on a terminal, or one in the log now and then."""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from tap_kit.estimate import sights
from tap_kit.terminal import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Self

    from tap_kit.report_model import StreamReport
    from tap_kit.stream import TableStream

logger = logging.getLogger(__name__)

SECONDS = 30.0


class Progress:
    """Shows on a terminal, or says every 30 seconds from a thread of its own, how far the run is."""

    def __init__(
        self, streams: Iterable[TableStream], past: Mapping[str, StreamReport], seconds: float = SECONDS
    ) -> None:
        """Take the streams of the run, and what the last run says of each."""
        self._look = partial(sights, list(streams), past)
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)
        self._shown = ExitStack()

    def __enter__(self) -> Self:
        if not self._shown.enter_context(shown(self._look)):
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._shown.close()
        self._over.set()
        if self._thread.ident:
            self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._seconds):
            for sight in self._look():
                logger.info("Stream %s: %s", sight.name, sight)
