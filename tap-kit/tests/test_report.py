"""The run report: what it counts, that it comes however a run ends, and that it holds nothing that it should not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit import client as client_module
from tap_kit import report as report_module
from tap_kit.ending import ending
from tap_kit.errors import ConfigError, InterruptedRunError, RunStoppedError, StreamsSkippedError, TapError, VendorError
from tap_kit.table import Listing, Partition, Stream
from tap_kit.testing import Reply
from tenacity import wait_none

from .people import AFTER, BEFORE, CANARY, CHANGES, LISTED, PEOPLE, SECRETS, SINCE, STATE, answer, by_name, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "wait_random_exponential", lambda **_: wait_none())


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
        ("withheld", "photo", "", 1),
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


def test_a_bucket_is_no_folder() -> None:
    tap: Any = SimpleNamespace(config={"report_dir": "gs://bucket/reports"})
    with pytest.raises(ConfigError, match="name a folder"), report_module.reported(tap):
        pytest.fail("the run began")


def test_a_folder_that_cannot_be_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    tap: Any = SimpleNamespace(config={"report_dir": str(tmp_path / "file" / "reports")})
    with pytest.raises(ConfigError, match=r"report_dir .*Not a directory"), report_module.reported(tap):
        pytest.fail("the run began")


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
