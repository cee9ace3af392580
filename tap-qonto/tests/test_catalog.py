"""What the tap offers, and what of it is chosen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.testing import Reply
from tap_qonto.streams import STREAMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run

SNAPSHOTS = Path(__file__).parent / "catalog"


def command(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "tap_qonto", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def catalog() -> dict[str, Any]:
    """Discovery needs neither credentials nor a network."""
    found: dict[str, Any] = json.loads(command("--discover"))
    return found


@pytest.mark.parametrize("stream", [row.name for row in STREAMS])
def test_the_catalog_is_as_it_was(catalog: dict[str, Any], stream: str) -> None:
    """A changed snapshot is a changed table: look at the difference, then write the new one over it."""
    (entry,) = [entry for entry in catalog["streams"] if entry["tap_stream_id"] == stream]
    assert entry == json.loads((SNAPSHOTS / f"{stream}.json").read_text())


def test_every_column_is_described(catalog: dict[str, Any]) -> None:
    def check(properties: dict[str, Any]) -> None:
        for name, column in properties.items():
            assert column.get("description"), name
            check(column.get("properties") or column.get("items", {}).get("properties") or {})

    for entry in catalog["streams"]:
        check(entry["schema"]["properties"])


def test_about() -> None:
    about = json.loads(command("--about", "--format", "json"))
    assert about["name"] == "tap-qonto"
    assert {"api_key", "start_date", "api_url", "user_agent"} <= about["settings"]["properties"].keys()


def choose(catalog: dict[str, Any], choice: dict[tuple[str, ...], bool]) -> dict[str, Any]:
    """Select by (stream, column, …); what is not named stays as discovered."""
    chosen: dict[str, Any] = json.loads(json.dumps(catalog))
    for entry in chosen["streams"]:
        for item in entry["metadata"]:
            path = (entry["tap_stream_id"], *item["breadcrumb"][1::2])
            if path in choice:
                item["metadata"]["selected"] = choice[path]
    return chosen


def test_a_deselected_stream_is_not_even_asked_for(
    qonto: Any, tap: Callable[..., Run], catalog: dict[str, Any]
) -> None:
    streams = {(row.name,): False for row in STREAMS if row.name != "labels"}
    run = tap(catalog=choose(catalog, streams))
    assert [path for path, _ in qonto.asked] == ["labels"]
    assert {m["stream"] for m in run.messages if m["type"] == "SCHEMA"} == {"labels"}


def test_a_deselected_column_is_nowhere(qonto: Any, tap: Callable[..., Run], catalog: dict[str, Any]) -> None:
    qonto.lists["memberships"] = [{"id": "m", "first_name": "CANARY", "birthdate": "1999-09-09", "role": "owner"}]
    columns = {("memberships", name): False for name in ("first_name", "birthdate")}
    run = tap(catalog=choose(catalog, columns))
    assert run.rows("memberships") == [{"id": "m", "role": "owner"}]
    (schema,) = [m["schema"] for m in run.messages if m["type"] == "SCHEMA" and m["stream"] == "memberships"]
    assert not {"first_name", "birthdate"} & schema["properties"].keys()
    assert "CANARY" not in run.log


def test_a_catalog_of_an_earlier_version_stays_as_it_was(
    qonto: Any, tap: Callable[..., Run], catalog: dict[str, Any]
) -> None:
    qonto.lists["labels"] = [{"id": "1", "name": "Top", "parent_id": None}]
    saved = json.loads(json.dumps(catalog))
    for entry in saved["streams"]:
        entry["schema"]["properties"].pop("parent_id", None)
    run = tap(catalog=saved)
    assert run.rows("labels") == [{"id": "1", "name": "Top"}]
    assert "not declared" not in run.log


def test_full_tables_carry_a_version_that_is_activated_last(qonto: Any, tap: Callable[..., Run]) -> None:
    qonto.lists["labels"] = [{"id": "1", "name": "Top"}]
    messages = [m for m in tap().messages if m.get("stream") == "labels"]
    assert [m["type"] for m in messages] == ["SCHEMA", "RECORD", "ACTIVATE_VERSION"]
    assert messages[1]["version"] == messages[2]["version"]


def live_rows(run: Run, stream: str) -> dict[str, str]:
    """The names by id that a target would hold: of the activated version, the last of each id."""
    (active,) = [m["version"] for m in run.messages if m["type"] == "ACTIVATE_VERSION" and m["stream"] == stream]
    rows = [m for m in run.messages if m["type"] == "RECORD" and m["stream"] == stream and m["version"] == active]
    return {m["record"]["id"]: m["record"]["name"] for m in rows}


@pytest.mark.parametrize("change", ["delete", "add", "rename"])
def test_a_full_table_that_moves_while_it_is_read_is_whole(qonto: Any, tap: Callable[..., Run], change: str) -> None:
    labels = qonto.lists["labels"] = [{"id": f"{n:03d}", "name": f"n{n}"} for n in range(250)]
    before = {label["id"]: label["name"] for label in labels}
    answer, changed = qonto.answer, []

    def move(path: str, query: Any) -> Any:
        if path == "labels" and query["page"] == ["2"] and not changed:
            changed.append(change)
            match change:
                case "delete":
                    del labels[5]
                case "add":
                    labels.insert(0, {"id": "new", "name": "new"})
                case "rename":
                    labels[220] = {"id": "220", "name": "renamed"}
        return answer(path, query)

    qonto.answer = move
    run = tap()
    assert run.code == 0
    assert changed
    after = {label["id"]: label["name"] for label in labels}
    rows = live_rows(run, "labels").items()
    assert before.items() & after.items() <= rows <= before.items() | after.items()
    assert "005" in after or "005" not in dict(rows)


def test_a_stream_can_be_read_as_a_full_table(
    qonto: Any, tap: Callable[..., Run], catalog: dict[str, Any], transaction: Any
) -> None:
    qonto.lists["transactions"] = [transaction(1), transaction(2)]
    saved = json.loads(json.dumps(catalog))
    for entry in saved["streams"]:
        entry["replication_method"] = "FULL_TABLE"
        for item in entry["metadata"]:
            item["metadata"].pop("forced-replication-method", None)
    run = tap(catalog=saved)
    assert [row["id"] for row in run.rows("transactions")] == ["t-00001", "t-00002"]
    assert "transactions" in {m["stream"] for m in run.messages if m["type"] == "ACTIVATE_VERSION"}


def test_stream_maps(qonto: Any, tap: Callable[..., Run]) -> None:
    qonto.lists["labels"] = [{"id": "1", "name": "Top", "parent_id": "0"}]
    run = tap(stream_maps={"labels": {"name": None, "upper": "name.upper()"}})
    assert run.rows("labels") == [{"id": "1", "parent_id": "0", "upper": "TOP"}]


def test_the_test_command(qonto: Any, tap: Callable[..., Run], transaction: Any) -> None:
    qonto.lists["transactions"] = [transaction(n) for n in range(250)]
    run = tap("--test")
    assert (run.code, run.errors) == (0, [])
    assert len(run.rows("transactions")) == 1
    asked = {path for path, _ in qonto.asked}
    assert "supplier_invoices" in asked
    assert "cards" not in asked  # which an API key cannot read
    assert len(qonto.asked) < 40
    qonto.faults["labels"] = Reply({"errors": [{"code": "forbidden"}]}, status=403)
    assert tap("--test").code == 1
