"""The pages of one request, fetched ahead, in order, to their end."""

from __future__ import annotations

import logging
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tap_kit.api import Page
from tap_kit.chained import chained
from tap_kit.errors import RequestRefusedError, VendorChangedError
from tap_kit.ordered import ordered
from tap_kit.times import now_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_kit.api import Json, Params
    from tap_kit.client import Client
    from tap_kit.table import RawRecord

logger = logging.getLogger(__name__)

_AHEAD = 4  # pages after a key
_REPEATS = 2  # of one page, as a list that ignores the page number gives for ever, and one that moves now and then

# What some APIs answer to a page past the end.
_PAST_THE_END = (HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)


class PageReader:
    """Reads the pages of one list."""

    def __init__(
        self,
        client: Client,
        path: str,
        envelope: str,
        identify: Callable[[RawRecord], Any] = lambda record: record,
        *,
        after: tuple[str, str] | None = None,
        paged: bool = True,
        none: tuple[int, ...] = (),
    ) -> None:
        """Take the list's path, where an answer holds its records (names with dots between), and what they are.

        The others are as in `tap_kit.table.Stream`.
        """
        self._client = client
        self._path = path
        self._envelope = envelope
        self._after = after
        self._paged = paged
        self._none = none
        self.identify = identify

    def fetch(self, params: Params, number: int = 1, last: Page | None = None) -> Page:
        """Return one page: by its number, or that after the last one, as the list has it."""
        try:
            body = self._client.get(self._path, {**params, **self._place(number, last)})
        except RequestRefusedError as error:
            if (number > 1 or last) and error.status in _PAST_THE_END:
                logger.warning("%s: a page is past the end", self._path)
                return Page([])
            if error.status in self._none:
                return Page([], total=0, pages=0)
            raise
        return self._page(body)

    def _place(self, number: int, last: Page | None) -> Params:
        api = self._client.api
        if not self._paged:
            return {}
        if not self._after:
            return api.page_params(number)
        param, name = self._after
        if last and name not in last.records[-1]:
            raise VendorChangedError(f"{api.vendor} answered with a record without '{name}' (GET {self._path})")
        return {**api.size_params, **({param: last.records[-1][name]} if last else {})}

    def _page(self, body: Json) -> Page:
        api = self._client.api
        try:
            page = api.read_page(body, self._envelope)
        except (LookupError, TypeError, AttributeError) as error:
            message = f"{api.vendor} answered without '{self._envelope}' (GET {self._path})"
            raise VendorChangedError(message) from error
        self._client.counts["readable"] += 1
        self._client.counts["records"] += len(page.records)
        page = page if self._paged else replace(page, pages=1, more=False)
        return replace(page, received_at=now_text())

    def read(self, params: Params, first: Page | None = None, *, ahead: int | None = None) -> Iterator[Page]:
        """Yield the pages, the first maybe fetched before, so many ahead; 1 asks for each after the one before it.

        Ends with the last page that the vendor announced, with an empty one, or when one repeats itself:
        announcements are missing, late or wrong on some lists.
        """
        begin, last, repeats = first or self.fetch(params), None, 0
        ahead = ahead or 2 * self._client.api.in_flight
        for page in self._by_key(params, begin) if self._after else self._by_number(params, begin, ahead):
            repeats = repeats + 1 if last and page.records and self._same(page, last) else 0
            if repeats > _REPEATS:
                return
            yield page
            if not page.records:
                return
            last = page

    def _same(self, page: Page, other: Page) -> bool:
        return [self.identify(r) for r in page.records] == [self.identify(r) for r in other.records]

    def _by_number(self, params: Params, first: Page, ahead: int) -> Iterator[Page]:
        yield first
        if first.pages is not None and ahead > 1:
            numbers = range(2, first.pages + 1)
            yield from ordered(self._client.pool, lambda n: self.fetch(params, n), numbers, ahead=ahead)
            return
        page, number = first, 1
        while page.more:
            number += 1
            page = self.fetch(params, number)
            yield page

    def _by_key(self, params: Params, first: Page) -> Iterator[Page]:
        def after(page: Page) -> Page | None:
            return self.fetch(params, last=page) if page.more and page.records else None

        return chained(self._client.next_pages, after, first, ahead=_AHEAD)
