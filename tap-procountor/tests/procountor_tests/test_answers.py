"""Every operation that is read, with every documented field: all of them land, and nothing else is asked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tap_kit.schema import load_schema
from tap_kit.testing import Reply
from tap_procountor.streams import STREAMS

from procountor_tests.running import run_here
from procountor_tests.script import company

if TYPE_CHECKING:
    from tap_kit.testing import Run

FOLDER = Path(__file__).parent
ANSWERS: dict[str, Any] = json.loads((FOLDER / "answers.json").read_text("utf-8"))
OPERATIONS = (FOLDER / "operations.txt").read_text("utf-8").splitlines()
README = (FOLDER.parents[1] / "README.md").read_text("utf-8")

FILE = b'--b\r\nContent-Type: application/json\r\n\r\n{"id": 101}\r\n--b\r\n\r\n%PDF-1.4\r\n--b--\r\n'

# Columns that are empty here: events without a parent, files that could be saved.
EMPTY = {"parent_event_id", "file_error"}


class Everything(NamedTuple):
    """One run of all streams, and what it asked for."""

    run: Run
    asked: list[Any]


@pytest.fixture(scope="module")
def everything(served: Any, discovered: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Everything:
    """Run all streams against answers with every field."""
    url, turn = served
    script = turn[0] = company(url)
    patterns = [(re.compile(re.escape(path).replace(r"\{id\}", r"\d+")), body) for path, body in ANSWERS.items()]

    def answer(asked: Any) -> Reply:
        if asked.path == "oauth/token":
            return Reply({"access_token": "acc3ss", "expires_in": 3600})
        if asked.path == "attachments/101":
            return Reply(raw=FILE, headers={"Content-Type": "multipart/mixed; boundary=b"})
        found = [body for pattern, body in patterns if pattern.fullmatch(asked.path)]
        return Reply(found[0]) if found else Reply({"errors": [{"message": "NONE"}]}, status=404)

    script.answer = answer
    files = str(tmp_path_factory.mktemp("files"))
    run = run_here(script, discovered, *(row.name for row in STREAMS), files_uri=files)
    return Everything(run, script.asked)


def test_every_stream_is_read(everything: Everything) -> None:
    assert everything.run.code == 0, everything.run.log
    assert "not declared" not in everything.run.log
    assert "does not fit" not in everything.run.log
    assert "loaded as null" not in everything.run.log


@pytest.mark.parametrize("stream", [row.name for row in STREAMS])
def test_every_documented_field_lands(everything: Everything, stream: str) -> None:
    rows = everything.run.rows(stream)
    assert rows
    assert rows[0]["company_id"] == 4711
    assert set(missing(load_schema("tap_procountor", stream), rows[0], "")) == set()


def missing(schema: dict[str, Any], value: Any, where: str) -> list[str]:
    """The columns, nested ones too, that hold nothing."""
    found = []
    for name, column in schema["properties"].items():
        path, inner = f"{where}{name}", value.get(name)
        if column.get("not") == {} or name in EMPTY:
            continue
        if inner in (None, [], {}):
            found.append(path)
        elif "properties" in column:
            found += missing(column, inner, f"{path}.")
        elif "properties" in column.get("items", {}):
            found += missing(column["items"], inner[0], f"{path}[].")
    return found


def operation(asked: Any) -> str:
    """The documented operation of a request."""
    for line in OPERATIONS:
        method, path = line.split()
        if asked.method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), f"/{asked.path}"):
            return line
    return f"{asked.method} /{asked.path}"


def test_nothing_but_reading_is_asked(everything: Everything) -> None:
    asked = {operation(request) for request in everything.asked} - {"POST /oauth/token"}
    assert asked <= set(OPERATIONS)
    reports = {"POST /reports/accounting", "POST /reports/ledgeraccounts", "POST /reports/generalledger/{id}"}
    assert {line for line in asked if not line.startswith("GET ")} == reports


def test_a_get_has_no_body(everything: Everything) -> None:
    """The gateway answers 403 to a GET with one."""
    assert {request.body for request in everything.asked if request.method == "GET"} == {""}


@pytest.mark.parametrize("line", OPERATIONS)
def test_every_operation_is_a_stream_or_has_a_reason(everything: Everything, line: str) -> None:
    method, path = line.split()
    read = line in {operation(request) for request in everything.asked}
    named = f"| `{path}` |" in README
    assert read != named, method
