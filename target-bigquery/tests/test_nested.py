"""Objects as RECORD or JSON, and bytes that travel as base64."""

from __future__ import annotations

import base64
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from target_bigquery.arrow import BlockReader, staged_schema
from target_bigquery.lift import reader
from target_bigquery.schema import METADATA, columns

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
    assert (made["s"].type, made["s"].repeated) == (("STRING", True) if nested == "record" else ("JSON", False))


def test_objects_of_one_stream_as_json(target: Target) -> None:
    sent = record("t", id=1, o={**VALUE, "unknown": 1.50}, l=[VALUE, None], s=["x", None])
    other = [schema("u", ["id"], id=INTEGER, o=OBJECT), record("u", id=1, o=VALUE)]
    target.ok([HEAD, *other, sent, state(at=1)], stream_overrides={"t": {"nested": "json"}})
    assert target.rows("t") == [{"id": 1, "o": {**VALUE, "unknown": 1.5}, "l": [VALUE, None], "s": ["x", None]}]
    assert target.rows("u") == [{"id": 1, "o": {"Street_No": 7, "tags": ["a"]}}]
    target.fails([HEAD, record("t", id=2)], 1, "table", "o is JSON in the table and STRUCT<Street_No INT64")


DEEP = {
    "type": ["object", "null"],
    "properties": {
        "City": TEXT,
        "since": {"type": ["string", "null"], "format": "date"},
        "geo": {"type": "object", "properties": {"lat": {"type": "number", "description": "North."}, "raw": {}}},
        "tags": {"type": "array", "items": TEXT},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"n": INTEGER}}},
        "any": {"type": "object"},
    },
}
FLAT = schema("f", ["id"], id=INTEGER, a=DEEP, a__city=TEXT, ö=OBJECT)


def test_flattened_columns_have_a_name_each_and_say_where_they_are_from() -> None:
    made = columns(FLAT["schema"], ("id",), metadata=False, nested="flatten")
    assert {c.name: (c.ddl(), c.description) for c in made} == {
        "id": ("INT64", ""),
        "a__City_ea5c3cd1": ("STRING", "[a.City]"),
        "a__since": ("DATE", "[a.since]"),
        "a__geo__lat": ("NUMERIC", "North. [a.geo.lat]"),
        "a__geo__raw": ("JSON", "[a.geo.raw]"),
        "a__tags": ("ARRAY<STRING>", "[a.tags]"),
        "a__lines": ("ARRAY<STRUCT<n INT64>>", "[a.lines]"),
        "a__any": ("JSON", "[a.any]"),
        "a__city_96a64a89": ("STRING", "[a__city]"),
        "___Street_No_6dae298a": ("INT64", "[ö.Street No]"),
        "___tags_61b76c71": ("ARRAY<STRING>", "[ö.tags]"),
    }
    shallow = columns(FLAT["schema"], ("id",), metadata=False, nested="flatten", levels=1)
    assert {c.source: c.type for c in shallow if c.source.startswith("a.geo")} == {"a.geo": "JSON"}


def test_an_object_inside_itself_is_not_flattened() -> None:
    head = {"$defs": {"n": {"type": "object", "properties": {"x": INTEGER, "next": {"$ref": "#/$defs/n"}}}}}
    head |= {"properties": {"id": INTEGER, "n": {"$ref": "#/$defs/n"}}}
    assert [(c.name, c.type) for c in columns(head, (), metadata=False, nested="flatten")][1:] == [("n", "JSON")]
    made = columns(head, (), metadata=False, nested="flatten", levels=2)
    assert [(c.name, c.type) for c in made][1:] == [
        ("n__x", "INT64"),
        ("n__next__x", "INT64"),
        ("n__next__next", "JSON"),
    ]


def test_flattened_objects(target: Target) -> None:
    """With null and missing ones, through lines and through records, and with a property that comes later."""
    full = {"City": "Å", "since": "2026-01-02", "geo": {"lat": 1.25, "raw": [1, {"x": None}]}, "any": {"k": 1}}
    full |= {"tags": ["t"], "lines": [{"n": 1}], "unknown": 1}
    rows = [{"a": full, "a__city": "flat"}, {"a": None}, {}, {"a": {"geo": None, "City": 7}}, {"a": {"geo": {}}}]
    sent = [record("f", id=n, **row) for n, row in enumerate(rows)]
    target.config["nested"] = "flatten"
    target.ok([FLAT, *sent, state(at=1)])
    empty = {"a__since": None, "a__geo__lat": None, "a__geo__raw": None, "a__any": None, "a__tags": [], "a__lines": []}
    made = [empty | {"a__City_ea5c3cd1": None, "a__city_96a64a89": None} for _ in rows]
    made[0] = {"a__since": dt.date(2026, 1, 2), "a__geo__lat": Decimal("1.25"), "a__geo__raw": [1, {"x": None}]}
    made[0] |= {"a__tags": ["t"], "a__lines": [{"n": 1}], "a__any": {"k": 1}}
    made[0] |= {"a__City_ea5c3cd1": "Å", "a__city_96a64a89": "flat"}
    made[3]["a__City_ea5c3cd1"] = "7"
    assert target.rows("f", "id", *made[0]) == [{"id": n} | row for n, row in enumerate(made)]

    later = {"type": "object", "properties": {**DEEP["properties"], "zip": INTEGER}}
    more = schema("f", ["id"], id=INTEGER, a=later, a__city=TEXT)
    target.ok([more, record("f", id=1, a={"zip": 9, "City": "x"}), state(at=2)])
    assert target.rows("f", "id", "a__zip", "a__City_ea5c3cd1")[1] == {"id": 1, "a__zip": 9, "a__City_ea5c3cd1": "x"}


def test_flattening_reads_runs_of_lines_as_it_reads_records() -> None:
    made = columns(FLAT["schema"], ("id",), metadata=True, nested="flatten")
    sent = [{"id": n, "a": {"City": "c", "geo": {"raw": {"n": n}}} if n % 2 else None} for n in range(50)]
    lifting = reader(made)
    by_record = lifting.read([json.dumps(one).encode() for one in sent])
    by_line, _ = lifting.read_lines(lines(record("f", **one) for one in sent), len(sent), None)
    assert by_line == by_record
    assert [c.name for c in lifting.columns] == [c.name for c in made if c.name not in METADATA]


def test_texts_are_cut_out_of_objects_whatever_they_are_called() -> None:
    inner = {
        "type": "object",
        "properties": {'say "ah"': {}, "back\\slash": {"type": "object", "properties": {"z": {}}}},
    }
    made = columns(
        {"type": "object", "properties": {"id": INTEGER, "a": inner}}, ("id",), nested="flatten", metadata=False
    )
    sent = [
        {"id": 1, "a": {'say "ah"': [1], "back\\slash": {"z": {}}}},
        {"id": 2, "a": None},
        {"id": 3, "a": {"back\\slash": None}},
    ]
    arrays = reader(made).read([json.dumps(one).encode() for one in sent])
    assert [array.to_pylist() for array in arrays] == [[1, 2, 3], ["[1]", None, None], ["{}", None, None]]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"geo": {"lat": "x"}}, ["column a.geo.lat is no number"]),
        ({"geo": 5}, ["column a.geo holds a number where the schema says object"]),
        ([], ["column a holds an array where the schema says object"]),
        ({"tags": [None]}, ["column a.tags holds a null"]),
        ({"geo": {"raw": 0.12345678901234567891}}, []),
    ],
)
def test_what_a_flattened_object_cannot_hold(nowhere: Target, value: object, words: list[str]) -> None:
    bad = record("f", id=1, a=value)
    nowhere.config["nested"] = "flatten"
    if words:
        nowhere.fails([FLAT, record("f", id=0), bad], 1, "line 3", *words)
        return
    text = json.dumps(bad).replace("0.12345678901234568", "0.12345678901234567891")
    nowhere.fails([FLAT, record("f", id=0), text], 1, "line 3", "column a.geo.raw has a number with more digits")


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
