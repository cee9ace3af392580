"""What is read from a list that changes while it is read."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tap_kit.api import Page
from tap_kit.bookmarks import Bookmark, Found
from tap_kit.changes import ByKey, Changes, NewestFirst, Settled
from tap_kit.errors import RequestRefusedError, VendorError
from tap_kit.frames import Frames
from tap_kit.pages import PageReader
from tap_kit.table import Cursor
from tap_kit.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
CURSOR = Cursor(
    column="changed",
    reading=Frames,
    since="since",
    until="until",
    order={"sort": "asc"},
    newest_first={"sort": "desc"},
    text=datetime.isoformat,
    tick=timedelta(seconds=1),
)
SIZE = 3
CURSORS = (
    CURSOR,
    Cursor(column="changed", reading=NewestFirst, order={"sort": "desc"}),
    Cursor(column="changed", reading=Settled, since="since", order={"sort": "id"}, text=datetime.isoformat),
    Cursor(
        column="changed",
        reading=ByKey,
        since="since",
        order={"key": "asc"},
        newest_first={"sort": "desc"},
        text=datetime.isoformat,
    ),
)


class ListServer:
    """A list of records in memory, asked like an API; it may change right before any request is answered."""

    def __init__(self, records: int, changes: dict[int, list[tuple[str, int]]], *, in_flight: int = 4) -> None:
        self.clock = 0
        self.records: dict[int, dict[str, Any]] = {}
        self.changes = changes
        self.requests = 0
        self.counts: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.api = SimpleNamespace(
            vendor="Vendor",
            in_flight=in_flight,
            page_params=lambda n: {"page": n},
            size_params={},
            read_page=lambda body, _: body,
        )
        self.pool = self.next_pages = ThreadPoolExecutor(in_flight)
        for number in range(records):
            self.change(number, tick=number % 4 == 0)  # four records share each moment

    def change(self, number: int, *, tick: bool = True) -> None:
        self.clock += tick
        old = self.records.get(number, {"version": 0})
        at = (EPOCH + timedelta(seconds=self.clock)).isoformat()
        self.records[number] = {"id": number, "version": old["version"] + 1, "changed": at}

    def get(self, _: str, params: dict[str, Any]) -> Page:
        with self.lock:
            self.requests += 1
            for kind, which in self.changes.get(self.requests, ()):
                number = len(self.records) if kind == "add" else which % max(len(self.records), 1)
                self.change(number, tick=kind != "tie")
            found = [
                r for r in self.records.values() if params.get("since", "") <= r["changed"] <= params.get("until", "9")
            ]
            if "key" in params:
                found = [r for r in found if r["id"] > params.get("after", -1)]
                return Page([dict(r) for r in found[:SIZE]], more=len(found) >= SIZE)
            if params["sort"] != "id":
                found.sort(key=lambda r: (r["changed"], r["id"]), reverse=params["sort"] == "desc")
            first = (params.get("page", 1) - 1) * SIZE
            pages = max(1, -(-len(found) // SIZE))
            part = [dict(r) for r in found[first : first + SIZE]]
            return Page(part, total=len(found), pages=pages, more=params.get("page", 1) < pages)


def read(server: ListServer, state: dict[str, Any], cursor: Cursor = CURSOR) -> Iterator[dict[str, Any]]:
    bookmark = Bookmark(state, "changed")
    after = ("after", "id") if cursor.reading is ByKey else None
    pages = PageReader(server, "list", "list", lambda record: record["id"], after=after)
    changes: Changes = cursor.reading(pages, cursor, {})
    for page in changes.read(bookmark.moment, changes.first(bookmark.moment)):
        found = [Found(record, moment(record["changed"])) for record in page.records]
        yield from [item.row for item in found if bookmark.is_news(item)]
        bookmark.advance([f for f in found if not (changes.certain and f.at and f.at > changes.certain)])
        if changes.in_order:
            bookmark.save(complete=False)
    if changes.complete:
        bookmark.save(complete=True)


change = st.tuples(st.sampled_from(["edit", "add", "tie"]), st.integers(0, 40))


@settings(max_examples=200)
@given(
    cursor=st.sampled_from(CURSORS),
    records=st.integers(0, 30),
    changes=st.dictionaries(st.integers(1, 30), st.lists(change, min_size=1, max_size=3), max_size=8),
)
def test_two_runs_leave_the_last_version_of_every_record(
    cursor: Cursor, records: int, changes: dict[int, list[tuple[str, int]]]
) -> None:
    if cursor is not CURSOR:  # only frames stand records that change at the newest moment there is
        changes = {n: [c for c in listed if c[0] != "tie"] for n, listed in changes.items()}
    server = ListServer(records, changes)
    state: dict[str, Any] = {}
    loaded: dict[int, int] = {}
    with server.pool:
        with suppress(VendorError):  # it may say that the list keeps changing: the next run goes on from there
            for record in read(server, state, cursor):
                loaded[record["id"]] = record["version"]
        server.changes = {}
        for record in read(server, state, cursor):
            loaded[record["id"]] = record["version"]
    assert loaded == {r["id"]: r["version"] for r in server.records.values()}


@given(records=st.integers(0, 12))
@settings(max_examples=13)
def test_a_run_without_changes_sends_nothing_and_asks_once(records: int) -> None:
    server = ListServer(records, {})
    state: dict[str, Any] = {}
    with server.pool:
        list(read(server, state))
        server.requests = 0
        assert list(read(server, state)) == []
    moments = Counter(record["changed"] for record in server.records.values())
    if not moments or moments[max(moments)] <= SIZE:  # else the ties alone fill more than a page
        assert server.requests == 1


def test_a_list_that_never_holds_still_is_an_error() -> None:
    class Restless(ListServer):
        def get(self, path: str, params: dict[str, Any]) -> Page:
            with self.lock:
                number = len(self.records)
                self.records[number] = {"id": number, "version": 1, "changed": EPOCH.isoformat()}
            return super().get(path, params)

    server = Restless(12, {}, in_flight=1)
    with server.pool, pytest.raises(VendorError, match="keeps changing"):
        list(read(server, {}))


def test_a_bookmark_stays_where_it_is_until_unordered_pages_are_complete() -> None:
    state: dict[str, Any] = {}
    bookmark = Bookmark(state, "changed")
    late, early = EPOCH + timedelta(days=2), EPOCH
    bookmark.advance([Found({"id": 1}, late)])
    bookmark.advance([Found({"id": 2}, early)])
    assert not bookmark.save(complete=False)
    assert state == {}
    assert bookmark.save(complete=True)
    assert state["replication_key_value"] == "2026-01-03T00:00:00Z"


def test_a_refused_span_is_asked_year_by_year() -> None:
    class Refusing(ListServer):
        def get(self, path: str, params: dict[str, Any]) -> Page:
            until = params.get("until")
            if "since" in params and (until or "2026")[:4] != params["since"][:4]:
                raise RequestRefusedError("no", status=400)
            return super().get(path, params)

    server = Refusing(7, {})
    since = datetime(2023, 5, 1, tzinfo=UTC)
    changes = Frames(PageReader(server, "list", "list"), CURSOR, {})
    with server.pool:
        first = changes.first(since)
        assert first is None
        ids = {r["id"] for page in changes.read(since, first) for r in page.records}
    assert ids == set(range(7))


def test_a_change_behind_the_reader_is_not_lost_to_a_newer_one_ahead_of_it() -> None:
    settled = CURSORS[2]
    server = ListServer(7, {2: [("edit", 0), ("edit", 6)]}, in_flight=1)  # record 0 was read, record 6 was not
    state: dict[str, Any] = {}
    loaded: dict[int, int] = {}
    with server.pool:
        for _ in range(2):
            loaded.update((record["id"], record["version"]) for record in read(server, state, settled))
    assert loaded == {r["id"]: r["version"] for r in server.records.values()}
