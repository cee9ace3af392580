"""Incremental tables gain columns, widen where BigQuery can, and lose nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from target_bigquery.evolve import api_field, plan
from target_bigquery.schema import columns

from .conftest import INTEGER, NUMBER, TEXT, Target, activate, record, schema, state


def test_columns_are_added_kept_and_widened(target: Target) -> None:
    target.ok([schema("t", ["id"], id=INTEGER, old=TEXT, n=INTEGER), record("t", id=1, old="x", n=1), state(at=1)])
    changed = schema("t", ["id"], id=INTEGER, n=NUMBER, new=TEXT | {"description": "Since today."})
    target.ok([changed, record("t", id=2, n=0.5, new="y"), state(at=2)])
    assert target.rows("t", "id", "old", "n", "new") == [
        {"id": 1, "old": "x", "n": Decimal(1), "new": None},
        {"id": 2, "old": None, "n": Decimal("0.5"), "new": "y"},
    ]
    assert {f.name: f.description for f in target.table("t").schema}["new"] == "Since today."
    target.ok([schema("t", ["id"], id=INTEGER, n=INTEGER), record("t", id=1, n=7), state(at=3)])
    assert target.rows("t", "id", "n", "old")[0] == {"id": 1, "n": Decimal(7), "old": "x"}


def test_the_fields_of_a_record_are_found_by_name(target: Target) -> None:
    def head(*names: str) -> dict[str, Any]:
        point = {"type": ["object", "null"], "properties": dict.fromkeys(names, INTEGER)}
        return schema("t", ["id"], id=INTEGER, p=point, ps={"type": "array", "items": point})

    def at(id_: int, **point: int) -> dict[str, Any]:
        return record("t", id=id_, p=point, ps=[point, {}])

    target.ok([head("x", "y"), at(1, x=1, y=2), state(at=1)])
    target.ok([head("y", "x"), at(2, y=2, x=1), record("t", id=3, p=None), head("y"), at(4, y=2), state(at=2)])
    both, none, half = {"x": 1, "y": 2}, {"x": None, "y": None}, {"x": None, "y": 2}
    assert target.rows("t", "id", "p", "ps") == [
        {"id": 1, "p": both, "ps": [both, none]},
        {"id": 2, "p": both, "ps": [both, none]},
        {"id": 3, "p": None, "ps": []},
        {"id": 4, "p": half, "ps": [half, none]},
    ]


def test_a_schema_may_change_in_mid_stream(target: Target) -> None:
    messages = [
        schema("t", ["id"], id=INTEGER),
        record("t", id=1),
        schema("t", ["id"], id=INTEGER, n=INTEGER),
        record("t", id=2, n=2),
        state(at=1),
        schema("t", ["id"], id=INTEGER, n=NUMBER),
        record("t", id=3, n=3.5),
        state(at=2),
    ]
    assert target.ok(messages).states[-1] == {"at": 2}
    assert target.rows("t", "id", "n") == [{"id": 1, "n": None}, {"id": 2, "n": 2}, {"id": 3, "n": Decimal("3.5")}]


def test_what_cannot_change_stops_with_column_and_types(target: Target) -> None:
    target.ok([schema("t", ["id"], id=INTEGER, c=TEXT), record("t", id=1), state(at=1)])
    changed = [state(at=1), schema("t", ["id"], id=INTEGER, c=INTEGER), record("t", id=2), state(at=2)]
    words = ["c is STRING in the table and INT64 in the stream", "load the stream as a full table"]
    assert target.fails(changed, 1, f"table {target.dataset}.t", *words).states == [{"at": 1}]
    assert target.rows("t", "id") == [{"id": 1}]


def made(**properties: Any) -> tuple:
    return columns({"properties": properties}, ("id",), metadata=False)


def test_a_field_is_added_inside_a_record() -> None:
    before = made(id=INTEGER, a={"type": "object", "properties": {"x": INTEGER}})
    after = made(id=INTEGER, a={"type": "object", "properties": {"y": TEXT, "x": INTEGER}})
    live = [api_field(c) for c in before]
    found = plan(live, after)
    assert found.changed
    assert (found.refused, found.widened, found.surplus) == ([], {}, [])
    assert [f["name"] for f in found.fields[1]["fields"]] == ["x", "y"]
    assert live == [api_field(c) for c in before], "the table as read is left alone"


def test_a_table_made_by_hand_is_met_where_it_is() -> None:
    live = [
        {"name": "ID", "type": "INTEGER", "mode": "REQUIRED", "policyTags": {"names": ["t"]}},
        {"name": "n", "type": "NUMERIC", "mode": "REQUIRED", "precision": "10", "scale": "2"},
        {"name": "extra", "type": "FLOAT"},
    ]
    found = plan(live, made(id=INTEGER, n=NUMBER))
    assert found.fields[0] == live[0]
    assert found.fields[1]["mode"] == "NULLABLE"
    assert (found.widened, found.surplus, found.refused) == ({"n": "NUMERIC"}, ["extra"], [])


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (NUMBER, TEXT, "c is NUMERIC in the table and STRING"),
        (NUMBER, {"type": "string", "format": "date"}, "c is NUMERIC in the table and DATE"),
        (INTEGER, {"type": "array", "items": INTEGER}, "c is INT64 in the table and ARRAY<INT64>"),
        ({"type": "array", "items": INTEGER}, INTEGER, "c is ARRAY<INT64> in the table and INT64"),
        (
            {"type": "object", "properties": {"a": INTEGER}},
            {"type": "object", "properties": {"a": TEXT}},
            "c.a is INT64",
        ),
        (
            {"type": "object", "properties": {"a": INTEGER}},
            {"type": "object", "properties": {"a": NUMBER}},
            "c.a is INT64",
        ),
    ],
)
def test_what_cannot_change_is_refused(before: Any, after: Any, words: str) -> None:
    (refused,) = plan([api_field(c) for c in made(id=INTEGER, c=before)], made(id=INTEGER, c=after)).refused
    assert refused.startswith(words)


def test_a_json_column_takes_what_has_a_type_by_now(target: Target) -> None:
    """Taps that infer their schema say null, or nothing, of what they have only seen empty."""
    types = {
        "t": TEXT,
        "i": INTEGER,
        "d": {"type": "string", "format": "date"},
        "l": {"type": ["array", "null"], "items": TEXT},
    }
    vague = schema("s", ["id"], id=INTEGER, **{name: {"type": "null"} for name in types})
    head = schema("s", ["id"], id=INTEGER, **types)
    values = {"t": "5", "i": 7, "d": "2026-01-02", "l": ["x"]}
    target.ok([vague, record("s", id=1, t=None), record("s", id=2, t={"n": [1]}), state(at=1)])
    target.ok([vague, record("s", id=3, i=1), head, record("s", id=4, **values), record("s", id=2), state(at=2)])
    found = {row["id"]: {k: v for k, v in row.items() if v not in (None, [])} for row in target.rows("s")}
    assert found == {1: {"id": 1}, 2: {"id": 2}, 3: {"id": 3, "i": 1}, 4: {"id": 4, **values}}
    full = [head, record("s", 1, id=1, **values), activate("s", 1), state(at=3)]
    target.ok(full)
    assert {f.name: f.field_type for f in target.table("s").schema}["t"] == "STRING", "a full table has its types"
    assert target.rows("s", "id", "t", "i") == [{"id": 1, "t": "5", "i": 7}]
