"""The tables of a tap's README, made of its stream table: python -m tap_kit.readme tap_qonto tap-qonto."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tap_kit.schema import load_schema
from tap_kit.table import Cursor, Listing, Since

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_kit.table import Stream

BEGIN, END = "<!-- streams: made by tap_kit.readme -->", "<!-- end of streams -->"

_REPLICATION = {
    type(None): "full table",
    Cursor: "incremental, `{0.column}`",
    Since: "incremental, `{0.param}` of the API",
    Listing: "changes and deletions, by comparing lists",
}


def streams(table: Sequence[Stream], package: str) -> str:
    """Return a Markdown table with a row a stream."""
    lines = ["| stream | what | key | replication | needs |", "|---|---|---|---|---|"]
    for row in sorted(table, key=lambda row: row.name):
        what = load_schema(package, row.name)["description"]
        replication = _REPLICATION[type(row.cursor)].format(row.cursor)
        if row.tells_of_deletions and not isinstance(row.cursor, Listing):
            replication += ", and deletions"
        name = f"[`{row.name}`](COLUMNS.md#{row.name})" + ("" if row.selected else " (off)")
        lines.append(f"| {name} | {what} | {', '.join(f'`{key}`' for key in row.key)} | {replication} | {row.takes} |")
    return "\n".join(lines)


def columns(table: Sequence[Stream], package: str) -> str:
    """Return a Markdown page with a table of columns for each stream."""
    parts = ["# Columns", "Made from the schemas. *Personal* marks personal data; types are JSON Schema's."]
    for row in sorted(table, key=lambda row: row.name):
        schema = load_schema(package, row.name)
        lines = [f"## {row.name}", "", schema["description"], "", "| column | type | |", "|---|---|---|"]
        lines += _rows(schema, "")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _rows(schema: dict[str, Any], prefix: str) -> Iterator[str]:
    for name, column in schema["properties"].items():
        if column.get("not") == {}:
            continue
        kind = column.get("format") or column.get("type", "any")
        inner = column if "properties" in column else column.get("items") or {}
        personal = " *Personal.*" if column.get("personal") else ""
        yield f"| `{prefix}{name}` | {kind} | {column['description']}{personal} |"
        if "properties" in inner:
            yield from _rows(inner, f"{prefix}{name}{'[]' if kind == 'array' else ''}.")


def updated(readme: str, table: Sequence[Stream], package: str) -> str:
    """Return the README with its table of streams as it should be."""
    head, _, rest = readme.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{streams(table, package)}\n{END}{tail}"


def main(package: str, folder: str) -> None:
    """Write README.md and COLUMNS.md of the tap in a folder."""
    table: Sequence[Stream] = import_module(f"{package}.streams").STREAMS
    readme = Path(folder, "README.md")
    readme.write_text(updated(readme.read_text("utf-8"), table, package), "utf-8")
    Path(folder, "COLUMNS.md").write_text(columns(table, package), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
