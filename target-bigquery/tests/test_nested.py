"""Objects as RECORD or JSON, and bytes that travel as base64."""

from __future__ import annotations

import base64
import json
from typing import Any

import pyarrow as pa
import pytest
from target_bigquery.arrow import BlockReader, staged_schema
from target_bigquery.schema import columns

from .conftest import INTEGER, TEXT, Target, lines, record, schema, state

OBJECT = {"type": ["object", "null"], "properties": {"Street No": INTEGER, "tags": {"type": "array", "items": TEXT}}}
LIST = {"type": "array", "items": OBJECT}
BINARY = {"type": ["string", "null"], "contentEncoding": "base64"}
HEAD = schema("t", ["id"], id=INTEGER, o=OBJECT, l=LIST, s={"type": "array", "items": TEXT})
VALUE = {"Street No": 7, "tags": ["a"]}


@pytest.mark.parametrize(("nested", "types"), [("record", ["RECORD", "RECORD"]), ("json", ["JSON", "JSON"])])
def test_the_types_of_objects(nested: str, types: list[str]) -> None:
    made = {c.source: c for c in columns(HEAD["schema"], ("id",), metadata=False, nested=nested)}
    assert [made["o"].type, made["l"].type] == types
    assert (made["l"].repeated, bool(made["l"].fields)) == (nested == "record",) * 2
    assert (made["s"].type, made["s"].repeated) == ("STRING", True)


def test_objects_of_one_stream_as_json(target: Target) -> None:
    sent = record("t", id=1, o={**VALUE, "unknown": 1.50}, l=[VALUE, None], s=["x"])
    other = [schema("u", ["id"], id=INTEGER, o=OBJECT), record("u", id=1, o=VALUE)]
    target.ok([HEAD, *other, sent, state(at=1)], stream_overrides={"t": {"nested": "json"}})
    assert target.rows("t") == [{"id": 1, "o": {**VALUE, "unknown": 1.5}, "l": [VALUE, None], "s": ["x"]}]
    assert target.rows("u") == [{"id": 1, "o": {"Street_No": 7, "tags": ["a"]}}]
    target.fails([HEAD, record("t", id=2)], 1, "table", "o is JSON in the table and STRUCT<Street_No INT64")


def text(value: bytes, *, lines: bool = False) -> str:
    return (base64.encodebytes if lines else base64.b64encode)(value).decode()


def test_base64_becomes_bytes() -> None:
    """In what is staged: the local BigQuery takes no BYTES from Parquet."""
    every = bytes(range(256))
    head = schema("b", ["k"], k=BINARY, many={"type": "array", "items": BINARY}, o={"properties": {"b": BINARY}})
    made = columns(head["schema"], ("k",), metadata=False)
    assert [c.ddl() for c in made] == ["BYTES", "ARRAY<BYTES>", "STRUCT<b BYTES>"]
    sent: list[dict[str, Any]] = [
        {"k": text(b"\xff\x00"), "many": [text(every), ""], "o": {"b": text(every)}},
        {"k": text(every, lines=True), "many": [], "o": {"b": None}},
    ]
    reader = BlockReader(made)
    by_record = reader.read([json.dumps(one).encode() for one in sent])
    by_line, _ = reader.read_lines(lines(record("b", **one) for one in sent), len(sent), None)
    for arrays in (by_record, by_line):
        table = pa.table(arrays, schema=staged_schema(made))
        assert table.to_pylist() == [
            {"k": b"\xff\x00", "many": [every, b""], "o": {"b": every}},
            {"k": every, "many": [], "o": {"b": None}},
        ]


@pytest.mark.parametrize("value", ["a", "a-_=", "YQ=", 7, "ä"])
def test_no_base64_is_no_bytes(nowhere: Target, value: object) -> None:
    head = schema("b", ["id"], id=INTEGER, data=BINARY)
    nowhere.fails([head, record("b", id=1), record("b", id=2, data=value)], 1, "line 3", "column data is no base64")
