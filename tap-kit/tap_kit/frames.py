"""What changed since a moment, from a list that can be sorted by it, without loss while the list moves.

Page numbers count positions in a list that moves: a record that changes while page 1 is read goes to the end
of the list, everything behind it moves up by one, and the first record of page 2 is never seen. So a list of
more than one page is read up to just before the newest moment that it had at the start. Inside that frame
records can only leave, which the vendor's total shows: pages that agree about the total are consistent, and
where one does not, reading starts again at the last record that was certain. What changed meanwhile is then read
as the next frame.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tap_kit.changes import Changes
from tap_kit.errors import RequestRefusedError, VendorError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.api import Page

logger = logging.getLogger(__name__)

_RESTARTS = 5  # without getting any further
_MOVING = "the list keeps changing while it is read: run again later"
_REFUSED_RANGE = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)


class Frames(Changes):
    """Reads a list that can be sorted by, and bounded to, the moment of the last change: oldest first."""

    in_order = True

    def first(self, since: datetime | None) -> Page | None:
        """Return the first page since a moment, or None where the vendor refuses so long a span of time."""
        try:
            return super().first(since)
        except RequestRefusedError as error:
            if since is None or error.status not in _REFUSED_RANGE:
                raise
            logger.info("The vendor refuses changes since %s: asking year by year", since.date())
            return None

    def read(self, since: datetime | None, first: Page | None) -> Iterator[Page]:
        """Yield pages of all changes since a moment, oldest first. `first` is what first() returned."""
        if first is not None or since is None:
            yield from self._frames(since, None, first)
            return
        for year in range(since.year, datetime.now(UTC).year + 1):
            start = max(since, datetime(year, 1, 1, tzinfo=UTC))
            last = year == datetime.now(UTC).year
            end = None if last else datetime(year, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)
            yield from self._frames(start, end, None)

    def _frames(self, since: datetime | None, until: datetime | None, first: Page | None) -> Iterator[Page]:
        shared: datetime | None = None
        while True:
            page = first or self.pages.fetch(self.ask(since, until))
            newest = self.newest(since, until) if page.more or (page.pages or 1) > 1 else None
            if newest is None:
                yield page
                self._compare(page.total, len(page.records))
                return
            end, first = newest - self.cursor.tick, None
            if since is None or since < end:
                yield from self._frame(since, end)
                since = end
            elif newest != shared:
                yield from self._ties(since, newest)
                since = shared = newest
            else:
                return

    def _ties(self, since: datetime, until: datetime) -> Iterator[Page]:
        """Read more than a page of records that share one moment, until two readings agree."""
        before: list[Any] | None = None
        for _ in range(_RESTARTS):
            pages = list(self.pages.read(self.ask(since, until)))
            yield from pages
            found = [
                (self.pages.identify(record), record.get(self.cursor.column))
                for page in pages
                for record in page.records
            ]
            if found == before:
                return
            before = found
        raise VendorError(_MOVING)

    def _frame(self, since: datetime | None, until: datetime) -> Iterator[Page]:
        restarts, disorders = 0, 0
        while True:
            total, seen, certain = None, 0, since
            for page in self.pages.read(self.ask(since, until)):
                total = page.total if total is None else total
                at = self.moments(page)
                in_order = at == sorted(at) and (certain is None or not at or at[0] >= certain)
                if page.total != total or not (in_order or disorders):
                    disorders += not in_order  # the second time it is the vendor's way
                    break
                yield page
                seen += len(page.records)
                certain = at[-1] if at and in_order and not disorders else certain
            else:
                if total is None or seen >= total:
                    self._compare(total, seen)
                    return
            restarts = restarts + 1 if certain == since else 0
            if restarts > _RESTARTS:
                raise VendorError(_MOVING)
            logger.info("Records moved while they were read: reading again from %s", certain)
            since = certain

    def _compare(self, announced: int | None, listed: int) -> None:
        if announced is not None:
            self.announced = (self.announced or 0) + announced
            self.listed += listed
