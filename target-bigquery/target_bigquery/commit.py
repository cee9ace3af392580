"""The statements that change a live table, each atomic: a reader sees the table before or after."""

# ruff: noqa: S608 (this module is where statements are made; names and texts pass through ``sql``)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_bigquery.evolve import canonical
from target_bigquery.sql import constant, literal, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from target_bigquery.rows import Rows
    from target_bigquery.schema import Column

LONGEST_BOUND = 1000  # characters
SNAPSHOT_LABELS = ("singer_snapshot", "singer_rows", "singer_committed")


def append(live: str, rows: Rows) -> str:
    """Every staged row becomes a row."""
    return f"INSERT INTO {live} ({rows.names()}) {rows.select()}"


def upsert(
    live: str,
    rows: Rows,
    bounds: Mapping[str, tuple[Any, Any]] | None = None,
    *,
    deleted: str | None = None,
    hard: bool = False,
) -> str:
    """Insert or update by key. No key is null.

    ``bounds`` are the least and the greatest value of keys among the staged rows. They change nothing, but as
    literals they let BigQuery leave out the clusters and partitions of the live table that have no such key.
    ``deleted`` names the column that is set in tombstones, if there are any. They take their row away (``hard``), or
    mark it: then the columns for which the tombstone has no value keep theirs.
    """
    on = " AND ".join([*(f"T.{k} = S.{k}" for k in map(quote, rows.keys)), *_within(bounds or {})])
    others = [c for c in rows.columns if c.name not in rows.keys]
    clauses = []
    if deleted and hard:
        clauses.append(f"WHEN MATCHED AND S.{quote(deleted)} IS NOT NULL THEN DELETE")
    elif deleted:
        kept = ", ".join(f"{quote(c.name)} = {_kept(c)}" for c in others)
        clauses.append(f"WHEN MATCHED AND S.{quote(deleted)} IS NOT NULL THEN UPDATE SET {kept}")
    if others:
        update = ", ".join(f"{n} = S.{n}" for n in (quote(c.name) for c in others))
        clauses.append(f"WHEN MATCHED THEN UPDATE SET {update}")
    alive = f" AND S.{quote(deleted)} IS NULL" if deleted and hard else ""
    clauses.append(f"WHEN NOT MATCHED{alive} THEN INSERT ({rows.names()}) VALUES ({rows.names('S.')})")
    return f"MERGE {live} AS T USING ({rows.select()}) AS S ON {on} {' '.join(clauses)}"


def _within(bounds: Mapping[str, tuple[Any, Any]]) -> Iterator[str]:
    for name, pair in bounds.items():
        if not any(isinstance(value, str) and len(value) > LONGEST_BOUND for value in pair):
            yield f"T.{quote(name)} BETWEEN {constant(pair[0])} AND {constant(pair[1])}"


def _kept(column: Column) -> str:
    """The tombstone's value if it has one, else the row's. BigQuery stores no null arrays, only empty ones."""
    new, old = (f"{side}.{quote(column.name)}" for side in "ST")
    return f"IF(ARRAY_LENGTH({new}) > 0, {new}, {old})" if column.repeated else f"COALESCE({new}, {old})"


def swap(live: str, rows: Rows) -> str:
    """Replace every row. Descriptions, labels, policy tags, access and layout of the table stay.

    BigQuery runs a constant false condition without a join: documented as the way to replace a table's rows.
    """
    return (
        f"MERGE {live} AS T USING ({rows.select()}) AS S ON FALSE"
        f" WHEN NOT MATCHED BY TARGET THEN INSERT ({rows.names()}) VALUES ({rows.names('S.')})"
        " WHEN NOT MATCHED BY SOURCE THEN DELETE"
    )


def recreate(live: str, table: Mapping[str, Any], rows: Rows) -> str:
    """Replace the table by one with other columns; what the old one was given is said again.

    ``table`` is the live table in the API's form.
    """
    described = {f["name"].lower(): f.get("description", "") for f in table.get("schema", {}).get("fields", ())}
    items = [_definition(c, described.get(c.name.lower()) or c.description) for c in rows.columns]
    if rows.keys:
        items.append(f"PRIMARY KEY ({', '.join(map(quote, rows.keys))}) NOT ENFORCED")
    have = {c.name.lower() for c in rows.columns}
    clustering = [c for c in table.get("clustering", {}).get("fields", ()) if c.lower() in have]
    return (
        f"CREATE OR REPLACE TABLE {live} ({', '.join(items)})"
        + _partition(table)
        + (f" CLUSTER BY {', '.join(map(quote, clustering))}" if clustering else "")
        + _options(table)
        + f" AS {rows.select()}"
    )


def widen(live: str, widened: Mapping[str, str]) -> str:
    """Give columns a type that holds every value of the one they have."""
    changes = (f"ALTER COLUMN {quote(name)} SET DATA TYPE {type_}" for name, type_ in widened.items())
    return f"ALTER TABLE {live} {', '.join(changes)}"


def _definition(column: Column, description: str) -> str:
    text = f" OPTIONS(description={literal(description)})" if description else ""
    return f"{quote(column.name)} {_type(column)}{' NOT NULL' if column.required else ''}{text}"


def _type(column: Column) -> str:
    inner = ", ".join(_definition(f, f.description) for f in column.fields)
    name = f"STRUCT<{inner}>" if column.fields else column.type
    return f"ARRAY<{name}>" if column.repeated else name


def _partition(table: Mapping[str, Any]) -> str:
    spec = table.get("timePartitioning")
    if spec:
        column, unit = spec.get("field"), spec.get("type", "DAY")
        if not column:
            raise ValueError("is partitioned by ingestion time")
        type_ = next(canonical(f) for f in table["schema"]["fields"] if f["name"].lower() == column.lower())
        if type_ == "DATE":
            return f" PARTITION BY {quote(column) if unit == 'DAY' else f'DATE_TRUNC({quote(column)}, {unit})'}"
        return f" PARTITION BY {type_}_TRUNC({quote(column)}, {unit})"
    spec = table.get("rangePartitioning")
    if spec:
        span = spec["range"]
        numbers = ", ".join(str(int(span[k])) for k in ("start", "end", "interval"))
        return f" PARTITION BY RANGE_BUCKET({quote(spec['field'])}, GENERATE_ARRAY({numbers}))"
    return ""


def _options(table: Mapping[str, Any]) -> str:
    labels = {k: v for k, v in table.get("labels", {}).items() if k not in SNAPSHOT_LABELS}
    options = [
        f"{name}={literal(table[key])}"
        for name, key in (("description", "description"), ("friendly_name", "friendlyName"))
        if table.get(key)
    ]
    if labels:
        pairs = ", ".join(f"({literal(k)}, {literal(v)})" for k, v in labels.items())
        options.append(f"labels=[{pairs}]")
    if table.get("expirationTime"):
        options.append(f"expiration_timestamp=TIMESTAMP_MILLIS({int(table['expirationTime'])})")
    key = table.get("encryptionConfiguration", {}).get("kmsKeyName")
    if key:
        options.append(f"kms_key_name={literal(key)}")
    partitioning = table.get("timePartitioning") or {}
    if partitioning.get("expirationMs"):
        options.append(f"partition_expiration_days={int(partitioning['expirationMs']) / 86_400_000}")
    if table.get("requirePartitionFilter") or partitioning.get("requirePartitionFilter"):
        options.append("require_partition_filter=TRUE")
    return f" OPTIONS({', '.join(options)})" if options else ""
