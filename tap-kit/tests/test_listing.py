"""Documents whose lists say little: compared with the last run, and with their details."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tap_kit.details import Details
from tap_kit.errors import RunStoppedError
from tap_kit.table import Listing, Partition

from .books import SINCE, Books, by_year, documents, last_state, load, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.api import Page

change = st.tuples(st.sampled_from(["edit", "add", "delete"]), st.integers(0, 40))
KINDS = {
    "numbered": documents(Listing()),
    "one by one": documents(Listing(), details=Details("documents/{Number}")),
    "without details": documents(Listing(), details=None),
    "after the last key": documents(Listing(), after=("after", "Number")),
    "by year": documents(Listing(), per=by_year),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(0, 12),
    totals=st.booleans(),
    runs=st.lists(
        st.dictionaries(st.integers(1, 20), st.lists(change, min_size=1, max_size=3), max_size=5),
        min_size=1,
        max_size=3,
    ),
)
def test_a_listing_ends_as_the_vendor_is(
    kind: str, count: int, *, totals: bool, runs: list[dict[int, list[tuple[str, int]]]]
) -> None:
    books, table, state = Books(count, {}, totals=totals), dict[int, dict[str, Any]](), dict[str, Any]()
    for changes in [*runs, {}]:
        books.asked, books.changes = [], {at: list(listed) for at, listed in changes.items()}
        try:
            messages = run(books, KINDS[kind], state)
        except RunStoppedError:  # it keeps changing: what was sent is true, and the next run goes on
            messages = books.lines
        load(table, messages)
        state = last_state(messages) if any(m["type"] == "STATE" for m in messages) else state
    wanted = {number: d["Title"] for number, d in books.documents.items()}
    assert {number: row["title"] for number, row in table.items()} == wanted
    if KINDS[kind].details:
        assert {n: row["rows"] for n, row in table.items()} == {n: d["Rows"] for n, d in books.documents.items()}
    books.asked = []
    again = run(books, KINDS[kind], state)
    assert not [m for m in again if m["type"] == "RECORD"]
    assert not [path for path, _ in books.asked if path != "documents"], "details of what did not change"


def test_a_part_with_the_stamp_of_the_last_run_is_not_read() -> None:
    books, stamp = Books(4, {}), ["closed"]
    stream = documents(Listing(), per=lambda *_: [Partition({"year": y}, {"year": y}, stamp=stamp[0]) for y in (0, 1)])
    state = last_state(run(books, stream))
    books.asked = []
    state = last_state(run(books, stream, state))
    assert not books.asked
    stamp[0] = "reopened"
    books.change("delete", 0)
    messages = run(books, stream, state)
    assert [m["record"]["number"] for m in messages if m["type"] == "RECORD"] == [0]
    assert all(m["record"]["_sdc_deleted_at"] for m in messages if m["type"] == "RECORD")


@pytest.mark.parametrize("in_turn", [True, False])
def test_a_part_that_goes_by_those_before_it_is_not_asked_for_ahead(*, in_turn: bool) -> None:
    books, ahead = Books(4, {}), list[bool]()

    def part(year: int) -> Partition:
        def read() -> Iterator[Page]:
            ahead.append(threading.current_thread() is not threading.main_thread())
            yield books.page({"page": 1, "year": year})

        return Partition({"year": year}, read=read, in_turn=in_turn)

    run(books, documents(Listing(), details=None, per=lambda *_: [part(year) for year in (0, 1)]))
    assert ahead == [not in_turn] * 2


def test_while_the_seal_of_the_parts_is_unbroken_no_stamp_is_asked_for() -> None:
    books, seal, stamps, asked = Books(4, {}), ["1"], ["a", "b"], list[int]()

    def part(year: int) -> Partition:
        def stamp() -> str:
            asked.append(year)
            return stamps[year]

        return Partition({"year": year}, {"year": year}, stamp=stamp, seal=seal[0])

    stream = documents(Listing(), per=lambda *_: [part(year) for year in (0, 1)])
    state = last_state(run(books, stream))
    assert sorted(asked) == [0, 1]
    asked.clear()
    state = last_state(run(books, stream, state))
    assert not asked
    seal[0], stamps[1], books.asked = "2", "c", []
    state = last_state(run(books, stream, state))
    assert sorted(asked) == [0, 1]
    assert {params["year"] for _, params in books.asked} == {1}, "the other part is as it was"
    asked.clear()
    run(books, stream, state)
    assert not asked


def test_what_moves_to_another_part_is_not_deleted() -> None:
    """The part that it came to is read before the one that it left."""
    books = Books(2, {})
    state = last_state(run(books, KINDS["by year"]))
    books.documents[1]["Year"] = 0
    messages = run(books, KINDS["by year"], state)
    assert [m["record"] for m in messages if m["type"] == "RECORD" and m["record"]["_sdc_deleted_at"]] == []
    assert not [m for m in run(books, KINDS["by year"], last_state(messages)) if m["type"] == "RECORD"]


def test_a_later_start_date_deletes_nothing_and_an_earlier_one_brings_the_rest() -> None:
    books = Books(6, {})
    stream = documents(Listing(), date=lambda record: record["Day"])
    state = last_state(run(books, stream, start_date="2026-01-03"))
    later = run(books, stream, state, start_date="2026-01-05")
    assert not [m for m in later if m["type"] == "RECORD"]
    earlier = run(books, stream, last_state(later), start_date="2026-01-01")
    assert {0, 1} <= {m["record"]["number"] for m in earlier if m["type"] == "RECORD"}


def test_a_fingerprint_leaves_out_what_changes_by_itself() -> None:
    books = Books(2, {})
    stream = documents(Listing(fingerprint=lambda record: {"number": record["Number"]}))
    state = last_state(run(books, stream))
    books.change("edit", 0)
    assert not [m for m in run(books, stream, state) if m["type"] == "RECORD"]


def test_a_deletion_between_two_pages_moves_no_record_out_of_sight() -> None:
    books = Books(7, {2: [("delete", 0), ("add", 0)]})
    messages = run(books, documents(SINCE, details=None))
    assert {m["record"]["number"] for m in messages if m["type"] == "RECORD"} >= set(books.documents)
