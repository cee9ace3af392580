"""The command line, the settings and the exit codes."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from target_bigquery.errors import ConfigError
from target_bigquery.settings import parse
from target_bigquery.target import command_line, guarded

from .conftest import COMMAND, ENVIRONMENT, Target
from .proxy import Proxy

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox import LocalBigQuery

GOOD = {"project": "p-1", "dataset": "d"}


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments],
        input="",
        capture_output=True,
        text=True,
        env=ENVIRONMENT | environment,
        timeout=60,
        check=False,
    )


def test_version_and_about_need_neither_client_nor_pyarrow() -> None:
    assert command("--version").stdout.startswith("target-bigquery v0.1.0")
    about = json.loads(command("--about", "--format", "json").stdout)
    assert set(about["settings"]["required"]) == {"project", "dataset"}
    assert about["capabilities"] == ["about", "structured-logging"]
    loaded = command("--about", "--format", "markdown", PYTHONVERBOSE="1").stderr
    assert "import 'pyarrow" not in loaded
    assert "import 'google.cloud" not in loaded


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["erase", "--help"], 0, "--stream"),
        (["erase", "--stream", "s"], 2, "--key"),
        (["erase", "--stream", "s", "--key", "1"], 2, "setting project is missing"),
        (["remove", "--config", "ENV"], 2, "--dataset"),
        (["--help"], 0, "Or target-bigquery erase | remove, each with --help."),
    ],
)
def test_commands_beside_singers_own(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert guarded(lambda: command_line(arguments).main(arguments, standalone_mode=False) or 0) == code
    assert words in capsys.readouterr().out + caplog.text


@pytest.mark.parametrize("arguments", [["erase", "--stream", "s", "--key", "1"], ["remove", "--dataset", "d"]])
def test_what_bigquery_refuses_is_one_line(
    arguments: list[str], tmp_path: Path, emulator: LocalBigQuery, caplog: pytest.LogCaptureFixture
) -> None:
    with Proxy(emulator.url, lambda *_: (403, "accessDenied")) as proxy:
        path = tmp_path / "config.json"
        path.write_text(json.dumps(GOOD | {"api_endpoint": proxy.url, "erasure_key": "secret"}))
        given = [*arguments, "--config", str(path)]
        assert guarded(lambda: command_line(given).main(given, standalone_mode=False) or 0) == 1
    (line,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert "made up" in line
    assert "unexpected" not in line


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "project is missing"),
        ({"project": "p-1"}, "dataset is missing"),
        (GOOD | {"project": "P 1"}, "project is no project id"),
        (GOOD | {"dataset": "a-b; DROP"}, "dataset is no dataset name"),
        (GOOD | {"load_method": "merge"}, "load_method must be one of upsert, append-only, overwrite"),
        (GOOD | {"add_record_metadata": "maybe"}, "add_record_metadata must be true or false"),
        (GOOD | {"batch_size_bytes": "1.5"}, "batch_size_bytes must be a whole number"),
        (GOOD | {"batch_size_bytes": 0}, "batch_size_bytes"),
        (GOOD | {"staging_dir": "/nowhere"}, "set staging_dir"),
        (GOOD | {"dataset": 5}, "dataset must be a text"),
        (GOOD | {"maximum_bytes_billed": 0}, "maximum_bytes_billed must be 1 or more"),
        (GOOD | {"stream_overrides": "{"}, "stream_overrides must be an object"),
        (GOOD | {"stream_overrides": {"a*": {"dataset": "x"}}}, r"stream_overrides: 'a\*' must be"),
        (GOOD | {"stream_overrides": {"a*": {"load_method": "x"}}}, "load_method must be one of"),
    ],
)
def test_a_wrong_setting_is_named(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        parse(config)


def test_settings_from_text() -> None:
    settings = parse(GOOD | {"add_record_metadata": "false", "batch_size_bytes": "1000", "commit_after_seconds": "0"})
    assert (settings.add_record_metadata, settings.batch_size_bytes, settings.commit_after_seconds) == (False, 1000, 0)
    assert parse(GOOD | {"add_record_metadata": "True", "location": None}).add_record_metadata is True


def test_settings_of_a_stream() -> None:
    overrides = {"*": {"hard_delete": "true"}, "events-*": {"load_method": "append-only", "batch_size_rows": 5}}
    settings = parse(GOOD | {"stream_overrides": json.dumps(overrides)})
    assert (settings.of("a").load_method, settings.of("a").hard_delete) == ("upsert", True)
    events = settings.of("events-x")
    assert (events.load_method, events.hard_delete, events.batch_size_rows) == ("append-only", True, 5)
    assert settings.hard_delete is False


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"credentials_path": "/nowhere/key.json"}, "cannot read credentials_path /nowhere/key.json"),
        ({"credentials_json": '{"private_key": "s3cret"}'}, "credentials_json holds no service account's JSON"),
        ({"dataset": None}, "setting dataset is missing"),
    ],
)
def test_wrong_configuration_ends_with_2(nowhere: Target, config: dict[str, Any], words: str) -> None:
    outcome = nowhere.fails([], 2, words, **({"api_endpoint": None} | config))
    assert "s3cret" not in outcome.log


def test_configuration_from_the_environment(target: Target) -> None:
    settings = {
        "TARGET_BIGQUERY_PROJECT": "local",
        "TARGET_BIGQUERY_DATASET": target.dataset,
        "TARGET_BIGQUERY_ADD_RECORD_METADATA": "false",
        "BIGQUERY_EMULATOR_HOST": target.url,
    }
    assert command("--config", "ENV", **settings).returncode == 0
    assert command("--config", "ENV").returncode == 2
    missing = command("--config", "/nowhere.json")
    assert missing.returncode == 2
    assert "Traceback" not in missing.stderr
    assert command("--nonsense").returncode == 2
