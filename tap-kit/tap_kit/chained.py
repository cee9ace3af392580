"""Items each of which is asked for by the one before it, as pages after a key are: found in threads, taken in order."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor, Future

Item = TypeVar("Item")


def chained(pool: Executor, follow: Callable[[Item], Item | None], first: Item, *, ahead: int) -> Iterator[Item]:
    """Yield the first item, and then what follow() finds after each, until it finds None.

    At most `ahead` of them are found before they are taken, and few before the first ones are: who looks at the
    beginning alone has not asked for much more. An error is raised where its item would have stood.
    """
    chain = _Chain(pool, follow, ahead)
    chain.go_on(first)
    try:
        item: Item | None = first
        while item is not None:
            yield item
            item = chain.take()
    finally:
        chain.stop()


class _Chain(Generic[Item]):
    """The links between the item that was taken last and the one that was found last."""

    def __init__(self, pool: Executor, follow: Callable[[Item], Item | None], ahead: int) -> None:
        self._pool = pool
        self._follow = follow
        self._ahead = ahead
        self._lock = threading.Lock()
        self._begun: deque[Future[Item | None]] = deque()
        self._end: Item | None = None  # what the next one follows, where there was no room to look for it
        self._window = self._room = 1

    def go_on(self, item: Item) -> None:
        """Look for what follows an item, now or when there is room."""
        with self._lock:
            if self._room > 0:
                self._room -= 1
                self._begun.append(self._pool.submit(self._find, item))
            else:
                self._end = item

    def take(self) -> Item | None:
        """Return the next item."""
        item = self._begun.popleft().result()
        with self._lock:
            wider = self._window < self._ahead
            self._window += wider
            self._room += 1 + wider
            end, self._end = self._end, None
        if end is not None:
            self.go_on(end)
        return item

    def stop(self) -> None:
        """Look for nothing more."""
        with self._lock:
            self._room = -self._ahead
            for future in self._begun:
                future.cancel()

    def _find(self, item: Item) -> Item | None:
        found = self._follow(item)
        if found is not None:
            self.go_on(found)
        return found
