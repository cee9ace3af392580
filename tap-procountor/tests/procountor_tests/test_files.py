"""Attachments: the file comes with its description, in one answer of several parts."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_kit.testing import Reply
from tap_procountor.streams.documents import last_part

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run

CONTENT = b"%PDF-1.4\r\n\r\n--not a boundary\r\n\x00\xff"
MULTIPART = {"Content-Type": "multipart/mixed; boundary=frontier"}


def parts(content: bytes, before: bytes = b"", boundary: bytes = b"frontier") -> bytes:
    described = b'Content-Type: application/json\r\n\r\n{"id": 1}'
    held = b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n\r\n" + content
    line = b"--" + boundary
    return before + line + b"\r\n" + described + b"\r\n" + line + b"\r\n" + held + b"\r\n" + line + b"--\r\n"


@given(st.binary(max_size=200).filter(lambda content: b"--frontier" not in content))
def test_the_file_is_the_last_part(content: bytes) -> None:
    assert last_part(parts(content)) == content
    assert last_part(parts(content, before=b"\r\n")) == content


@pytest.mark.parametrize("answer", [b"", b"%PDF-1.4", b"--\r\n", CONTENT])
def test_an_answer_without_parts_is_the_file(answer: bytes) -> None:
    assert last_part(answer) == answer


def test_files_are_saved_once(procountor: Any, tap: Callable[..., Run], tmp_path: Path) -> None:
    procountor.lists["attachments"] = [{"attachmentId": 7, "name": "../Receipt.PDF", "attached": "2026-03-02T08:00:00"}]
    procountor.replies["attachments/7"] = lambda _: Reply(raw=parts(CONTENT), headers=MULTIPART)
    first = tap("attachments", files_uri=str(tmp_path))
    (row,) = first.rows("attachments")
    assert Path(row["file_uri"]).read_bytes() == CONTENT
    assert Path(row["file_uri"]).name == "4711-7.pdf"  # another company has a file with this id, too
    assert (row["file_bytes"], row["file_sha256"]) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert tap("attachments", state=first.state, files_uri=str(tmp_path)).rows("attachments") == []
    assert len(procountor.paths("attachments/7")) == 1


def test_without_a_folder_no_file_is_asked_for(procountor: Any, tap: Callable[..., Run]) -> None:
    procountor.lists["attachments"] = [{"attachmentId": 7, "name": "a.pdf"}]
    (row,) = tap("attachments").rows("attachments")
    assert row == {"company_id": 4711, "attachment_id": 7, "name": "a.pdf", "_sdc_deleted_at": None}
    assert procountor.paths("attachments/7") == []


def test_a_file_that_is_gone_is_a_row_that_says_so(procountor: Any, tap: Callable[..., Run], tmp_path: Path) -> None:
    procountor.lists["attachments"] = [{"attachmentId": 7, "name": "a.pdf"}]
    run = tap("attachments", files_uri=str(tmp_path))
    assert run.code == 0
    assert run.rows("attachments")[0]["file_error"] == "the vendor does not give the file: HTTP 404"
