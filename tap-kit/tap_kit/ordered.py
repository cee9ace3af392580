"""Calls made ahead in threads, results taken in order."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

Item = TypeVar("Item")
Result = TypeVar("Result")


def ordered(pool: Executor, call: Callable[[Item], Result], items: Iterable[Item], *, ahead: int) -> Iterator[Result]:
    """Yield call(item) for each item, in the items' order.

    At most `ahead` calls are under way or wait to be taken, so memory is bounded however many items there
    are. The first error is raised where its result would have stood; what was begun after it is dropped.
    """
    begun: deque[Future[Result]] = deque()
    try:
        for item in items:
            begun.append(pool.submit(call, item))
            if len(begun) >= ahead:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        for future in begun:
            future.cancel()


def begun(pool: Executor, items: Iterator[Item]) -> Iterator[Item]:
    """Return the same items, the first of which is asked for now, in a thread."""
    first = pool.submit(lambda: list(islice(items, 1)))

    def rest() -> Iterator[Item]:
        yield from first.result()
        yield from items

    return rest()
