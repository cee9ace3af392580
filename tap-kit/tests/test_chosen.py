"""With a file of columns nothing else leaves a tap, in whatever way it came into a row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.details import Details
from tap_kit.errors import ConfigError
from tap_kit.files import File
from tap_kit.table import Listing

from .books import DELETABLE, SINCE, Books, documents, last_state, run

if TYPE_CHECKING:
    from pathlib import Path

DETAILS = Details("documents/{Number}")
FILE = File("papers", number=lambda record: str(record["Number"]), content=lambda *_: ("a.pdf", iter((b"content",))))
CURSORS: dict[str, Any] = {"full": None, "listing": Listing(), "since": SINCE, "deletable": DELETABLE}


def records(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message["record"] for message in messages if message["type"] == "RECORD"]


@pytest.mark.parametrize("cursor", CURSORS)
@pytest.mark.parametrize("details", [DETAILS, None])
def test_only_what_the_file_of_columns_has_is_sent(tmp_path: Path, cursor: str, details: Details | None) -> None:
    """First all there is, then what is new and what is gone; the documents have details, and a file each."""
    (tmp_path / "columns.yml").write_text(
        "streams: {documents: {number: {}, title: {load: hashed}, file_uri: {}, file_sha256: {load: hashed}}}"
    )
    settings = {"columns_file": str(tmp_path / "columns.yml"), "files_uri": str(tmp_path), "hash_key": "k"}
    stream, books = documents(CURSORS[cursor], details=details, file=FILE), Books(4, {})
    first = run(books, stream, **settings)
    del books.documents[1]
    books.documents[9] = books.document(9, 0)
    second = run(books, stream, last_state(first), **settings)
    sent = records(first) + records(second)
    assert {9} < {row["number"] for row in sent}
    assert set().union(*sent) == {"number", "title", "file_uri", "file_sha256"} | (
        {"_sdc_deleted_at"} if cursor in ("listing", "deletable") else set()
    )
    for row in sent:
        if "file_uri" in row:
            assert row["file_uri"] == f"{tmp_path}/papers/{row['number']}.pdf"
            assert len(row["title"]) == len(row["file_sha256"]) == 64
    (note,) = tmp_path.glob("papers/9.json")
    assert json.loads(note.read_text())["file_sha256"] not in json.dumps(sent), "hashed with the key"
    schemas = {name for m in first + second if m["type"] == "SCHEMA" for name in m["schema"]["properties"]}
    assert schemas - {"_sdc_deleted_at"} == {"number", "title", "file_uri", "file_sha256"}


@pytest.mark.parametrize(
    ("streams", "line"),
    [
        ("{documents: {number: {}, no: {}}}", "documents.False must stand in quotes"),
        ("{documents: {number: {}, title: {laod: false}}}", "documents.title has laod, which means nothing"),
        ("{documents: {number: {}}, papers: {}}", "has streams that tap-documents does not have: papers"),
    ],
)
def test_what_is_misspelt_in_the_file_is_not_guessed(tmp_path: Path, streams: str, line: str) -> None:
    (tmp_path / "columns.yml").write_text(f"streams: {streams}")
    with pytest.raises(ConfigError, match=line):
        run(Books(1, {}), documents(None), columns_file=str(tmp_path / "columns.yml"))
