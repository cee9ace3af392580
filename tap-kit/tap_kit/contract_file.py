"""How the file of columns is made, compared with what a tap declares, and brought up to it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import yaml

from tap_kit.contract import Columns, Contract, leaves
from tap_kit.contract_sent import has_columns_now, is_undeclared
from tap_kit.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tap_kit.table import Stream

HEAD = """\
# What {tap} may send, by stream and column: nothing that does not stand here ever leaves it. A column is loaded unless
# `load` says otherwise: false, or hashed (with the setting hash_key). Personal data is not, until you say so.
# Compare it with what the tap declares: {tap} columns diff; take what is new: {tap} columns accept.
"""


def declared(package: str, rows: Iterable[Stream]) -> dict[str, Columns]:
    """Return the streams with each column as it would stand in the file at first: what a stream needs is loaded."""
    return {row.name: dict(_lines(package, row)) for row in rows}


def _lines(package: str, row: Stream) -> Iterator[tuple[str, dict[str, object]]]:
    cursor = row.cursor.column if row.cursor else ""
    for path, line in leaves(load_schema(package, row.name)):
        if path in row.key and line.get("personal"):
            yield path, {**line, "load": "hashed"}
        else:
            yield path, {name: value for name, value in line.items() if path != cursor or name != "load"}


def text(tap: str, streams: dict[str, Columns]) -> str:
    """Return the file, a line a column."""
    body = yaml.safe_dump(
        {"streams": streams}, default_flow_style=None, sort_keys=False, allow_unicode=True, width=1000
    )
    return HEAD.format(tap=tap) + body


def difference(contract: Contract, package: str, table: Iterable[Stream]) -> list[str]:
    """Return a line for each column of the file's streams that the tap has and the file has not, or has otherwise."""
    found = []
    streams = declared(package, [row for row in table if row.name in contract.streams])
    found += [f"- {name}: no such stream" for name in contract.streams if name not in streams]
    for name, columns in streams.items():
        mine = contract.streams[name]
        for path, line in columns.items():
            if path not in mine:
                found.append(f"+ {name}.{path}: {line['type']}{', personal' if line.get('personal') else ''}")
            elif is_undeclared(mine[path]):
                found.append(f"~ {name}.{path}: declared now, as {line['type']}")
            elif mine[path].get("type") != line["type"]:
                found.append(f"~ {name}.{path}: {mine[path].get('type')} is {line['type']} now")
        outgrown = (path for path, line in mine.items() if is_undeclared(line) and has_columns_now(path, columns))
        found += [f"~ {name}.{path}: declared now, with columns of its own" for path in outgrown]
        gone = (path for path, line in mine.items() if path not in columns and not is_undeclared(line))
        found += [f"- {name}.{path}: declared no more" for path in gone]
    return found


def accepted(
    contract: Contract,
    package: str,
    table: Iterable[Stream],
    also: Iterable[str],
    fields: Mapping[str, Columns] = MappingProxyType({}),
) -> dict[str, Columns]:
    """Return the file's streams, and those that are named, as the tap declares them, with the choices of the file.

    `fields` are further columns, by stream, that no schema declares; those that the file has stay.
    """
    wanted = {*contract.streams, *also}
    streams = declared(package, [row for row in table if row.name in wanted])
    for name, columns in streams.items():
        for path, line in columns.items():
            mine = contract.streams.get(name, {}).get(path)
            if mine is not None:
                line.pop("load", None)
                line.update({"load": mine["load"]} if "load" in mine else {})
        kept = {path: line for path, line in contract.streams.get(name, {}).items() if is_undeclared(line)}
        new = {**kept, **fields.get(name, {})}
        more = {path: line for path, line in new.items() if path not in columns and not has_columns_now(path, columns)}
        columns.update(more)
    return streams
