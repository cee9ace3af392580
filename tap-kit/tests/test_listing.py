"""Documents whose lists say little: compared with the last run, or asked by a moment, and with their details."""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tap_kit.api import Api, Company, Page
from tap_kit.client import Client
from tap_kit.details import Details
from tap_kit.errors import RequestRefusedError, RunStoppedError
from tap_kit.limiter import Duration, Rate
from tap_kit.sign_in import ApiKey
from tap_kit.table import Listing, Partition, Since, Stream
from tap_kit.tap import TableTap
from tap_kit.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 3
SCHEMA = {
    "description": "Documents.",
    "properties": {
        "number": {"type": "integer", "description": "The number."},
        "title": {"type": "string", "description": "The title."},
        "rows": {"type": "array", "items": {"type": "integer"}, "description": "The rows."},
        "year": {"type": "integer", "description": "The year."},
        "day": {"type": "string", "format": "date", "description": "The day."},
    },
}
DELETABLE = Since("lastmodified", text=datetime.isoformat, overlap=timedelta(hours=1), deletable=True)
SINCE = Since("lastmodified", text=datetime.isoformat, overlap=timedelta(hours=1), unknown=frozenset({"unknown"}))


class Books:
    """A vendor's documents in memory; they may change right before any request is answered."""

    def __init__(self, count: int, changes: dict[int, list[tuple[str, int]]], *, totals: bool = True) -> None:
        self.documents = {number: self.document(number, 0) for number in range(count)}
        self.changes = changes
        self.totals = totals
        self.knows_since = True
        self.changed_since = 0  # the first document that is listed as changed
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def document(self, number: int, edit: int) -> dict[str, Any]:
        return {
            "Number": number,
            "Title": f"edit {edit}",
            "Rows": [edit],
            "Year": number % 2,
            "Day": f"2026-01-{number % 28 + 1:02}",
        }

    def change(self, kind: str, which: int) -> None:
        numbers = sorted(self.documents)
        if kind == "add" or not numbers:
            number = max(numbers, default=-1) + 1
            self.documents[number] = self.document(number, 0)
        elif kind == "delete":
            del self.documents[numbers[which % len(numbers)]]
        else:
            number = numbers[which % len(numbers)]
            self.documents[number] = self.document(number, int(self.documents[number]["Title"][5:]) + 1)

    def get(self, path: str, params: dict[str, Any] | None = None, *, shown: str = "") -> Any:
        params = dict(params or {})
        self.asked.append((shown or path, params))
        for kind, which in self.changes.pop(len(self.asked), ()):
            self.change(kind, which)
        if path == "documents":
            return self.page(params)
        found = [self.documents[int(n)] for n in path.partition("/")[2].split(",") if int(n) in self.documents]
        if not found:
            raise RequestRefusedError("none", status=404)
        return dict(found[0]) if "," not in path else [dict(d) for d in found]

    def page(self, params: dict[str, Any]) -> Page:
        if "lastmodified" in params and not self.knows_since:
            raise RequestRefusedError("no such parameter", status=400, code="unknown")
        found = [d for d in self.documents.values() if params.get("year") in (None, d["Year"])]
        if "lastmodified" in params:
            found = [d for d in found if d["Number"] >= self.changed_since]
        found.sort(key=lambda d: d["Number"])
        if "after" in params or "size" in params:
            found = [d for d in found if d["Number"] > params.get("after", -1)]
            listed, total, pages, more = found[:SIZE], None, None, len(found) >= SIZE
        else:
            first = (params["page"] - 1) * SIZE
            listed, total = found[first : first + SIZE], len(found) if self.totals else None
            pages, more = None, len(found) > first + SIZE
        return Page([{n: d[n] for n in ("Number", "Title", "Year", "Day")} for d in listed], total, pages, more)


@pytest.fixture(scope="session", autouse=True)
def _schemas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("packages")
    schemas = folder / "vendor_of_documents" / "schemas"
    schemas.mkdir(parents=True)
    (schemas / "documents.json").write_text(json.dumps(SCHEMA))
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


class Sent(Writer):
    """Keeps the messages instead of writing them."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []

    def flush(self) -> None:
        block, self._buffer = self._buffer, bytearray()
        self.lines += [json.loads(line) for line in bytes(block).splitlines()]


def run(books: Books, stream: Stream, state: dict[str, Any] | None = None, **config: Any) -> list[dict[str, Any]]:
    """Run a tap of one stream in this process, and return its messages."""

    class DocumentsTap(TableTap):
        name = "tap-documents"
        table = (stream,)
        schema_package = "vendor_of_documents"
        config_jsonschema: ClassVar = {"properties": {"start_date": {"type": "string"}}}
        message_writer_class = Sent
        api = Api(
            vendor="Vendor",
            url="http://127.0.0.1",
            sign_in=ApiKey({}),
            rates=[Rate(1000, Duration.SECOND)],
            in_flight=3,
            page_params=lambda number, /: {"page": number},
            size_params={"size": SIZE},
            read_page=lambda body, _: body,
            company=lambda _: Company("Acme", "1"),
            error_code=str,
            access_hint=str,
            credentials_hint="",
        )

    tap = DocumentsTap(config=config, state=json.loads(json.dumps(state or {})))
    client = Client(tap.api, user_agent="test")
    client.get = books.get  # type: ignore[method-assign]
    tap.client = client
    try:
        tap.run()
    finally:
        writer = tap.message_writer
        assert isinstance(writer, Sent)
        books.lines = writer.lines  # type: ignore[attr-defined]
    return writer.lines


def last_state(messages: list[dict[str, Any]]) -> dict[str, Any]:
    return next(m["value"] for m in reversed(messages) if m["type"] == "STATE")


def load(table: dict[int, dict[str, Any]], messages: list[dict[str, Any]]) -> None:
    """Do what a target does."""
    for message in messages:
        if message["type"] == "RECORD":
            row = message["record"]
            if row.get("_sdc_deleted_at"):
                table.pop(row["number"])
            else:
                table[row["number"]] = row


def documents(cursor: Any, **options: Any) -> Stream:
    defaults: dict[str, Any] = {"details": Details("documents/{Number}", batch=2)}
    return Stream("documents", "documents", key=("number",), cursor=cursor, **{**defaults, **options})


def by_year(*_: Any) -> Iterator[Partition]:
    return (Partition({"year": year}, {"year": year}) for year in (0, 1))


change = st.tuples(st.sampled_from(["edit", "add", "delete"]), st.integers(0, 40))
KINDS = {
    "numbered": documents(Listing()),
    "one by one": documents(Listing(), details=Details("documents/{Number}")),
    "without details": documents(Listing(), details=None),
    "after the last key": documents(Listing(), after=("after", "Number")),
    "by year": documents(Listing(), per=by_year),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
            messages = books.lines  # type: ignore[attr-defined]
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


def test_a_deletion_between_two_pages_moves_no_record_out_of_sight() -> None:
    books = Books(7, {2: [("delete", 0), ("add", 0)]})
    messages = run(books, documents(SINCE, details=None))
    assert {m["record"]["number"] for m in messages if m["type"] == "RECORD"} >= set(books.documents)


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
