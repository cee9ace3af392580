"""JSON Schema to columns, names to names, and the statements made of them."""

from __future__ import annotations

import contextlib
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from target_bigquery import commit
from target_bigquery.names import column_names, label_value, table_name
from target_bigquery.rows import Rows
from target_bigquery.schema import Column, columns
from target_bigquery.sql import literal, quote

NULL = {"type": "null"}
MOMENT = {"type": "string", "format": "date-time"}


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({"type": "integer"}, "INT64"),
        ({"type": ["null", "number"]}, "NUMERIC"),
        ({"type": ["integer", "number"]}, "NUMERIC"),
        ({"type": "number", "multipleOf": Decimal("0.01")}, "NUMERIC"),
        ({"type": "number", "multipleOf": Decimal("1e-18")}, "BIGNUMERIC"),
        ({"type": "number", "maximum": Decimal("1e35")}, "BIGNUMERIC"),
        ({"type": "number", "maximum": Decimal("1.7976931348623157e308")}, "NUMERIC"),
        ({"type": "string", "format": "singer.decimal"}, "NUMERIC"),
        ({"type": "string", "format": "uuid"}, "STRING"),
        (MOMENT, "TIMESTAMP"),
        ({"anyOf": [MOMENT, NULL]}, "TIMESTAMP"),
        ({"anyOf": [MOMENT, {"type": ["string", "null"]}]}, "STRING"),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "NUMERIC"),
        ({"$ref": "#/definitions/money"}, "NUMERIC"),
        ({"$ref": "#/definitions/loop"}, "JSON"),
        ({"type": ["string", "integer"]}, "JSON"),
        ({"type": "object"}, "JSON"),
        ({"type": "object", "properties": {"a": {"type": "object"}}}, "JSON"),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, "STRUCT<a INT64>"),
        ({"type": "array", "items": {"type": "string"}}, "ARRAY<STRING>"),
        ({"type": "array"}, "JSON"),
        ({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}, "JSON"),
        ({"type": "array", "items": {"type": "object", "properties": {"a": MOMENT}}}, "ARRAY<STRUCT<a TIMESTAMP>>"),
        ({}, "JSON"),
        (True, "JSON"),
        ({"allOf": [{"$ref": "#/definitions/money"}], "description": "d"}, "NUMERIC"),
        ({"allOf": [MOMENT, {"maxLength": 30}]}, "TIMESTAMP"),
        (
            {"allOf": [{"properties": {"a": {"type": "integer"}}}, {"properties": {"b": MOMENT}}]},
            "STRUCT<a INT64, b TIMESTAMP>",
        ),
        ({"enum": ["a", "b", None]}, "STRING"),
        ({"const": "a"}, "STRING"),
        ({"enum": ["a", 1]}, "JSON"),
        ({"type": "number", "multipleOf": None, "maximum": "much"}, "NUMERIC"),
        ({"type": 5}, "JSON"),
        ({"type": [{"type": "string"}]}, "JSON"),
        ({"type": "string", "format": ["date"]}, "STRING"),
        ({"type": "object", "properties": [1]}, "JSON"),
        ({"anyOf": {"type": "string"}}, "JSON"),
    ],
)
def test_a_property_becomes_a_column(schema: Any, type_: str) -> None:
    loop = {"type": "object", "properties": {"again": {"$ref": "#/definitions/loop"}}}
    definitions = {"money": {"type": ["number", "null"]}, "loop": loop}
    (column,) = columns({"properties": {"c": schema}, "definitions": definitions}, (), metadata=False)
    assert column.ddl() == type_


WORDS = ["type", "format", "properties", "items", "anyOf", "oneOf", "allOf", "$ref", "enum", "const", "definitions"]
NAMED = st.sampled_from([*WORDS, "multipleOf", "maximum", "minimum", "description", "contentEncoding", "a"])
LEAVES = st.none() | st.booleans() | st.integers()
MEMBERS = st.recursive(
    LEAVES | st.sampled_from(["string", "null", "object", "number", "date", "#/definitions/a", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMED, inner, max_size=4),
    max_leaves=12,
)


@given(MEMBERS, st.sampled_from(["record", "json", "flatten"]))
def test_no_schema_is_too_odd(member: Any, nested: str) -> None:
    """Whatever stands in a schema, there are columns, or one line that says why not."""
    root = {"properties": {"a": member, "id": member}, "definitions": {"a": member}}
    assert columns(root, (), metadata=False, nested=nested)
    for schema in (root, member if isinstance(member, dict) else {}):
        with contextlib.suppress(ValueError):  # a key that is missing, or no scalar
            assert next(c for c in columns(schema, ("id",), metadata=True) if c.source == "id").required


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/definitions/r", "definitions": {"r": {"properties": {"id": {"type": "integer"}}}}},
        {"anyOf": [{"type": "object", "properties": {"id": {"type": "integer"}}}, NULL]},
        {"allOf": [{"properties": {"id": {"type": "integer"}}}, {"required": ["id"]}]},
    ],
)
def test_the_properties_of_a_stream_stand_where_json_schema_lets_them(schema: Any) -> None:
    (column,) = columns(schema, ("id",), metadata=False)
    assert (column.name, column.type) == ("id", "INT64")


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({"type": ["string", "integer"]}, "STRING"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}, NULL]}, "STRING"),
        ({}, "STRING"),
        ({"type": "number"}, "NUMERIC"),
    ],
)
def test_a_key_is_what_can_be_compared(schema: Any, type_: str) -> None:
    (column,) = columns({"properties": {"id": schema}}, ("id",), metadata=False, number="FLOAT64")
    assert (column.type, column.required) == (type_, True)


@pytest.mark.parametrize(("schema", "type_"), [({"type": "number"}, "FLOAT64"), ({"multipleOf": 0.01}, "NUMERIC")])
def test_number_type_is_of_what_the_schema_leaves_open(schema: Any, type_: str) -> None:
    (column,) = columns({"properties": {"n": {"type": "number", **schema}}}, (), metadata=False, number="FLOAT64")
    assert column.type == type_


@pytest.mark.parametrize("schema", [{"type": "object"}, {"type": "array", "items": {"type": "integer"}}])
def test_a_key_must_be_a_scalar(schema: Any) -> None:
    with pytest.raises(ValueError, match="scalar"):
        columns({"properties": {"id": schema}}, ("id",), metadata=False)


NAMES = st.text(max_size=400) | st.sampled_from(["id", "ID", "Id", "i d", "i-d", "i_d", "_sdc_sequence", "_TABLE_x"])


@given(st.lists(NAMES, unique=True), st.randoms())
def test_columns_are_valid_distinct_and_need_no_order(names: list[str], random: Any) -> None:
    made = column_names(names, taken=["_sdc_sequence"])
    assert len({c.lower() for c in made.values()} | {"_sdc_sequence"}) == len(names) + 1
    for column in made.values():
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,299}", column)
        assert not re.match(r"(?i)_TABLE_|_FILE_|_PARTITION|_ROW_TIMESTAMP|__ROOT__|_COLIDENTIFIER|_CHANGE_", column)
    shuffled = list(names)
    random.shuffle(shuffled)
    assert column_names(shuffled, taken=["_sdc_sequence"]) == made


@given(st.text(min_size=1))
def test_a_label_keeps_to_its_rules(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9_-]{1,63}", label_value(name))


def test_usual_names_stay_as_they_are_or_nearly() -> None:
    assert column_names(["id", "updatedAt", "a.b"]) == {"id": "id", "updatedAt": "updatedAt", "a.b": "a_b"}
    assert table_name("public-orders") == "public_orders"
    assert table_name("東京") != table_name("大阪")
    assert len(table_name("x" * 5000)) == 900


@given(st.text())
def test_no_text_ends_its_literal(text: str) -> None:
    body = literal(text)[1:-1]
    assert not re.search(r'(?<!\\)(\\\\)*"', body)
    assert not re.search(r"[\x00-\x1f]", body)


def test_no_name_ends_its_quotes() -> None:
    assert quote("a`b\\", "c") == "`a\\`b\\\\`.`c`"
    with pytest.raises(ValueError, match="not a BigQuery name"):
        quote("a\nb")


LIVE = {
    "schema": {"fields": [{"name": "day", "type": "DATE"}, {"name": "id", "type": "INTEGER", "description": "mine"}]},
    "clustering": {"fields": ["id", "gone"]},
    "labels": {"team": "finance", "singer_snapshot": "f"},
    "description": 'a "table"',
    "requirePartitionFilter": True,
}
COLUMNS = (Column("id", "id", "INT64", required=True, description="new"), Column("day", "day", "DATE"))


@pytest.mark.parametrize(
    ("layout", "clause"),
    [
        ({"timePartitioning": {"type": "DAY", "field": "day"}}, "PARTITION BY `day` CLUSTER"),
        ({"timePartitioning": {"type": "MONTH", "field": "day"}}, "PARTITION BY DATE_TRUNC(`day`, MONTH)"),
        (
            {"rangePartitioning": {"field": "id", "range": {"start": "0", "end": "100", "interval": "10"}}},
            "PARTITION BY RANGE_BUCKET(`id`, GENERATE_ARRAY(0, 100, 10))",
        ),
        (
            {"timePartitioning": {"type": "DAY", "field": "day", "expirationMs": "86400000"}, "expirationTime": "5"},
            "expiration_timestamp=TIMESTAMP_MILLIS(5), partition_expiration_days=1.0, require_partition_filter=TRUE",
        ),
    ],
)
def test_a_recreated_table_keeps_what_it_was_given(layout: dict[str, Any], clause: str) -> None:
    made = commit.recreate("`p`.`d`.`t`", LIVE | layout, Rows("`p`.`d`.`s`", COLUMNS, ("id",)))
    assert clause in made
    assert '`id` INT64 NOT NULL OPTIONS(description="mine")' in made
    assert "CLUSTER BY `id` OPTIONS(" in made
    assert 'description="a \\"table\\"", labels=[("team", "finance")]' in made
    assert "singer_snapshot" not in made


def test_a_table_by_ingestion_time_is_not_recreated() -> None:
    with pytest.raises(ValueError, match="ingestion time"):
        commit.recreate("`t`", LIVE | {"timePartitioning": {"type": "DAY"}}, Rows("`s`", COLUMNS, ("id",)))


def test_records_are_laid_out_as_the_live_table_has_them() -> None:
    """BigQuery assigns RECORDs by position: another order would swap values without an error."""
    point = {"type": "object", "properties": {"y": {"type": "integer"}, "x": {"type": "integer"}}}
    many = {"type": "array", "items": {"type": "object", "properties": {"p": point}}}
    made = columns({"properties": {"point": point, "many": many}}, (), metadata=False)

    def field(name: str, *fields: dict, mode: str = "NULLABLE") -> dict:
        return {"name": name, "type": "RECORD" if fields else "INTEGER", "mode": mode, "fields": list(fields)}

    x, y, z = map(field, "xyz")
    assert Rows("s", made, fields=[field("point", y, x)]).select() == "SELECT `point`, `many` FROM s"
    live = [field("point", x, y, z), field("many", field("p", x, y), mode="REPEATED")]
    assert Rows("s", made, fields=live).select() == (
        "SELECT IF(`point` IS NULL, NULL, STRUCT(`point`.`x` AS `x`, `point`.`y` AS `y`, CAST(NULL AS INT64) AS `z`))"
        " AS `point`, ARRAY(SELECT AS STRUCT IF(item0.`p` IS NULL, NULL, STRUCT(item0.`p`.`x` AS `x`, item0.`p`.`y`"
        " AS `y`)) AS `p` FROM UNNEST(`many`) AS item0 WITH OFFSET AS offset0 ORDER BY offset0) AS `many` FROM s"
    )
