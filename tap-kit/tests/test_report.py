"""The run report: what it counts, that it comes however a run ends, and that it holds nothing that it should not."""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime, timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote

import pytest
from tap_kit import client as client_module
from tap_kit import report as report_module
from tap_kit.api import Api, Company, Page
from tap_kit.ending import ending
from tap_kit.errors import ConfigError, InterruptedRunError, RunStoppedError, StreamsSkippedError, TapError, VendorError
from tap_kit.files import File
from tap_kit.frames import Frames
from tap_kit.limiter import Duration, Rate
from tap_kit.settings import REPORT_DIR
from tap_kit.sign_in import ApiKey
from tap_kit.table import Cursor, Listing, Partition, Since, Stream
from tap_kit.tap import TableTap
from tap_kit.testing import Query, Reply, vendor
from tap_kit.writer import Writer
from tenacity import wait_none

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CANARY = "canary-of-a-person"
SECRET = "canary-of-a-key"
BEFORE, AFTER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
COLUMNS = {
    "id": {"type": "integer", "description": "The number."},
    "name": {"type": "string", "description": "The name."},
    "born": {"type": "string", "format": "date", "description": "The day."},
    "salary": {"type": "number", "description": "What it pays."},
    "updated_at": {"type": "string", "format": "date-time", "description": "The last change."},
    "file_uri": {"type": "string", "description": "Where the file is."},
    "never": {"type": "string", "description": "What never comes."},
    "photo": {"not": {}, "description": "Not loaded."},
}
PERSON = {"Id": 1, "Name": CANARY, "Born": f"{CANARY} day", "Salary": "hidden", "Photo": CANARY, "New": CANARY}
CHANGE = {"Id": 2, "Name": CANARY, "UpdatedAt": AFTER}


def answer(path: str, _: Query) -> Reply:
    """Answer as a vendor does on a good day."""
    records = {"people": [PERSON], "changes": [CHANGE], "listed": [{"Id": 3}], "since": [{"Id": 5}]}
    if path == "secrets":
        return Reply({"code": "forbidden", "text": CANARY}, status=403)
    return Reply({"records": records[path], "total": len(records[path])})


PHOTO = File("photos", number=lambda _: None, content=lambda *_: ("", iter(())))
PEOPLE = Stream("people", "people", params={"about": CANARY}, file=PHOTO)
CHANGES = Stream("changes", "changes", cursor=Cursor("updated_at", Frames, since="since"))
LISTED = Stream("listed", "listed", cursor=Listing())
SECRETS = Stream("secrets", "secrets", needs="a licence")
SINCE = Stream("since", "since", cursor=Since("lastmodified", text=datetime.isoformat, overlap=timedelta(hours=1)))
STATE = {
    "bookmarks": {
        "changes": {"replication_key": "updated_at", "replication_key_value": BEFORE},
        "listed": {"seen": {"3": "old", "4": "gone"}},
    }
}


@pytest.fixture(scope="module", autouse=True)
def _schemas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("packages")
    schemas = folder / "vendor_of_people" / "schemas"
    schemas.mkdir(parents=True)
    for name in ("people", "changes", "listed", "secrets", "since"):
        (schemas / f"{name}.json").write_text(json.dumps({"description": "Some.", "properties": COLUMNS}))
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "wait_random_exponential", lambda **_: wait_none())


class Silent(Writer):
    def flush(self) -> None:
        self._buffer = bytearray()


def run(
    folder: Path,
    *streams: Stream,
    answer: Callable[[str, Query], Reply] = answer,
    state: dict[str, Any] | None = None,
    **settings: str,
) -> dict[str, Any]:
    """Run a tap in this process; return its newest report, which is there however the run ends."""

    class PeopleTap(TableTap):
        name = "tap-people"
        table = streams
        schema_package = "vendor_of_people"
        config_jsonschema: ClassVar = {
            "properties": {
                "api_key": {"type": "string", "secret": True},
                "api_url": {"type": "string"},
                "start_date": {"type": "string"},
                "report_dir": REPORT_DIR.to_dict()["report_dir"],
            }
        }
        message_writer_class = Silent

        @property
        def api(self) -> Api:
            return Api(
                vendor="Vendor",
                url=self.config["api_url"],
                sign_in=ApiKey({}),
                rates=[Rate(1000, Duration.SECOND)],
                in_flight=2,
                page_params=lambda number, /: {"page": number},
                read_page=lambda body, _: Page(body["records"], body["total"], 1),
                company=lambda _: Company("Acme", "1"),
                error_code=lambda body: str(body["code"]),
                access_hint=lambda code: f"{code} with {SECRET}",
                credentials_hint="",
                no_right="hidden",
            )

    with vendor(answer) as server:
        config = {"api_url": server.url, "api_key": SECRET, "report_dir": str(folder), **settings}
        tap = PeopleTap(config=config, state=json.loads(json.dumps(state or {})))
        try:
            tap.run()
        except (TapError, RunStoppedError, InterruptedRunError, ArithmeticError) as error:
            end = ending(error)
            assert newest(folder)["exit_code"] == (end.exit_code if end else 1)
    return newest(folder)


def newest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(max(folder.glob("*.json")).read_text())
    return found


def by_name(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {stream["name"]: stream for stream in report["streams"]}


class Markup(HTMLParser):
    """Checks that tags are closed in order, and keeps what the page would fetch or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "img", "iframe", "base"), tag
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert not {name for name, _ in attrs} & {"src", "srcset", "onload", "onclick", "action"}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read_page(path: Path) -> Markup:
    text = path.read_text("utf-8")
    assert not [sign for sign in ("url(", "@import", "http:", "https:", "//") if sign in text]
    assert "prefers-color-scheme: dark" in text
    return Markup(text)


def test_a_run_with_a_skipped_stream_drift_and_a_deletion(tmp_path: Path) -> None:
    broken = iter([Reply(status=503)])
    report = run(
        tmp_path,
        PEOPLE,
        CHANGES,
        LISTED,
        SECRETS,
        SINCE,
        answer=lambda path, query: next(broken, None) or answer(path, query),
        state=STATE,
    )
    assert (report["tap"], report["state"], report["exit_code"]) == ("tap-people", "failed", 1)
    assert report["error"] == "not read: secrets"
    assert (report["requests"], report["retries"], report["limited"]) == (6, 1, 0)
    streams = by_name(report)
    assert {name: stream["state"] for name, stream in streams.items()} == {
        "people": "read",
        "changes": "read",
        "listed": "read",
        "secrets": "skipped",
        "since": "read",
    }
    counts = ("requests", "retries", "received", "rows", "deleted", "announced", "listed")
    assert [streams["people"][name] for name in counts] == [1, 0, 1, 1, 0, 1, 1]
    assert [streams["changes"][name] for name in counts] == [2, 1, 1, 1, 0, 1, 1]
    assert [streams["listed"][name] for name in counts] == [1, 0, 1, 2, 1, 1, 1]
    assert [streams["since"][name] for name in counts] == [1, 0, 1, 1, 0, 1, 1]
    assert [streams["secrets"][name] for name in counts] == [1, 0, 0, 0, 0, None, 0]
    assert (streams["changes"]["before"], streams["changes"]["after"]) == (
        {"moment": BEFORE, "parts": 1},
        {"moment": AFTER, "parts": 1},
    )
    assert (streams["listed"]["before"]["known"], streams["listed"]["after"]["known"]) == (2, 1)
    [(reason, times)] = streams["secrets"]["refused"].items()
    assert times == 1
    assert "it needs a licence" in reason
    assert [tuple(fault.values()) for fault in streams["people"]["drift"]] == [
        ("undeclared", "new", "string", 1),
        ("withheld", "photo", "", 0),
        ("missing", "never", "", 0),
        ("missing", "updated_at", "", 0),
        ("unfit", "born", "date", 1),
        ("no right", "salary", "", 1),
    ]
    assert not streams["secrets"]["drift"], "nothing came, so nothing is missing"


@pytest.mark.parametrize("kind", ["json", "html"])
def test_no_value_secret_or_query_is_in_a_report(tmp_path: Path, kind: str) -> None:
    run(tmp_path, PEOPLE, CHANGES, LISTED, SECRETS, state=STATE)
    [path] = tmp_path.glob(f"tap-*.{kind}")
    assert "canary" not in path.read_text()
    assert "redacted" in path.read_text(), "the secret was there to be found"


def test_the_page_tells_what_the_report_does_and_fetches_nothing(tmp_path: Path) -> None:
    run(tmp_path, PEOPLE, CHANGES, SECRETS, state=STATE)
    page = read_page(next(tmp_path.glob("tap-*.html")))
    assert not page.links
    for said in (
        "failed",
        "not read: secrets",
        "it needs a licence",
        "new",
        "is no date",
        "2026-02-01 00:00:00",
        "1 / 1",
    ):
        assert said in page.text


def test_what_a_report_says_is_text_on_the_page(tmp_path: Path) -> None:
    def fails(*_: Any) -> None:
        raise TapError("<b>&amp;</i>")

    run(tmp_path, Stream("secrets", "secrets", needs="<script>&amp;</script>"), Stream("since", "since", prepare=fails))
    page = read_page(next(tmp_path.glob("tap-*.html")))
    assert "it needs <script>&amp;</script>" in page.text
    assert "<b>&amp;</i>" in page.text


def test_what_start_date_leaves_out_is_counted(tmp_path: Path) -> None:
    stream = Stream("changes", "changes", date=lambda record: record["UpdatedAt"])
    [changes] = run(tmp_path, stream, start_date="2026-03-01")["streams"]
    assert (changes["received"], changes["before_start"], changes["rows"]) == (1, 1, 0)


def test_a_run_that_fails_leaves_a_report_of_what_it_did(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        PEOPLE,
        CHANGES,
        LISTED,
        answer=lambda path, query: answer(path, query) if path == "changes" else Reply({"code": CANARY}, status=500),
        state=STATE,
    )
    assert (report["state"], report["exit_code"]) == ("failed", 1)
    assert "Vendor fails; run again later" in report["error"]
    assert [stream["state"] for stream in report["streams"]] == ["read", "failed", "not begun"]
    assert by_name(report)["changes"]["after"]["moment"] == AFTER
    assert by_name(report)["listed"]["after"] == {"parts": 1, "known": 2}


@pytest.mark.parametrize(("end", "known"), [(VendorError("down"), 0), (InterruptedRunError(15), 1)])
def test_the_bookmark_of_a_report_is_that_of_the_last_state(tmp_path: Path, end: BaseException, known: int) -> None:
    """The first part is read, and the run ends in the second: only a run that is stopped still writes a STATE."""

    def part(name: str) -> Partition:
        return Partition({"part": name}, {"part": name})

    def parts(*_: Any) -> Iterator[Partition]:
        yield from map(part, "abcd")  # so many that the first one is read before the end comes
        raise end

    report = run(tmp_path, Stream("listed", "listed", cursor=Listing(), per=parts))
    assert by_name(report)["listed"]["after"].get("known", 0) == known


def test_a_run_that_is_stopped_leaves_a_report_too(tmp_path: Path) -> None:
    def stop(*_: Any) -> None:
        raise InterruptedRunError(15)

    report = run(tmp_path, CHANGES, Stream("listed", "listed", prepare=stop), PEOPLE)
    assert (report["state"], report["exit_code"]) == ("interrupted", 143)
    assert report["error"] == "Stopped by signal 15"
    assert [stream["state"] for stream in report["streams"]] == ["read", "interrupted", "not begun"]
    assert by_name(report)["changes"]["after"]["moment"] == AFTER


def test_a_mistake_of_the_tap_is_named_without_what_it_says(tmp_path: Path) -> None:
    def mistaken(*_: Any) -> None:
        raise ArithmeticError(CANARY)

    report = run(tmp_path, Stream("people", "people", prepare=mistaken))
    assert report["error"] == "a mistake of the tap itself, see the log: ArithmeticError"
    assert report["exit_code"] == 1


def test_a_run_without_the_setting_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tap: Any = SimpleNamespace(config={})
    with report_module.reported(tap):
        pass
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    tap: Any = SimpleNamespace(config={"report_dir": str(tmp_path / "file" / "reports")})
    with pytest.raises(ConfigError, match=r"report_dir .*Not a directory"), report_module.reported(tap):
        pytest.fail("the run began")


def test_how_long_the_sign_in_lasts_stands_on_both_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(tmp_path, PEOPLE)["days_left"] is None
    monkeypatch.setattr(ApiKey, "days_left", 9)
    assert run(tmp_path, PEOPLE)["days_left"] == 9
    index = report_module.sum_up(tmp_path).read_text()
    assert "<td>9</td>" in re.sub(r' class="[^"]*"', "", index)
    pages = [page.read_text() for page in sorted(tmp_path.glob("tap-*.html"))]
    assert ["days until signing in again" in page for page in pages] == [False, True]


def test_an_index_of_two_connections_shows_the_broken_one_first(tmp_path: Path) -> None:
    run(tmp_path / "acme", PEOPLE)
    for streams in ((PEOPLE,), (PEOPLE, LISTED), (CHANGES, SECRETS)):
        run(tmp_path / "globex & sons", *streams)
    (tmp_path / "tap-other-1Z.json").write_text('{"no": "report"}')
    report_module.main([str(tmp_path)], standalone_mode=False)
    page = read_page(tmp_path / "index.html")
    assert "2 connections, 1 broken" in page.text
    assert page.text.index("globex & sons · tap-people") < page.text.index("acme · tap-people")
    assert page.text.count("not read: secrets") == 1, "only the newest run speaks"
    assert len(page.links) == 4
    assert all((tmp_path / unquote(link)).exists() for link in page.links)


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (RunStoppedError(TapError("down")), "down", 1),
        (StreamsSkippedError("not read: a"), "not read: a", 1),
        (FileNotFoundError(2, "No such file", "a.json"), "a.json: No such file", 2),
        (KeyboardInterrupt(), "Stopped by signal 2", 130),
        (InterruptedRunError(15), "Stopped by signal 15", 143),
    ],
)
def test_every_end_has_a_line_and_an_exit_code(error: BaseException, line: str, code: int) -> None:
    end = ending(error)
    assert end is not None
    assert (end.line, end.exit_code) == (line, code)
    assert ending(ValueError()) is None
