"""Attachments, which nothing lists, and files behind links that expire."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.testing import Query, Reply, Run, vendor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PDF = b"%PDF-1.4 " + bytes(range(256)) * 300


class Storage:
    """Files by id; a link works while its signature is the current one."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.signature = 1
        self.served: list[str] = []
        self.scripted: list[Reply] = []
        self.url = ""

    def link(self, number: str, signature: int | None = None) -> str:
        return f"{self.url}/{number}?signature={signature or self.signature}"

    def answer(self, path: str, query: Query) -> Reply:
        if self.scripted:
            return self.scripted.pop(0)
        if query["signature"] != [str(self.signature)]:
            return Reply(raw=b"<Error><Code>AccessDenied</Code></Error>", status=403)
        if path not in self.files:
            return Reply(raw=b"<Error><Code>NoSuchKey</Code></Error>", status=404)
        self.served.append(path)
        return Reply(raw=self.files[path])


@pytest.fixture
def storage() -> Iterator[Storage]:
    found = Storage()
    with vendor(found.answer) as server:
        found.url = server.url
        yield found


@pytest.fixture
def documents(qonto: Any, storage: Storage, transaction: Callable[..., Any]) -> Any:
    """A transaction with one attachment embedded, another that only names its own, and two kinds of invoice."""
    numbers = ("a-1", "a-2", "a-3", "a-4")
    storage.files = {number: number.encode() + PDF for number in (*numbers, "s-1")}

    def attachment(number: str) -> dict[str, Any]:
        return {"id": number, "file_name": f"{number}.PDF", "file_size": "77049", "url": storage.link(number)}

    answer = qonto.answer

    def with_attachments(path: str, query: Query) -> Reply:
        if path.startswith("attachments/"):
            number = path.partition("/")[2]
            return Reply({"attachment": attachment(number)}) if number in numbers else Reply({}, status=404)
        if path == "statements/s-1":
            return Reply(
                {"statement": {"id": "s-1", "file": {"file_name": "2026-05.pdf", "file_url": storage.link("s-1")}}}
            )
        reply: Reply = answer(path, query)
        return reply

    qonto.answer = with_attachments
    qonto.lists["transactions"] = [
        transaction(1, attachment_ids=["a-1"], attachments=[attachment("a-1")]),
        transaction(2, attachment_ids=["a-2"]),
    ]
    at = "2026-05-02T00:00:00.000Z"
    qonto.lists["supplier_invoices"] = [
        {"id": "si-1", "attachment_id": "a-3", "display_attachment_id": "a-3", "updated_at": at},
        {"id": "si-2", "attachment_id": None, "updated_at": at},
    ]
    qonto.lists["client_invoices"] = [{"id": "ci-1", "attachment_id": "a-4", "updated_at": at}]
    qonto.lists["statements"] = [
        {"id": "s-1", "period": "05-2026", "file": {"file_name": "2026-05.pdf", "file_url": storage.link("s-1")}}
    ]
    return qonto


@pytest.mark.usefixtures("documents")
def test_every_attachment_is_a_row_that_says_what_it_belongs_to(tap: Callable[..., Run]) -> None:
    run = tap()
    assert run.code == 0, run.log
    rows = {row["id"]: row for row in run.rows("attachments")}
    assert {number: (row["source"], row["source_id"]) for number, row in rows.items()} == {
        "a-1": ("transactions", "t-00001"),
        "a-2": ("transactions", "t-00002"),
        "a-3": ("supplier_invoices", "si-1"),
        "a-4": ("client_invoices", "ci-1"),
    }
    assert rows["a-1"]["file_size"] == 77049
    assert rows["a-1"]["updated_at"] == "2026-05-01T00:00:01.000Z"
    assert "signature" not in json.dumps(run.messages)
    assert not tap(state=run.state).rows("attachments")


def test_what_was_renamed_meanwhile_is_no_attachment_of_another_run(documents: Any, tap: Callable[..., Run]) -> None:
    state = tap().state
    documents.lists["transactions"][1] |= {"attachment_ids": ["a-2", "gone"], "updated_at": "2026-05-03T00:00:00.000Z"}
    run = tap(state=state)
    assert (run.code, [row["id"] for row in run.rows("attachments")]) == (0, ["a-2"])


@pytest.mark.usefixtures("documents")
def test_files_are_saved_once_under_their_ids(storage: Storage, tap: Callable[..., Run], tmp_path: Path) -> None:
    folder = tmp_path / "files"
    run = tap(files_uri=str(folder))
    assert run.code == 0, run.log
    for stream, number, ending in (("attachments", "a-2", "pdf"), ("statements", "s-1", "pdf")):
        row = next(row for row in run.rows(stream) if row["id"] == number)
        content = number.encode() + PDF
        assert (folder / stream / f"{number}.{ending}").read_bytes() == content
        assert row["file_uri"] == f"{folder}/{stream}/{number}.{ending}"
        assert row["file_sha256"] == hashlib.sha256(content).hexdigest()
        assert row["file_bytes"] == len(content)
        assert row.get("file_error") is None
    invoices = {row["id"]: row.get("file_uri") for row in run.rows("supplier_invoices")}
    assert invoices == {"si-1": f"{folder}/attachments/a-3.pdf", "si-2": None}
    assert sorted(storage.served) == ["a-1", "a-2", "a-3", "a-4", "s-1"]
    again = tap(files_uri=str(folder))
    assert sorted(storage.served) == ["a-1", "a-2", "a-3", "a-4", "s-1"], "nothing is downloaded twice"
    assert again.rows("attachments") == run.rows("attachments")


def test_a_link_that_expired_is_renewed(
    documents: Any, storage: Storage, tap: Callable[..., Run], tmp_path: Path
) -> None:
    storage.signature += 1  # the links in the lists are old, those of the single answers are new
    run = tap(files_uri=str(tmp_path / "files"))
    assert run.code == 0, run.log
    assert {row.get("file_error") for row in run.rows("attachments") + run.rows("statements")} == {None}
    assert ("attachments/a-1" in {path for path, _ in documents.asked}) is True


@pytest.mark.usefixtures("documents")
def test_a_missing_file_is_a_row_with_the_reason_and_tried_again(
    storage: Storage, tap: Callable[..., Run], tmp_path: Path
) -> None:
    content = storage.files.pop("a-1")
    settings = {"files_uri": str(tmp_path / "files")}
    run = tap(**settings)
    assert run.code == 0, run.log
    row = next(row for row in run.rows("attachments") if row["id"] == "a-1")
    assert row["file_error"] == "the vendor does not give the file: HTTP 404"
    assert "file_uri" not in row
    storage.files["a-1"] = content
    row = next(row for row in tap(**settings).rows("attachments") if row["id"] == "a-1")
    assert row["file_bytes"] == len(content)


@pytest.mark.usefixtures("documents")
def test_a_file_that_breaks_off_is_fetched_again(storage: Storage, tap: Callable[..., Run], tmp_path: Path) -> None:
    storage.scripted = [Reply(raw=PDF, cut=True), Reply(raw=b"", status=503)]
    run = tap(files_uri=str(tmp_path / "files"))
    assert run.code == 0
    assert {row.get("file_error") for row in run.rows("attachments") + run.rows("statements")} == {None}
    for row in run.rows("attachments"):
        assert (tmp_path / "files" / "attachments" / f"{row['id']}.pdf").read_bytes() == row["id"].encode() + PDF


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("uri", ["nowhere://bucket", "{tmp}/file"])
def test_a_place_that_cannot_be_written_to_is_one_line(tap: Callable[..., Run], tmp_path: Path, uri: str) -> None:
    (tmp_path / "file").touch()
    run = tap(files_uri=uri.replace("{tmp}", str(tmp_path)))
    assert run.code == 2
    (line,) = run.errors
    assert "files_uri" in line
