"""What an existing table needs so that the columns of a stream fit into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from google.cloud import bigquery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_bigquery.schema import Column

# The API answers in the older names.
_CANONICAL = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL", "STRUCT": "RECORD", "DECIMAL": "NUMERIC"}
# https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules: what a table's
# column takes as it is, and what ALTER COLUMN SET DATA TYPE can make of it.
_HOLDS = {("NUMERIC", "INT64"), ("BIGNUMERIC", "INT64"), ("BIGNUMERIC", "NUMERIC")}
_WIDENS = {("INT64", "NUMERIC"), ("INT64", "BIGNUMERIC"), ("NUMERIC", "BIGNUMERIC")}


@dataclass
class Plan:
    """How to get from a table's fields to what the stream needs.

    ``fields`` is the new schema in the API's form; ``widened`` the columns to ALTER after it;
    ``refused`` one text for each column that cannot be reached; ``surplus`` live columns the stream has not; ``boxed``
    those of a type, for which the table has JSON: it holds any, though not as the stream would have it.
    """

    fields: list[dict[str, Any]]
    changed: bool = False
    widened: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    boxed: list[str] = field(default_factory=list)


def api_field(column: Column) -> dict[str, Any]:
    """A column in the API's form."""
    mode = "REPEATED" if column.repeated else "REQUIRED" if column.required else "NULLABLE"
    made: dict[str, Any] = {"name": column.name, "type": column.type, "mode": mode}
    if column.description:
        made["description"] = column.description
    if column.fields:
        made["fields"] = [api_field(child) for child in column.fields]
    return made


def fields(columns: Sequence[Column]) -> list[bigquery.SchemaField]:
    """Columns as the client has them."""
    return [bigquery.SchemaField.from_api_repr(api_field(c)) for c in columns]


def canonical(live: Mapping[str, Any]) -> str:
    """The type of a field in GoogleSQL's names."""
    name = str(live["type"]).upper()
    return _CANONICAL.get(name, name)


def is_boxed(column: Column, live: Mapping[str, Any] | None) -> bool:
    """Does the table hold as JSON what the stream has a type for? Inferred schemas get their types late.

    Not a RECORD: in JSON its fields have the source's names, and all of them.
    """
    plain = live is not None and canonical(live) == "JSON" and live.get("mode") != "REPEATED"
    return plain and not column.required and not column.fields and (column.type, column.repeated) != ("JSON", False)


def plan(live: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> Plan:
    """Compare by name without case, as BigQuery does."""
    made = Plan([dict(one) for one in live])
    by_name = {one["name"].lower(): one for one in made.fields}
    for column in columns:
        found = by_name.get(column.name.lower())
        if found is None:
            made.fields.append(api_field(column) | ({"mode": "NULLABLE"} if column.required else {}))
            made.changed = True
        else:
            _compare(made, found, column, column.name, found["name"])
    wanted = {column.name.lower() for column in columns}
    made.surplus = [one["name"] for one in made.fields if one["name"].lower() not in wanted]
    return made


def _compare(made: Plan, live: dict[str, Any], column: Column, path: str, top: str) -> None:
    have, mode = canonical(live), live.get("mode", "NULLABLE")
    if is_boxed(column, live) and path == top:
        made.boxed.append(top)
        return
    if (mode == "REPEATED") != column.repeated:
        have = f"ARRAY<{have}>" if mode == "REPEATED" else have
        made.refused.append(f"{path} is {have} in the table and {column.ddl()} in the stream")
        return
    if mode == "REQUIRED" and not column.required:
        live["mode"], made.changed = "NULLABLE", True
    narrow = have == column.type and live.get("precision") is not None
    if narrow or (have, column.type) in _WIDENS:
        if path != top:
            made.refused.append(f"{path} is {have} in the table and {column.ddl()} in the stream")
        else:
            made.widened[top] = column.type
    elif have != column.type and (have, column.type) not in _HOLDS:
        made.refused.append(f"{path} is {have} in the table and {column.ddl()} in the stream")
    if have != "RECORD" or column.type != "RECORD":
        return
    live["fields"] = [dict(one) for one in live.get("fields", ())]
    by_name = {one["name"].lower(): one for one in live["fields"]}
    for child in column.fields:
        found = by_name.get(child.name.lower())
        if found is None:
            live["fields"].append(api_field(child))
            made.changed = True
        else:
            _compare(made, found, child, f"{path}.{child.name}", top)
