"""JSON Schema to columns.

What has no exact column type becomes JSON as a whole, at the top level of the record: a
RECORD with a JSON leaf could not be staged as Parquet, which BigQuery reads no JSON columns from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from target_bigquery.names import column_names

DEEPEST = 15  # BigQuery's limit of nested RECORDs
_FORMATS = {"date-time": "TIMESTAMP", "date": "DATE", "time": "TIME"} | dict.fromkeys(
    ("singer.decimal", "x-singer.decimal"), "NUMERIC"
)
_SCALARS = {"integer": "INT64", "boolean": "BOOL"}
_NUMERIC_LIMIT = Decimal(10) ** 29  # NUMERIC: 29 digits before the point, 9 after
_NUMERIC_SCALE = 9

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
DELETED_AT = "_sdc_deleted_at"


@dataclass(frozen=True)
class Column:
    """A column or a field of a RECORD; ``source`` is the property's own spelling."""

    source: str
    name: str
    type: str
    repeated: bool = False
    required: bool = False
    description: str = ""
    fields: tuple[Column, ...] = ()

    def ddl(self) -> str:
        """The type as GoogleSQL writes it, without names quoted for SQL: for people."""
        inner = ", ".join(f"{f.name} {f.ddl()}" for f in self.fields)
        name = f"STRUCT<{inner}>" if self.fields else self.type
        return f"ARRAY<{name}>" if self.repeated else name


class _NoTypeError(Exception):
    """No exact column type: the top-level column becomes JSON."""


def columns(
    schema: Mapping[str, Any], keys: tuple[str, ...], *, metadata: bool, deletes: bool = False, nested: str = "record"
) -> tuple[Column, ...]:
    """The columns of a stream, those of the record first; ``deletes``: tombstones are to be told from rows.

    ``nested`` says what objects and arrays of objects become: ``record``, or ``json``.

    Raises:
        ValueError: a key is not a property of the schema, or is no scalar.
    """
    properties = dict(schema.get("properties") or {})
    if metadata or deletes:
        tombstone = {"type": ["null", "string"], "format": "date-time"}
        properties.setdefault(DELETED_AT, tombstone | {"description": "When the source deleted the record."})
    names = column_names(properties, taken=METADATA)
    made = []
    for source, property_ in properties.items():
        try:
            column = _column(source, names[source], property_, schema, depth=1)
            if column.fields and nested == "json":
                column = replace(column, type="JSON", repeated=False, fields=())
        except (_NoTypeError, RecursionError):
            column = Column(source, names[source], "JSON", description=_description(source, names[source], property_))
        made.append(replace(column, required=source in keys))
    by_source = {column.source: column for column in made}
    for key in keys:
        if key not in by_source:
            raise ValueError(f"key property {key!r} is not in the schema")
        if by_source[key].repeated or by_source[key].type in {"JSON", "RECORD"}:
            raise ValueError(f"key property {key!r} is a {by_source[key].ddl()}; a key must be a scalar")
    if metadata:
        made += [Column(name, name, type_, description=text) for name, (type_, text) in METADATA.items()]
    return tuple(made)


def _column(source: str, name: str, schema: Any, root: Mapping[str, Any], depth: int) -> Column:
    schema = _resolve(schema, root)
    kinds = _kinds(schema)
    column = Column(source, name, "STRING", description=_description(source, name, schema))
    if kinds == {"array"}:
        item = _column(source, name, schema.get("items"), root, depth)
        if item.repeated:
            raise _NoTypeError  # BigQuery has no array of arrays
        return replace(item, repeated=True, description=column.description or item.description)
    if kinds == {"object"}:
        properties = schema.get("properties")
        if not properties or depth >= DEEPEST:
            raise _NoTypeError
        names = column_names(properties)
        fields = tuple(
            _column(child, names[child], property_, root, depth + 1) for child, property_ in properties.items()
        )
        return replace(column, type="RECORD", fields=fields)
    if kinds in ({"number"}, {"integer", "number"}):
        return replace(column, type=_decimal_type(schema))
    if kinds == {"string"}:
        plain = "BYTES" if schema.get("contentEncoding") == "base64" else "STRING"
        return replace(column, type=_FORMATS.get(schema.get("format") or "", plain))
    if len(kinds) == 1 and kinds <= _SCALARS.keys():
        return replace(column, type=_SCALARS[kinds.pop()])
    raise _NoTypeError


def _resolve(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow ``$ref`` within the document and unwrap a union that has one member besides null."""
    if not isinstance(schema, Mapping):
        raise _NoTypeError
    if "$ref" in schema:
        node: Any = root
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            node = node.get(part) if isinstance(node, Mapping) else None
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return _resolve({**node, **rest}, root) if isinstance(node, Mapping) else _resolve(None, root)
    union = schema.get("anyOf") or schema.get("oneOf")
    if not union:
        return schema
    members = [m for m in (_resolve(member, root) for member in union) if _kinds(m)]
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "oneOf"}}
    if len(members) == 1:
        return {**rest, **members[0]}
    if all(_kinds(member) == {"string"} for member in members):
        return {**rest, "type": "string"}  # a date-time or any other string: only STRING holds both
    if all(_kinds(member) <= {"integer", "number"} for member in members):
        return {**rest, "type": "number"}
    raise _NoTypeError


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    kinds = schema.get("type")
    if kinds is None:
        return {"object"} if "properties" in schema else {"any"}
    return ({kinds} if isinstance(kinds, str) else set(kinds)) - {"null"}


def _decimal_type(schema: Mapping[str, Any]) -> str:
    """NUMERIC, or BIGNUMERIC where the schema itself says that NUMERIC is too small."""
    step = Decimal(str(schema.get("multipleOf", 1)))
    bounds = (schema.get(key) for key in ("minimum", "maximum"))
    wide = any(abs(Decimal(str(bound))) >= _NUMERIC_LIMIT for bound in bounds if bound is not None)
    exponent = step.normalize().as_tuple().exponent
    fine = isinstance(exponent, int) and -exponent > _NUMERIC_SCALE
    # 1.0e+308 and the like are a double's range, not a statement about the values.
    double = any(
        abs(Decimal(str(b))) > Decimal("1e39") for b in (schema.get("minimum"), schema.get("maximum")) if b is not None
    )
    return "BIGNUMERIC" if fine or (wide and not double) else "NUMERIC"


def _description(source: str, name: str, schema: Any) -> str:
    text = str(schema.get("description") or "") if isinstance(schema, Mapping) else ""
    if name != source:
        text = f"{text} [{source}]".strip()
    return text[:1024]  # BigQuery's longest


def walk(columns: tuple[Column, ...]) -> Iterator[Column]:
    """Every column and every field below it."""
    for column in columns:
        yield column
        yield from walk(column.fields)
