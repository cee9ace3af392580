"""What BigQuery makes of an uploaded Parquet file, by its documentation: a second opinion beside the local BigQuery.

BigQuery docs, Loading Parquet data, Parquet conversions; REST reference, JobConfigurationLoad and ParquetOptions.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONVERSIONS = {
    ("BOOLEAN", "None"): "BOOL",
    ("INT64", "None"): "INT64",
    ("DOUBLE", "None"): "FLOAT64",
    ("BYTE_ARRAY", "None"): "BYTES",
    ("BYTE_ARRAY", "String"): "STRING",
    ("INT32", "Date"): "DATE",
    ("INT64", "Time"): "TIME",
    ("INT64", "Timestamp"): "TIMESTAMP",
}
DECIMAL = re.compile(r"Decimal\(precision=(\d+), scale=(\d+)\)")
DIGITS = {"NUMERIC": (29, 9), "BIGNUMERIC": (38, 38)}  # before and after the point


def _decimal(precision: int, scale: int, targets: list[str]) -> str:
    """The first of the target types that holds so many digits; for most formats NUMERIC is the only one by default."""
    for name, (before, after) in DIGITS.items():
        if name in targets and precision - scale <= before and scale <= after:
            return name
    raise AssertionError(f"BigQuery refuses DECIMAL({precision}, {scale})")


def columns(content: bytes, load: Mapping[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """By the path of each leaf its type, and which parts of the path are REPEATED."""
    assert load["sourceFormat"] == "PARQUET"
    lists = load.get("parquetOptions", {}).get("enableListInference", False)
    targets = load.get("decimalTargetTypes", ["NUMERIC"])
    found, schema = {}, pq.ParquetFile(BytesIO(content)).schema  # Parquet's, not Arrow's that stands beside it
    for index in range(len(schema)):
        leaf = schema.column(index)
        logical = str(leaf.logical_type)
        if decimal := DECIMAL.match(logical):
            type_ = _decimal(int(decimal[1]), int(decimal[2]), targets)
        else:
            assert "isAdjustedToUTC=false" not in logical or logical.startswith("Time("), "a DATETIME"
            assert "time_unit=microseconds" in logical or "time_unit" not in logical, "cut to microseconds"
            type_ = CONVERSIONS[leaf.physical_type, logical.partition("(")[0]]
        path = leaf.path
        while lists and ".list.element" in path:
            path = path.replace(".list.element", "[]", 1)
        parts = path.split(".")
        plain = ".".join(part.removesuffix("[]") for part in parts)
        found[plain] = type_, [part[:-2] for part in parts if part.endswith("[]")]
    return found


def declared(fields: list[Mapping[str, Any]], before: str = "") -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """The same of a schema in the API's form."""
    for field in fields:
        own = [field["name"]] if field.get("mode") == "REPEATED" else []
        if "fields" not in field:
            yield f"{before}{field['name']}", (field["type"], own)
        for path, (type_, repeated) in declared(field.get("fields", []), f"{before}{field['name']}."):
            yield path, (type_, [*own, *repeated])


def rows(content: bytes, load: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows that the table gets; BigQuery keeps no null array, but an empty one."""
    assert columns(content, load) == dict(declared(load["schema"]["fields"]))
    return [_stored(row, load["schema"]["fields"]) for row in pq.read_table(BytesIO(content)).to_pylist()]


def _stored(row: Mapping[str, Any], fields: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {field["name"]: _value(row[field["name"]], field) for field in fields}


def _value(value: Any, field: Mapping[str, Any]) -> Any:
    if field.get("mode") == "REPEATED":
        one = {name: item for name, item in field.items() if name != "mode"}
        return [_value(item, one) for item in value or []]
    return _stored(value, field["fields"]) if field.get("fields") and value is not None else value
