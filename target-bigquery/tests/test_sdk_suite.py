"""The messages of the SDK's target tests, and what their tables must hold afterwards.

The SDK's own runner drives the SDK's sinks in this process and reads nothing back; here the real process loads the
same files.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import INTEGER, TEXT, record, schema, state

if TYPE_CHECKING:
    from .conftest import Target

FILES = files("singer_sdk.testing.target_test_streams")


def suite(*names: str) -> bytes:
    return b"\n".join(FILES.joinpath(f"{name}.singer").read_bytes() for name in names)


def test_every_file_of_the_suite_is_read_back(target: Target) -> None:
    first = [
        "array_data",
        "camelcase",
        "camelcase_complex_schema",
        "duplicate_records",
        "encoded_string_data",
        "multiple_state_messages",
        "no_primary_keys",
        "optional_attributes",
        "pk_updates",
        "record_missing_fields",
        "record_missing_required_property",
        "schema_no_properties",
        "schema_updates",
        "user_location_data",
    ]
    again = ["no_primary_keys_append", "user_location_upsert_data"]
    for name in (*first, *again):  # one after the other: the local BigQuery is slow at many tables at once
        outcome = target.ok(suite(name))
        sent = [json.loads(line) for line in suite(name).splitlines() if line.strip()]
        assert outcome.states[-1:] == [m["value"] for m in sent if m["type"] == "STATE"][-1:]
    want = expected(suite(*first, *again))
    assert {t for t in target.tables() if target.table(t).num_rows} == {t for t in want if want[t]}
    for table, rows in want.items():
        names = [f.name for f in target.table(table).schema if not f.name.startswith("_sdc_")]
        found = [
            {column: value for column, value in row.items() if value not in (None, [])} for row in target.rows(table)
        ]
        assert sorted(map(canonical, found)) == sorted(map(canonical, rows)), table
        assert {column for row in rows for column in row} <= set(names)


def expected(data: bytes) -> dict[str, list[dict[str, Any]]]:
    """Read plainly: the last record of each key, all where there is none; only the schema's properties."""
    keys: dict[str, list[str]] = {}
    declared: dict[str, Any] = {}
    rows: dict[str, dict[Any, dict[str, Any]]] = {}
    for number, line in enumerate(data.splitlines()):
        message = json.loads(line) if line.strip() else {"type": ""}
        if message["type"] == "SCHEMA":
            keys[message["stream"]] = message.get("key_properties", [])
            declared[message["stream"]] = message["schema"]["properties"]
            rows.setdefault(message["stream"], {})
        elif message["type"] == "RECORD":
            stream, sent = message["stream"], message["record"]
            key = tuple(sent[k] for k in keys[stream]) or number
            rows[stream][key] = {k: v for k, v in sent.items() if k in declared[stream] and v is not None}
    return {stream: list(kept.values()) for stream, kept in rows.items()}


def canonical(row: dict[str, Any]) -> str:
    """Numbers alike whatever their type, fields in order, nulls left out."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in sorted(value.items()) if v is not None}
        if isinstance(value, list):
            return [plain(v) for v in value]
        if hasattr(value, "isoformat"):
            return value.isoformat()
        return value if isinstance(value, (str, bool)) else float(value)

    return json.dumps(plain(row))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("record_before_schema", ["line 1", "before its SCHEMA"]),
        ("record_missing_key_property", ["line 2", "id is a key and is null or missing"]),
        ("special_chars_in_attributes", ["before its full table was complete"]),
    ],
)
def test_what_the_suite_sends_wrongly_is_refused(nowhere: Target, name: str, words: list[str]) -> None:
    nowhere.fails(suite(name), 1, *words)


def test_special_characters_in_names(target: Target) -> None:
    end = b'{"type": "ACTIVATE_VERSION", "stream": "test:SpecialChars!in?attributes", "version": 1541199424491}'
    target.ok(suite("special_chars_in_attributes") + b"\n" + end)
    (row,) = target.rows("test_SpecialChars_in_attributes")
    assert row == {"_id": "a2e98886", "d": {"env": "prod", "agent_type": "desktop", "agent_os_version": "10.13.1"}}
    assert [f.description for f in target.table("test_SpecialChars_in_attributes").schema[1].fields] == [
        None,
        "[agent:type]",
        "[agent:os:version]",
    ]


def test_a_stream_may_get_another_key(target: Target) -> None:
    def head(*keys: str) -> dict[str, Any]:
        return schema("t", list(keys), id=INTEGER, email=TEXT)

    target.ok([head("id"), record("t", id=1, email="a"), record("t", id=2, email="b"), state(at=1)])
    target.ok([head("id"), record("t", id=3, email="c"), head("email"), record("t", id=9, email="b"), state(at=2)])
    assert target.rows("t", "id", "email") == [
        {"id": 1, "email": "a"},
        {"id": 3, "email": "c"},
        {"id": 9, "email": "b"},
    ]
    assert target.table("t").table_constraints.primary_key.columns == ["email"]
    target.ok([head(), record("t", id=9, email="b"), state(at=3)])
    assert len(target.rows("t")) == 4
    assert target.table("t").table_constraints is None
