"""What changed since a moment: the ways to ask for it, chosen by what a list can do.

A list that can be sorted by the moment of the last change, oldest first, is read in frames (`tap_kit.frames`). The
ways here are for the others.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from tap_kit.times import moment_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tap_kit.api import Page, Params
    from tap_kit.pages import PageReader
    from tap_kit.table import Cursor

logger = logging.getLogger(__name__)

_READINGS = 5


class Changes:
    """Reads the changes of one list, or of the part of it that `params` ask for.

    Attributes:
        in_order: whether all before the last record of a page is read with that page.
        complete: False after a reading that may have missed changes: the bookmark must stay where it was.
        certain: the moment up to which all was read; None for all that came.
        announced: how many records the vendor said there are in the lists that were read to their end; None where
            it does not say, or says it of more than the changes.
        listed: how many came of them.
    """

    in_order = False
    certain: datetime | None = None

    def __init__(self, pages: PageReader, cursor: Cursor, params: Params) -> None:
        self.pages = pages
        self.cursor = cursor
        self._params = params
        self.complete = True
        self.announced: int | None = None
        self.listed = 0

    def first(self, since: datetime | None) -> Page | None:
        """Return the first page since a moment."""
        return self.pages.fetch(self.ask(since))

    def read(self, since: datetime | None, first: Page | None) -> Iterator[Page]:
        """Yield pages of all changes since a moment. `first` is what first() returned."""
        raise NotImplementedError

    def ask(self, since: datetime | None, until: datetime | None = None) -> Params:
        """Return the query parameters for changes between two moments, both included."""
        bounds = {self.cursor.since: since, self.cursor.until: until}
        asked = {name: self.cursor.text(at.astimezone(UTC)) for name, at in bounds.items() if name and at}
        return {**self._params, **self.cursor.order, **asked}

    def newest(self, since: datetime | None, until: datetime | None = None) -> datetime | None:
        """Return the newest moment that the list has between two moments, or None of an empty one."""
        asked = {name: value for name, value in self.ask(since, until).items() if name not in self.cursor.order}
        return max(self.moments(self.pages.fetch({**asked, **self.cursor.newest_first})), default=None)

    def moments(self, page: Page) -> list[datetime]:
        """Return when the records of a page last changed."""
        return [at for record in page.records if (at := moment_or_none(record.get(self.cursor.column)))]


class NewestFirst(Changes):
    """Reads a list that comes newest first, down to the moment.

    What changes meanwhile goes to the front and moves the rest down: as pages are asked for one after the other,
    records may come twice and none is missed; the change itself is newer than all that was read, so the next run
    finds it.
    """

    def read(self, since: datetime | None, first: Page | None) -> Iterator[Page]:
        """Yield pages until one ends before the moment."""
        for page in self.pages.read(self.ask(since), first, ahead=1):
            yield page
            at = self.moments(page)
            if since and at and at[-1] < since:
                return


class ByKey(Changes):
    """Reads a list in the order of its keys, each page after the last key of the one before it.

    Such pages do not move. But a record behind the reader may change unseen, and one ahead of it show a newer
    change: so all that came counts as read up to the newest change that there was at the start.
    """

    def first(self, since: datetime | None) -> Page | None:
        """Return the first page since a moment; of the whole list, which is long, ask first how far it is certain."""
        if since is None:
            self.certain = self.newest(since)
        return super().first(since)

    def read(self, since: datetime | None, first: Page | None) -> Iterator[Page]:
        """Yield pages in the order of keys. A list of one page is read as it is."""
        if first is not None and (self.certain or not first.more):
            yield from self.pages.read(self.ask(since), first)
            return
        self.certain = self.newest(since)
        yield from self.pages.read(self.ask(since))


class Settled(Changes):
    """Reads a list that can be bounded to the moment, but comes in another order.

    While pages are read, a record on an earlier page may change unseen, and a later page show a newer change. So a
    list of more than one page is read until two readings agree; each brings only what the ones before did not.
    """

    def read(self, since: datetime | None, first: Page | None) -> Iterator[Page]:
        """Yield pages of records that are new or changed since the last reading."""
        seen: dict[str, Any] = {}
        for _ in range(_READINGS):
            news = pages = 0
            for page in self.pages.read(self.ask(since), first):
                fresh = []
                for record in page.records:
                    name, at = repr(self.pages.identify(record)), record.get(self.cursor.column)
                    if name not in seen or seen[name] != at:
                        seen[name] = at
                        fresh.append(record)
                news, pages = news + len(fresh), pages + 1
                yield replace(page, records=fresh)
            first = None
            if pages == 1 or not news:
                return
        logger.warning("The list keeps changing while it is read: the next run reads it from the same moment")
        self.complete = False
