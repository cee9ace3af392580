"""JSON Schema to columns.

What has no exact column type becomes JSON as a whole column: a RECORD with a JSON leaf could
not be staged as Parquet, which BigQuery reads no JSON columns from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from target_bigquery.decimals import DECIMALS
from target_bigquery.json_schema import (
    DEEPEST,
    NoTypeError,
    is_scalar,
    kinds_of,
    leaves,
    number_type,
    properties_of,
    resolve,
)
from target_bigquery.names import column_names, path_names

_FORMATS = {"date-time": "TIMESTAMP", "date": "DATE", "time": "TIME"} | dict.fromkeys(
    ("singer.decimal", "x-singer.decimal"), "NUMERIC"
)
_SCALARS = {"integer": "INT64", "boolean": "BOOL"}

METADATA = {
    "_sdc_extracted_at": ("TIMESTAMP", "When the tap read the record (time_extracted)."),
    "_sdc_received_at": ("TIMESTAMP", "When the target read the record from its input."),
    "_sdc_batched_at": ("TIMESTAMP", "When the target staged the record."),
    "_sdc_sequence": ("INT64", "Order of the records within a run and over runs."),
    "_sdc_table_version": ("INT64", "The version the tap gave the record."),
    "_sdc_run_id": ("STRING", "The run of the target, as in its jobs' label singer_run."),
    "_sdc_sync_started_at": ("INT64", "When the target started, in milliseconds since 1970."),
}
SEQUENCE = "_sdc_sequence"
VERSION = "_sdc_table_version"
DELETED_AT = "_sdc_deleted_at"


@dataclass(frozen=True)
class Column:
    """A column or a field of a RECORD; ``source`` is the property's own spelling.

    ``path`` is where the value stands in the record if that is inside of objects, and ``source`` that path with dots.
    """

    source: str
    name: str
    type: str
    repeated: bool = False
    required: bool = False
    description: str = ""
    fields: tuple[Column, ...] = ()
    path: tuple[str, ...] = ()

    def ddl(self) -> str:
        """The type as GoogleSQL writes it, without names quoted for SQL: for people."""
        inner = ", ".join(f"{f.name} {f.ddl()}" for f in self.fields)
        name = f"STRUCT<{inner}>" if self.fields else self.type
        return f"ARRAY<{name}>" if self.repeated else name


def columns(
    schema: Mapping[str, Any],
    keys: tuple[str, ...],
    *,
    metadata: bool,
    deletes: bool = False,
    nested: str = "record",
    levels: int | None = None,
    number: str = "NUMERIC",
) -> tuple[Column, ...]:
    """The columns of a stream, those of the record first; ``deletes``: tombstones are to be told from rows.

    ``nested`` says what objects and arrays become: ``record``, ``json``, or ``flatten``: a column for each property of
    an object, and of those inside it ``levels`` deep. ``number`` is the type of numbers that the schema leaves open.

    Raises:
        ValueError: a key is not a property of the schema, or is no scalar.
    """
    properties = dict(properties_of(schema))
    if metadata or deletes:
        tombstone = {"type": ["null", "string"], "format": "date-time"}
        properties.setdefault(DELETED_AT, tombstone | {"description": "When the source deleted the record."})
    found = leaves(properties, schema, (math.inf if levels is None else levels) if nested == "flatten" else 0)
    names = path_names(found, taken=METADATA)
    made = []
    for path, property_ in found.items():
        source, name = ".".join(path), names[path]
        try:
            column = _column(source, name, property_, schema, number=number)
            if (nested == "json" and (column.fields or column.repeated)) or (
                nested == "flatten" and column.fields and not column.repeated
            ):
                column = replace(column, type="JSON", repeated=False, fields=())
        except (NoTypeError, RecursionError):
            column = Column(source, name, "JSON", description=_description(source, name, property_))
        whole = len(path) == 1
        if whole and source in keys:
            column = _key(column, property_, schema)
        made.append(replace(column, path=() if whole else path))
    by_source = {column.source: column for column in made if not column.path}
    for key in keys:
        if key not in by_source:
            raise ValueError(f"key property {key!r} is not in the schema")
        if by_source[key].repeated or by_source[key].type in {"JSON", "RECORD"}:
            raise ValueError(f"key property {key!r} is a {by_source[key].ddl()}; a key must be a scalar")
    if metadata:
        made += [Column(name, name, type_, description=text) for name, (type_, text) in METADATA.items()]
    return tuple(made)


def _key(column: Column, schema: Any, root: Mapping[str, Any]) -> Column:
    """A key is compared and sorted by, which JSON is not, and FLOAT64 only nearly."""
    type_ = {"JSON": "STRING", "FLOAT64": "NUMERIC"}.get(column.type, column.type)
    if column.type == "JSON" and not is_scalar(schema, root):
        type_ = "JSON"
    return replace(column, type=type_, required=True)


def _column(source: str, name: str, schema: Any, root: Mapping[str, Any], *, number: str, depth: int = 1) -> Column:
    schema = resolve(schema, root)
    kinds = kinds_of(schema)
    column = Column(source, name, "STRING", description=_description(source, name, schema))
    if kinds == {"array"}:
        item = _column(source, name, schema.get("items"), root, number=number, depth=depth)
        if item.repeated:
            raise NoTypeError  # BigQuery has no array of arrays
        return replace(item, repeated=True, description=column.description or item.description)
    if kinds == {"object"}:
        properties = schema.get("properties")
        if not properties or not isinstance(properties, Mapping) or depth >= DEEPEST:
            raise NoTypeError
        names = column_names(properties)
        fields = tuple(
            _column(child, names[child], property_, root, number=number, depth=depth + 1)
            for child, property_ in properties.items()
        )
        return replace(column, type="RECORD", fields=fields)
    if kinds in ({"number"}, {"integer", "number"}):
        return replace(column, type=number_type(schema, number))
    if kinds == {"string"}:
        plain = "BYTES" if schema.get("contentEncoding") == "base64" else "STRING"
        return replace(column, type=_FORMATS.get(str(schema.get("format")), plain))
    if len(kinds) == 1 and kinds <= _SCALARS.keys():
        return replace(column, type=_SCALARS[kinds.pop()])
    raise NoTypeError


def _description(source: str, name: str, schema: Any) -> str:
    text = str(schema.get("description") or "") if isinstance(schema, Mapping) else ""
    if name != source:
        text = f"{text} [{source}]".strip()
    return text[:1024]  # BigQuery's longest


def has_properties(columns: tuple[Column, ...]) -> bool:
    """Does any column come from the SCHEMA?"""
    return any(c.source not in METADATA and c.source != DELETED_AT for c in columns)


def widths(columns: tuple[Column, ...]) -> dict[str, str]:
    """The types of the columns that can become wider, by their source. What is inside others cannot."""
    return {c.source: c.type for c in columns if c.type in DECIMALS and not c.repeated}


def wider(columns: tuple[Column, ...], wanted: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns, at least as wide as ``wanted`` where they can be."""
    made, order = widths(columns), DECIMALS.index
    types = {source: max(type_, wanted.get(source, type_), key=order) for source, type_ in made.items()}
    return tuple(replace(c, type=types.get(c.source, c.type)) for c in columns)


def walk(columns: tuple[Column, ...]) -> Iterator[Column]:
    """Every column and every field below it."""
    for column in columns:
        yield column
        yield from walk(column.fields)
