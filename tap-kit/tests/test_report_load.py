"""What targets loaded, beside what taps read: which file belongs to which run, and what the pages say of both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tap_kit import report as report_module
from tap_kit import report_files
from tap_kit.report import sum_up
from tap_kit.report_index import connections
from tap_kit.report_load import Load, StreamLoad, loads, paired
from tap_kit.report_model import RunReport, StreamReport
from tap_kit.tally import NOTHING

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def run(started: float, ended: float, **other: Any) -> RunReport:
    stream = StreamReport(
        name="people",
        state="read",
        started=at(started),
        seconds=ended - started,
        requests=1,
        retries=0,
        limited=0,
        received=3,
        before_start=0,
        rows=3,
        deleted=0,
        announced=None,
        listed=0,
        before=NOTHING,
        after=NOTHING,
        refused={},
        drift=[],
    )
    values = {"state": "ok", "error": "", "exit_code": 0, "streams": [stream], **other}
    counts = dict.fromkeys(("requests", "retries", "limited", "waited"), 0)
    return RunReport(tap="tap-people", version="1", started=at(started), ended=at(ended), **counts, **values)


def load(started: float, ended: float, **other: Any) -> Load:
    stream = StreamLoad(
        name="people",
        started=at(started),
        ended=at(ended),
        records=3,
        committed=2,
        unchanged=0,
        rejected=1,
        erased=0,
        load_jobs=1,
        query_jobs=1,
        bytes_billed=10_485_760,
    )
    values = {"state": "ok", "error": "", "streams": [stream], **other}
    costs = {"load_jobs": 1, "query_jobs": 1, "bytes_billed": 10_485_760}
    return Load(target="target-people", dataset="p.people", started=at(started), ended=at(ended), **costs, **values)


def write(folder: Path, *reports: RunReport | Load) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for report in reports:
        name = report.name if isinstance(report, RunReport) else f"{report.target}-{report.started:%Y%m%dT%H%M%S}.0Z"
        (folder / f"{name}.json").write_bytes(msgspec.json.encode(report))


@settings(max_examples=50)
@given(st.lists(st.tuples(*(st.floats(0, 30) for _ in range(4)), st.booleans(), st.floats(0, 300)), max_size=6))
def test_each_load_belongs_to_the_run_that_was_its_pipe(drawn: list[tuple[Any, ...]]) -> None:
    """A target starts before its tap, long before if that has to wait, or after it, and may fail before the end."""
    runs, found, wanted, now = [], [], {}, 0.0
    for tap_lasts, load_start, load_lasts, pause, reported, waits in drawn:
        tap_start = 15 + (waits if load_start < 15 and load_lasts > 15 else 0)
        tap = (now + tap_start, now + tap_start + tap_lasts)
        target = (now + load_start, (tap[1] if load_start < 15 else now + load_start) + load_lasts)
        runs.append(run(*tap))
        if reported:  # a target that is killed leaves no file
            found.append(load(*target))
            wanted[runs[-1].name] = found[-1]
        now = max(tap[1], target[1]) + 61 + pause
    assert paired(runs, found) == wanted


def test_what_is_far_from_every_run_belongs_to_none() -> None:
    assert paired([], [load(0, 1)]) == {}
    assert paired([run(0, 1)], [load(62, 63)]) == {}


def test_what_ran_without_a_tap_takes_no_load_from_a_run() -> None:
    mine = load(-1, 15)
    for later in (load(16, 16.5), load(41, 41.5)):
        assert paired([run(0, 10)], [mine, later]) == {run(0, 10).name: mine}
        assert paired([run(0, 10)], [later]) == {run(0, 10).name: later}


def test_runs_that_follow_each_other_at_once_are_told_apart() -> None:
    runs = [run(0.5, 0.9), run(3.0, 5.0)]
    found = [load(1.5, 1.7), load(2.9, 5.5)]
    assert paired(runs, found) == {runs[0].name: found[0], runs[1].name: found[1]}


def test_both_halves_stand_on_the_pages(tmp_path: Path) -> None:
    write(tmp_path / "acme", run(0, 5), load(-1, 8))
    write(tmp_path / "globex", run(0, 5), load(1, 8, state="failed", error="no right to dataset p"))
    (tmp_path / "acme" / "target-other-1Z.json").write_text('{"no": "report"}')
    index = sum_up(tmp_path).read_text()
    assert "2 connections, 1 broken" in index
    assert index.index("globex") < index.index("acme")
    assert "no right to dataset p" in index
    assert "10.5 MB" in index
    (page,) = (tmp_path / "acme").glob("tap-*.html")
    assert "Loaded into p.people" in page.read_text()
    assert 'aria-label="from -1.0 s on' not in page.read_text()
    (page,) = (tmp_path / "globex").glob("tap-*.html")
    assert "no right to dataset p" in page.read_text()


def test_a_run_without_a_file_of_the_target_has_a_page_too(tmp_path: Path) -> None:
    write(tmp_path, run(0, 5))
    sum_up(tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*.html")) == ["index.html", f"{run(0, 5).name}.html"]
    assert loads(tmp_path) == []
    assert connections(tmp_path)[0].runs[0].state == "ok"


def test_the_target_finds_who_writes_the_pages_and_can_be_called_with_the_folder() -> None:
    (hook,) = entry_points(group="target_bigquery.reported")
    assert hook.load() is sum_up


def test_of_two_that_write_a_page_at_once_the_last_one_knows_both_halves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tap has read what there is, and is about to write the page, when the target writes its file and the page."""
    write(tmp_path, run(0, 5))
    page = tmp_path / f"{run(0, 5).name}.html"
    between = iter([lambda: (write(tmp_path, load(1, 6)), sum_up(tmp_path))])

    def late(path: Path, content: bytes) -> None:
        if path == page and (target := next(between, None)):
            target()
            assert "Loaded into p.people" in page.read_text()
        report_files.replace(path, content)

    monkeypatch.setattr(report_module, "replace", late)
    assert "10.5 MB" in sum_up(tmp_path).read_text()
    assert "Loaded into p.people" in page.read_text()
    assert not list(tmp_path.glob("*.part"))


def test_what_goes_while_it_is_read_is_not_missed(tmp_path: Path) -> None:
    write(tmp_path, run(0, 5))
    (tmp_path / "target-people-1Z.json").symlink_to(tmp_path / "gone")
    assert sum_up(tmp_path).exists()


@pytest.mark.parametrize("before", [99, 130])
def test_the_newest_hundred_of_a_tap_are_kept(tmp_path: Path, before: int) -> None:
    for number in range(before):
        for kind in ("json", "html"):
            (tmp_path / f"tap-people-20200101T000000.{number:06}Z.{kind}").touch()
    others = [tmp_path / "tap-people-and-pets-20200101T000000.000000Z.json", tmp_path / "index.html"]
    for other in others:
        other.touch()
    report_files.write(tmp_path, run(0, 5))
    sum_up(tmp_path)
    assert all(other.exists() for other in others)
    for kind in ("json", "html"):
        kept = sorted(path.name for path in tmp_path.glob(f"tap-people-2*.{kind}"))
        assert len(kept) == 100
        assert kept[0] == f"tap-people-20200101T000000.{before - 99:06}Z.{kind}"
        assert kept[-1] == f"{run(0, 5).name}.{kind}"
