"""Documents that are asked for by a moment, or all of them; and their details."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tap_kit.details import Details
from tap_kit.table import Listing, Partition

from .books import DELETABLE, SINCE, Books, documents, last_state, run

if TYPE_CHECKING:
    import pytest


def test_what_is_gone_of_a_list_that_takes_a_moment_is_told_by_its_total() -> None:
    books, stream = Books(7, {}), documents(DELETABLE)
    state = last_state(run(books, stream))
    books.asked, books.changed_since = [], 100
    state = last_state(run(books, stream, state))
    assert [path for path, _ in books.asked] == ["documents"] * 2, "what changed, and how many there are"
    books.change("delete", 3)
    books.change("delete", 4)
    books.change("add", 0)
    books.changed_since = 7
    messages = run(books, stream, state)
    rows = [m["record"] for m in messages if m["type"] == "RECORD"]
    assert [(row["number"], bool(row["_sdc_deleted_at"])) for row in rows] == [(7, False), (3, True), (5, True)]
    books.asked, books.changed_since = [], 100
    assert not [m for m in run(books, stream, last_state(messages)) if m["type"] == "RECORD"]
    assert len(books.asked) == 2


def test_a_moment_is_asked_from_the_last_run_less_the_overlap() -> None:
    books = Books(7, {})
    messages = run(books, documents(SINCE))
    assert {m["record"]["number"] for m in messages if m["type"] == "RECORD"} == set(range(7))
    assert all("lastmodified" not in params for _, params in books.asked)
    state = last_state(messages)
    bookmark = datetime.fromisoformat(state["bookmarks"]["documents"]["replication_key_value"])
    books.asked = []
    run(books, documents(SINCE), state)
    asked = {params["lastmodified"] for path, params in books.asked if path == "documents"}
    assert asked == {bookmark.isoformat()}
    assert timedelta(minutes=59) < datetime.now(bookmark.tzinfo) - bookmark < timedelta(minutes=62)


def test_a_list_that_takes_no_moment_is_read_as_a_full_table(caplog: pytest.LogCaptureFixture) -> None:
    books = Books(4, {})
    state = last_state(run(books, documents(SINCE)))
    books.knows_since = False
    messages = run(books, documents(SINCE), state)
    assert [m["type"] for m in messages].count("ACTIVATE_VERSION") == 1
    assert len({m["record"]["number"] for m in messages if m["type"] == "RECORD"}) == 4
    assert "takes no 'lastmodified'" in caplog.text


def test_a_full_table_gets_the_details_too() -> None:
    books = Books(3, {})
    messages = run(books, documents(None))
    assert [m["type"] for m in messages].count("ACTIVATE_VERSION") == 1
    assert [m["record"]["rows"] for m in messages if m["type"] == "RECORD"] == [[0]] * 3


def test_the_path_of_a_detail_is_percent_encoded() -> None:
    asked: list[str] = []

    def get(path: str, *_: Any, **__: Any) -> dict[str, Any]:
        asked.append(path)
        return {"Unit": {"Code": "förp/2"}}

    client: Any = SimpleNamespace(get=get, api=SimpleNamespace(vendor="Vendor"), pool=ThreadPoolExecutor(1))
    details = Details("units/{Code}", envelope="Unit")
    assert details.of(client, [{"Code": "förp/2", "Listed": 1}]) == [{"Code": "förp/2", "Listed": 1}]
    assert asked == ["units/f%C3%B6rp%2F2"]


def test_rows_are_made_on_the_thread_that_sends_them() -> None:
    """What no column takes is counted while a row is made, which two threads must not do at once."""
    threads = set()

    def prepare(record: dict[str, Any], _: Partition) -> dict[str, Any]:
        threads.add(threading.current_thread())
        return record

    run(Books(7, {}), documents(Listing(), prepare=prepare))
    assert threads == {threading.current_thread()}
