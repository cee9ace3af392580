"""Lists that move while their pages are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_kit.errors import VendorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_kit.api import Page
    from tap_kit.table import RawRecord

_READINGS = 6


def until_two_agree(
    read: Callable[[], Iterator[Page]],
    identify: Callable[[RawRecord], Any],
    compare: Callable[[int | None, int], None],
) -> Iterator[Page]:
    """Yield the pages of a list, of more than one page again and again until two readings hold the same records.

    What leaves the list moves the rest up, and a record from one page to the one before it, unseen. At the end
    `compare` gets how many records the last reading announced, if it did, and how many came.

    Raises:
        VendorError: no two readings agree.
    """
    before: set[str] | None = None
    for _ in range(_READINGS):
        found, pages, total = set[str](), 0, None
        for page in read():
            total = page.total if pages == 0 else total
            found.update(repr(identify(record)) for record in page.records)
            pages += 1
            yield page
        if pages <= 1 or found == before:
            compare(total, len(found))
            return
        before = found
    raise VendorError("the list keeps changing while it is read: run again later")
