"""connections.yml: what Meltano is told of many companies, and runs that do not stop one another."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tap_kit.connections.__main__ import main
from tap_kit.connections.file import Connection, read
from tap_kit.connections.made import text
from tap_kit.connections.places import turn
from tap_kit.connections.project import Project, variable
from tap_kit.errors import ConfigError

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs/examples/connections.yml"
TARGET = "meltano/connections.meltano.yml"
TAPS = Project({"tap-bank": {"api_key": True, "label": False, "token_store": False}}, {"taken"})

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,62}", fullmatch=True).filter(lambda name: name != "taken")


def refused(content: str, folder: Path) -> str:
    """Return the line that the file is refused with, without where it is."""
    file = folder / "connections.yml"
    file.write_text(content)
    with pytest.raises(ConfigError) as error:
        text(read(str(file)), TAPS, source="connections.yml", target=Path(TARGET))
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(f"{file}: ")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This project's definitions in a folder of their own, with the connections of the example."""
    for file in ("meltano.yml", *(str(path.relative_to(ROOT)) for path in ROOT.glob("*/plugin.meltano.yml"))):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    shutil.copy(EXAMPLE, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def fake(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Meltano on the PATH whose runs end as the file of the connection's name says."""
    place = project / "bin/meltano"
    place.parent.mkdir()
    place.write_text('#!/bin/sh\necho "$1 $2"\n. "./$2"\n')
    place.chmod(0o755)
    monkeypatch.setenv("PATH", f"{place.parent}{os.pathsep}{os.environ['PATH']}")
    (project / "connections.yml").write_text(
        yaml.safe_dump({"connections": [{"name": name, "tap": "tap-qonto"} for name in ("one", "two", "three")]})
    )
    for name in ("one", "two", "three"):
        (project / name).write_text("exit 0")
    assert main(["connections.yml", TARGET]) == 0
    return project


@settings(max_examples=50)
@given(st.lists(NAMES, unique=True, max_size=4), st.text(min_size=1))
def test_meltano_reads_what_was_written(names: list[str], value: str) -> None:
    """Each has its own dataset, token store and job, and settings come through as they are written."""
    connections = [Connection(name, "tap-bank", settings={"label": value}) for name in names]
    content = text(connections, TAPS, source="connections.yml", target=Path(TARGET))
    assert content == text(connections, TAPS, source="connections.yml", target=Path(TARGET))
    said = YAML(typ="safe").load(content)
    assert [one["config"]["dataset"] for one in said["plugins"]["loaders"]] == [f"bank_{name}" for name in names]
    places = [f"${{MELTANO_PROJECT_ROOT}}/.local/reports/{name}" for name in names]
    assert [one["config"]["report_dir"] for one in said["plugins"]["loaders"]] == places
    assert said["jobs"] == [{"name": name, "tasks": [f"tap-bank--{name} target-bigquery--{name}"]} for name in names]
    for name, extractor in zip(names, said["plugins"]["extractors"], strict=True):
        store = f"${{MELTANO_PROJECT_ROOT}}/.local/tokens/{name}.json"
        assert extractor["config"] == {"token_store": store, "label": value}
        assert f"# {name}: TAP_BANK__{name.upper()}_API_KEY\n" in content


@pytest.mark.parametrize("value", ["0123", "1e3", "0o14", "yes", "2026-01-31", "~", "1_000"])
def test_a_scalar_stays_as_it_is_written(value: str, tmp_path: Path) -> None:
    file = tmp_path / "connections.yml"
    file.write_text(f"connections: [{{name: a, tap: tap-bank, settings: {{label: {value}}}}}]")
    content = text(read(str(file)), TAPS, source="connections.yml", target=Path(TARGET))
    assert YAML(typ="safe").load(content)["plugins"]["extractors"][0]["config"]["label"] == value


@settings(max_examples=50)
@given(st.text(max_size=6))
def test_a_name_is_refused_that_meltano_or_an_environment_variable_would_take_otherwise(name: str) -> None:
    fits = name.isascii() and name[:1].isalpha() and name.replace("_", "").isalnum() and name == name.lower()
    if fits:
        assert Connection(name, "tap-bank").dataset == f"bank_{name}"
    else:
        with pytest.raises(ValueError, match="take lower-case letters"):
            Connection(name, "tap-bank")


@pytest.mark.parametrize(
    ("connections", "line"),
    [
        ("[{name: a, tap: tap-bank}, {name: a, tap: tap-bank, dataset: b}]", "two connections have the name a"),
        ("[{name: a, tap: tap-bank, dataset: X}, {name: b, tap: tap-bank, dataset: x}]", "have the dataset x"),
        ("[{name: a, tap: tap-bank, dataset: a-b}]", "a: dataset 'a-b': BigQuery takes letters, digits and _ only"),
        ("[{name: a, tap: tap-bank, schedule: often}]", "a: schedule 'often': write it as 15 3 * * * or @daily"),
        ("[{name: a, tap: tap-bank, schedule: '* * * *'}]", "a: schedule '* * * *'"),
        ("[{name: a, tap: tap-bank, settings: {label: }}]", "a: setting label is empty"),
        ("[{name: a, tap: tap-bank, settings: {labl: x}}]", "a: tap-bank has no setting labl"),
        (
            "[{name: a, tap: tap-bank, settings: {api_key: x}}]",
            "a: api_key is a secret, set TAP_BANK__A_API_KEY instead",
        ),
        ("[{name: a, tap: tap-shop}]", "a: no extractor tap-shop in this project, there are tap-bank"),
        ("[{name: taken, tap: tap-bank}]", "taken: meltano.yml has a job of this name"),
        ("[{name: a}]", "Object missing required field `tap` - at `$.connections[0]`"),
        ("[{name: a, tap: tap-bank, datset: x}]", "Object contains unknown field `datset`"),
        ("", "Expected `array`"),
        ("[", "is not YAML: see line"),
    ],
)
def test_a_wrong_file_is_one_line(connections: str, line: str, tmp_path: Path) -> None:
    assert line in refused(f"connections: {connections}", tmp_path)


def test_check_tells_a_file_that_is_not_up_to_date(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["connections.yml", TARGET]
    assert main([*command, "--check"]) == 1
    assert "is not up to date: run `python -m tap_kit.connections connections.yml" in capsys.readouterr().err
    assert not (project / TARGET).exists()
    assert main(command) == main([*command, "--check"]) == 0
    (project / TARGET).write_text((project / TARGET).read_text().replace("globex", "acme"))
    assert main([*command, "--check"]) == 1
    assert main(["nowhere.yml", TARGET]) == main([]) == main(["run", "connections.yml", "nobody"]) == 2
    assert "no connection nobody" in capsys.readouterr().err


def test_meltano_takes_the_example(project: Path) -> None:
    assert main(["connections.yml", TARGET]) == 0
    done = subprocess.run(
        [Path(sys.executable).with_name("meltano"), "compile", "--lint"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    manifest: dict[str, Any] = json.loads((project / ".meltano/manifests/meltano-manifest.prod.json").read_text())
    jobs = {job["name"]: job["tasks"] for job in manifest["jobs"]}
    assert jobs["globex"] == ["tap-fortnox--globex target-bigquery--globex"]
    assert {"globex", "initech", "initech_bank", "qonto", "fortnox", "procountor"} == jobs.keys()
    assert {"globex", "initech", "initech_bank"} < {schedule["name"] for schedule in manifest["schedules"]}
    loaders = {loader["name"]: loader for loader in manifest["plugins"]["loaders"]}
    assert loaders["target-bigquery--globex"]["config"]["dataset"] == "fortnox_globex"


@pytest.mark.parametrize("parallel", ["1", "3"])
def test_one_that_fails_does_not_stop_the_others(parallel: str, fake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (fake / "two").write_text("echo 'check api_key' >&2; exit 3")
    (fake / "list").write_text("touch prepared")  # `meltano job list`: Meltano's database is there before two need it
    assert main(["run", "connections.yml", "--parallel", parallel]) == 1
    said = capsys.readouterr()
    assert "two: failed with exit code 3, see .local/logs/two.log" in said.out
    assert "one: done" in said.out
    assert "three: done" in said.out
    assert said.err == "1 of 3 connections failed: two\n"
    assert "reports: .local/reports/index.html\n" in said.out
    index = (fake / ".local/reports/index.html").read_text()
    assert "1 connection, 1 broken" in index
    assert "the run ended before the tap could report: see .local/logs/two.log" in index
    assert (fake / "prepared").exists() == (parallel == "3")
    assert (fake / ".local/logs/two.log").read_text() == "run two\ncheck api_key\n"


def test_those_that_are_named_run(fake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "connections.yml", "three"]) == 0
    assert capsys.readouterr().out.startswith("three: done")
    assert {log.name for log in (fake / ".local/logs").iterdir()} == {"three.log", "three.lock"}


def test_a_signal_ends_what_is_under_way_and_starts_nothing_more(fake: Path) -> None:
    (fake / "one").write_text("trap 'echo ended; exit 143' TERM; kill -TERM $PPID; sleep 60 & wait")
    done = subprocess.run(
        [sys.executable, "-m", "tap_kit.connections", "run", "connections.yml"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (143, "stopped by signal 15\n")
    assert (fake / ".local/logs/one.log").read_text() == "run one\nended\n"
    assert not (fake / ".local/logs/two.log").exists()


def test_one_run_of_a_connection_at_a_time_has_its_log(fake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = fake / ".local/logs/two.log"
    log.parent.mkdir(parents=True)
    log.write_text("of the other run\n")
    with FileLock(turn("two")):
        assert main(["run", "connections.yml"]) == 1
    assert "two: failed with exit code 1, another run of it is under way, see .local/logs/two.log" in (
        capsys.readouterr().out
    )
    assert log.read_text() == "of the other run\n"
    assert main(["run", "connections.yml", "two"]) == 0
    assert log.read_text() == "run two\n"


@pytest.mark.parametrize("what", [".local", ".local/logs", ".local/reports"])
def test_what_cannot_be_written_is_one_line(what: str, fake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (fake / "two").write_text("exit 1")
    (fake / what).parent.mkdir(exist_ok=True)
    (fake / what).write_text("in the way")
    assert main(["run", "connections.yml"]) == (1 if what == ".local/reports" else 2)
    said = capsys.readouterr()
    assert "three: done" in said.out or what != ".local/reports"
    assert all(line.startswith((what, "reports: ", "1 of 3")) for line in said.err.splitlines())


def test_meltano_must_read_what_the_file_says(fake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made, file = fake / TARGET, fake / "connections.yml"
    made.write_text(f"{made.read_text()}# a note\n")
    assert main(["run", str(file), "one"]) == 0
    file.write_text(file.read_text().replace("name: three", "name: four"))
    assert main(["run", "connections.yml", "one"]) == 2
    made.unlink()
    assert main(["run", "connections.yml", "one"]) == 2
    command = f"run `python -m tap_kit.connections connections.yml {TARGET}`"
    assert capsys.readouterr().err.splitlines() == [
        f"connections.yml has changed since {TARGET} was made: {command}",
        f"Meltano reads no file that is made from connections.yml: {command}",
    ]


def test_the_examples_name_connections_and_settings_that_exist(project: Path) -> None:
    defined = Project.read(project, project / TARGET)
    assert defined.taps["tap-fortnox"].items() >= {"client_id": False, "client_secret": True}.items()
    known = {"TARGET_BIGQUERY_PROJECT"}
    for connection in read(str(EXAMPLE)):
        for setting in defined.taps[connection.tap]:
            own = variable(connection, setting)
            known |= {own, own.replace(f"__{connection.name.upper()}_", "_")}
    for example in EXAMPLE.parent.iterdir():
        assert set(re.findall(r"\b(?:TAP|TARGET)_\w+\b", example.read_text())) <= known, example.name


def test_the_examples_install_with_the_uv_of_the_makefile() -> None:
    (version,) = re.findall(r"UV_VERSION := (\S+)", (ROOT / "Makefile").read_text())
    for example in ("Containerfile", "load.yml"):
        assert re.findall(r"uv==(\S+)", (EXAMPLE.parent / example).read_text()) == [version]
