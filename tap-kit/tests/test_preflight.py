"""What is wrong with a setting is known before anything is asked of the vendor, in a run and in a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tap_kit.errors import ConfigError
from tap_kit.files import File
from tap_kit.preflight import check

from .books import Books, documents, opened, run

if TYPE_CHECKING:
    from pathlib import Path

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


def test_a_check_asks_for_a_page_and_saves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    books = Books(3, {})
    assert check(opened(books, FILED, files_uri=str(tmp_path / "files"))) == 0
    assert capsys.readouterr().out == (
        "company: Acme (1)\ndocuments: can be read\n1 of 1 selected streams can be read\n"
    )
    assert len(books.asked) == 1
    assert not (tmp_path / "files").exists()
