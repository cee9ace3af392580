"""The report of a run: its figures as JSON, however the run ends, and the newest hundred of them."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from target_bigquery import run_report

from .conftest import INTEGER, TEXT, Target, activate, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

HEAD = schema("people", ["id"], id=INTEGER, name=TEXT)
FULL = [schema("labels", ["id"], id=INTEGER), record("labels", 1, id=1), activate("labels", 1)]


def newest(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(max(folder.glob("target-bigquery-*Z.json")).read_text())
    return report


def test_it_has_what_each_stream_brought_and_cost(target: Target, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    bad = record("people", id=2, name={"of": "a person"})
    messages = [HEAD, record("people", id=1, name="x"), bad, *FULL, state(at=1)]
    target.ok(messages, report_dir=str(reports), on_invalid_record="quarantine")
    report = newest(reports)
    assert (report["state"], report["error"], report["exit_code"]) == ("ok", "", 0)
    assert report["dataset"] == f"local.{target.dataset}"
    people, labels = report["streams"]
    figures = ("name", "records", "committed", "unchanged", "rejected", "load_jobs", "query_jobs")
    assert [people[name] for name in figures] == ["people", 1, 1, 0, 1, 2, 1]
    assert [labels[name] for name in figures] == ["labels", 1, 1, 0, 0, 1, 1]
    assert report["started"] <= people["started"] <= people["ended"] <= report["ended"]
    for name in ("load_jobs", "query_jobs", "bytes_billed", "slot_ms"):
        assert report[name] == sum(stream[name] for stream in report["streams"])
    assert "a person" not in json.dumps(report)
    (sequence,) = target.client.query(f"SELECT DISTINCT _sdc_run_id AS run FROM {target.dataset}.people").result()
    assert sequence["run"] == report["run"]

    target.ok([FULL[0], record("labels", 2, id=1), activate("labels", 2), state(at=2)], report_dir=str(reports))
    (labels,) = newest(reports)["streams"]
    assert (labels["unchanged"], labels["load_jobs"], labels["query_jobs"]) == (1, 0, 0)


def test_a_run_that_fails_leaves_a_report_too(nowhere: Target, tmp_path: Path) -> None:
    nowhere.fails([HEAD, record("other", id=1)], 1, "line 2", report_dir=str(tmp_path / "reports"))
    report = newest(tmp_path / "reports")
    assert (report["state"], report["exit_code"]) == ("failed", 1)
    assert report["error"].startswith("line 2 of the input")


def test_a_folder_that_cannot_be_is_a_wrong_setting(nowhere: Target, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nowhere.fails([HEAD], 2, "report_dir", "Not a directory", report_dir=str(tmp_path / "file/reports"))
    nowhere.fails([HEAD], 2, "report_dir gs://bucket/reports: name a folder", report_dir="gs://bucket/reports")


def test_hooks_are_told_of_the_folder_and_one_that_fails_is_a_line(
    nowhere: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []

    def tell(folder: Path) -> None:
        told.append((folder, newest(folder)["exit_code"]))

    def fail(_: Path) -> None:
        raise ArithmeticError("a person")

    def hook(name: str, function: Any) -> Any:
        return SimpleNamespace(name=name, value=f"somewhere:{name}", load=lambda: function)

    hooks = {"target_bigquery.reported": [hook("broken", fail), hook("whole", tell)]}
    monkeypatch.setattr(run_report, "entry_points", lambda group: hooks[group])
    done = nowhere.ok([HEAD], report_dir=str(tmp_path))
    nowhere.fails(["{"], 1, "line 1", report_dir=str(tmp_path))
    assert told == [(tmp_path, 0), (tmp_path, 1)]
    (line,) = [line for line in done.log.splitlines() if "WARNING" in line]
    assert line == f"WARNING report_dir {tmp_path}: hook broken failed (somewhere:broken): ArithmeticError"


@pytest.mark.parametrize("before", [99, 130])
def test_the_newest_hundred_are_kept(nowhere: Target, tmp_path: Path, before: int) -> None:
    for number in range(before):
        (tmp_path / f"target-bigquery-20200101T000000.{number:06}Z.json").touch()
    (tmp_path / "target-other-20200101T000000.000000Z.json").touch()
    nowhere.ok([HEAD], report_dir=str(tmp_path))
    kept = sorted(path.name for path in tmp_path.glob("target-bigquery-*Z.json"))
    assert len(kept) == 100
    assert kept[0] == f"target-bigquery-20200101T000000.{before - 99:06}Z.json"
    assert newest(tmp_path)["state"] == "ok"
    assert (tmp_path / "target-other-20200101T000000.000000Z.json").exists()
