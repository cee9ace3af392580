"""How the reading thread and the others speak: events come in, work goes out."""

from __future__ import annotations

import contextlib
import os
import queue
import select
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_bigquery.batch import Batch

QUEUED = 2  # blocks on the way to the converting thread


class Events:
    """What other threads tell the reading thread; telling wakes it."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Batch | BaseException] = queue.SimpleQueue()
        self.wake, self._write = os.pipe()
        os.set_blocking(self._write, False)

    def tell(self, event: Batch | BaseException) -> None:
        """Called from any thread, and from the signal handler."""
        self._queue.put(event)
        with contextlib.suppress(BlockingIOError):
            os.write(self._write, b"\0")

    def wait(self) -> None:
        """Until something is told."""
        select.select([self.wake], [], [])
        os.read(self.wake, 4096)

    def all(self) -> Iterator[Batch | BaseException]:
        """What was told since the last time."""
        with contextlib.suppress(queue.Empty):
            while True:
                yield self._queue.get_nowait()


class Gate:
    """How many large things are in memory; whoever brings one more waits until it is ``empty``."""

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), 0
        self.empty = threading.Event()
        self.empty.set()

    def wait(self, meanwhile: Callable[[], None]) -> None:
        """Until nothing large is in memory; ``meanwhile`` is called now and then."""
        while not self.empty.wait(0.5):
            meanwhile()

    def enter(self) -> None:
        """Something large is in memory now."""
        with self._lock:
            self._inside += 1
            self.empty.clear()

    def leave(self) -> None:
        """It is not any more."""
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self.empty.set()


class Converter(threading.Thread):
    """Does what it is given in order, beside the reading thread; pyarrow works without Python's lock."""

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        super().__init__(name="convert", daemon=True)
        self._tasks: queue.Queue[tuple[Callable[..., Any], tuple[Any, ...]] | None] = queue.Queue(QUEUED)
        self._failed = failed
        self._broken = False
        self.start()

    def run(self) -> None:
        """Until ``close``. After a failure the rest is thrown away, so that nobody waits for room."""
        while task := self._tasks.get():
            try:
                if not self._broken:
                    task[0](*task[1])
            except BaseException as error:  # noqa: BLE001 (the reading thread raises it)
                self._broken = True
                self._failed(error)
            del task  # it may be large

    def offer(self, task: Callable[..., Any], args: tuple[Any, ...]) -> bool:
        """Take a task; False while the queue stays full."""
        try:
            self._tasks.put((task, args), timeout=0.5)
        except queue.Full:
            return False
        return True

    def close(self, *, drop: bool) -> None:
        """Wait for the end of what was given, or drop it."""
        self._broken = self._broken or drop
        self._tasks.put(None)
        self.join()
