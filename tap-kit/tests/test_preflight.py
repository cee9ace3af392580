"""What is wrong with a setting is known before anything is asked of the vendor, in a run and in a check."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest
from singer_sdk.configuration import _dict_config
from tap_kit.commands import commands
from tap_kit.errors import ConfigError
from tap_kit.files import File
from tap_kit.preflight import check
from tap_kit.tap import TableTap

from .books import Books, documents, opened, run

if TYPE_CHECKING:
    from pathlib import Path


class Alone(TableTap):
    """A tap with settings, and nothing to read."""

    name = "tap-alone"
    schema_package = "nothing"
    table = ()
    config_jsonschema: ClassVar = {"properties": {"start_date": {"type": "string"}, "user_agent": {"type": "string"}}}


FILED = documents(None, file=File("papers", number=lambda _: None, content=lambda *_: ("", iter(()))))


@pytest.mark.parametrize(
    ("setting", "value", "line"),
    [
        ("files_uri", "nosuch://bucket", "files_uri: Protocol not known: nosuch"),
        ("report_dir", "{folder}/file/reports", "report_dir .*/file/reports: Not a directory"),
        ("report_dir", "gs://bucket", "report_dir gs://bucket: name a folder"),
    ],
)
def test_a_place_that_cannot_be_is_named_before_anything_is_asked(
    tmp_path: Path, setting: str, value: str, line: str
) -> None:
    (tmp_path / "file").touch()
    books = Books(3, {})
    settings = {setting: value.format(folder=tmp_path)}
    with pytest.raises(ConfigError, match=line):
        run(books, FILED, **settings)
    with pytest.raises(ConfigError, match=line):
        check(opened(books, FILED, **settings))
    assert books.asked == []


def test_the_environment_counts_and_no_file_above_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Meltano has read `.env`, and has set there what is right for one connection."""
    (tmp_path / ".env").write_text("TAP_ALONE_START_DATE=2020-01-01\nTAP_ALONE_USER_AGENT=of-all\n")
    monkeypatch.setattr(_dict_config, "find_dotenv", lambda: str(tmp_path / ".env"))
    monkeypatch.setenv("TAP_ALONE_START_DATE", "2026-01-01")
    tap = Alone(config={}, parse_env_config=True, validate_config=False)
    assert tap.config == {"start_date": "2026-01-01"}


def test_a_catalog_that_meltano_has_not_made_yet() -> None:
    path = ".meltano/run/tap-alone--acme/tap.properties.json"
    with pytest.raises(ConfigError, match="run `meltano invoke tap-alone--acme:status` first"):
        commands(Alone).main(["check", "--catalog", path], standalone_mode=False)


def test_a_check_asks_for_a_page_and_saves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    books = Books(3, {})
    assert check(opened(books, FILED, files_uri=str(tmp_path / "files"))) == 0
    assert capsys.readouterr().out == (
        "company: Acme (1)\ndocuments: can be read\n1 of 1 selected streams can be read\n"
    )
    assert len(books.asked) == 1
    assert not (tmp_path / "files").exists()
