"""The staged rows as a SELECT: the last one of each key, in the layout of the live table."""

# ruff: noqa: S608 (a statement is made here; names pass through ``sql``)

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from target_bigquery.evolve import canonical, is_boxed
from target_bigquery.schema import SEQUENCE, Column
from target_bigquery.sql import quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Rows:
    """``columns`` and ``keys`` of the table ``staging``; ``fields`` are the live table's, in the API's form.

    A key whose last row is a tombstone is left out where ``without`` names the column that says so.
    """

    staging: str
    columns: Sequence[Column]
    keys: Sequence[str] = ()
    fields: Sequence[Mapping[str, Any]] = ()
    without: str | None = None

    def names(self, prefix: str = "") -> str:
        """The columns in the order of ``select``."""
        return ", ".join(prefix + quote(c.name) for c in self.columns)

    def select(self) -> str:
        """A query of one row for each key, or of all rows where there is no key."""
        live = {f["name"].lower(): f for f in self.fields}
        picked = ", ".join(_pick(c, live.get(c.name.lower())) for c in self.columns)
        select = f"SELECT {picked} FROM {self.staging}"
        alive = f"{quote(self.without)} IS NULL" if self.without else ""
        if not self.keys:
            return f"{select} WHERE {alive}" if alive else select
        by = ", ".join(map(quote, self.keys))
        # WHERE TRUE: QUALIFY wants a WHERE, GROUP BY or HAVING beside it.
        last = f"ROW_NUMBER() OVER (PARTITION BY {by} ORDER BY {quote(SEQUENCE)} DESC) = 1"
        return f"{select} WHERE TRUE QUALIFY {last}" + (f" AND {alive}" if alive else "")


def _pick(column: Column, live: Mapping[str, Any] | None) -> str:
    name = quote(column.name)
    if column.type == "JSON":  # staged as text: Parquet loads know no JSON
        return f"PARSE_JSON({name}) AS {name}"
    if is_boxed(column, live):
        return f"IF({name} IS NULL, NULL, TO_JSON({name})) AS {name}"  # no JSON null, which is a value
    value = _laid_out(column, live, name, depth=0)
    return name if value == name else f"{value} AS {name}"


def _laid_out(column: Column, live: Mapping[str, Any] | None, value: str, depth: int) -> str:
    """``value`` with the fields that the live RECORD has, in its order.

    BigQuery assigns one STRUCT to another by position, not by name:
    https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules#coercion
    """
    if not column.fields or live is None:
        return value
    by_name = {f.name.lower(): f for f in column.fields}
    item = f"item{depth}" if column.repeated else value
    parts = []
    same = [f["name"].lower() for f in live["fields"]] == list(by_name)
    for field in live["fields"]:
        child = by_name.get(field["name"].lower())
        inner = f"{item}.{quote(child.name)}" if child else ""
        made = _laid_out(child, field, inner, depth + 1) if child else f"CAST(NULL AS {_type(field)})"
        same = same and made == inner
        parts.append(f"{made} AS {quote(field['name'])}")
    if same:
        return value
    if column.repeated:
        offset = f"offset{depth}"
        listed = f"SELECT AS STRUCT {', '.join(parts)} FROM UNNEST({value}) AS {item} WITH OFFSET AS {offset}"
        return f"ARRAY({listed} ORDER BY {offset})"
    return f"IF({value} IS NULL, NULL, STRUCT({', '.join(parts)}))"


def _type(field: Mapping[str, Any]) -> str:
    inner = ", ".join(f"{quote(f['name'])} {_type(f)}" for f in field.get("fields", ()))
    name = f"STRUCT<{inner}>" if inner else canonical(field)
    return f"ARRAY<{name}>" if field.get("mode") == "REPEATED" else name
