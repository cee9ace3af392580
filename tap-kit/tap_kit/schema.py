"""Committed schemas: one JSON file a stream, every column described.

A file is plain JSON Schema with three habits: types are written without "null", as every column but the key
is nullable; `"personal": true` marks personal data; and a field that is known but never loaded is `"not": {}`
with the reason as its description.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Schema = dict[str, Any]

DELETED_AT = "_sdc_deleted_at"  # when a record was found to be gone, as the Singer SDK names it


def load_schema(package: str, name: str) -> Schema:
    """Return the committed schema of a stream, from the folder `schemas` of a tap's package."""
    schema: Schema = json.loads((files(package) / "schemas" / f"{name}.json").read_text("utf-8"))
    return schema


def catalog_schema(schema: Schema, key: Sequence[str]) -> Schema:
    """Return the schema as Singer shows it: nullable but for the key, without what is never loaded."""
    properties = {
        name: column if name in key else _nullable(column)
        for name, column in schema["properties"].items()
        if column.get("not") != {}
    }
    return {"type": "object", "properties": properties, "required": list(key)}


def _nullable(column: Schema) -> Schema:
    if "type" not in column:
        return column
    found = {**column, "type": [column["type"], "null"]}
    if "properties" in column:
        kept = {name: _nullable(part) for name, part in column["properties"].items() if part.get("not") != {}}
        found["properties"] = kept
    if "items" in column:
        found["items"] = _nullable(column["items"])
    return found
