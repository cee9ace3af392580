"""Lists of the newer families, under /api: an array and nothing around it, so that nothing tells how long they are.

Their guide names `limit` and `offset`; their specification does not. So a list is asked for until an answer holds
nothing, or begins as the one before it, as the answers of a list that knows no offset do.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tap_kit.pages import PageReader
from tap_kit.table import Partition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tap_kit.api import Page
    from tap_kit.client import Client
    from tap_kit.table import Settings

LIMIT = 100


def whole(path: str) -> Callable[[Client, Settings], Iterator[Partition]]:
    """Return what reads a list by offset."""

    def per(client: Client, _: Settings) -> Iterator[Partition]:
        yield Partition(read=partial(by_offset, client, path, {}))

    return per


def by_offset(client: Client, path: str, params: Mapping[str, Any]) -> Iterator[Page]:
    """Yield the pages of a list."""
    reader, offset, first = PageReader(client, path, "", paged=False), 0, None
    while True:
        page = reader.fetch({**params, "limit": LIMIT, "offset": offset})
        if not page.records or page.records[0] == first:
            return
        yield page
        first = page.records[0]
        offset += len(page.records)
