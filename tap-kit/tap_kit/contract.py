"""The columns that a connection may send: a file that people read and edit, and nothing outside it leaves the tap.

streams:
  transactions:
    id: {type: string}
    note: {type: string, personal: true, load: false}
    transfer.counterparty_account_number: {type: string, personal: true, load: hashed}

A column is loaded unless `load` says otherwise: `false`, or `hashed` with the setting `hash_key`. Columns within
columns have dots between their names. What the file does not name is not loaded.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tap_kit.contract_sent import TYPES, is_undeclared, with_undeclared
from tap_kit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_kit.schema import Schema
    from tap_kit.table import Stream

Column = dict[str, Any]
Columns = dict[str, Column]  # path with dots -> its line

HASHED = "hashed"
_LINE = "{type: string, load: true | false | hashed}"
_WORDS = frozenset({"type", "personal", "declared", "load"})
_LOADS = (True, False, HASHED)
_WITHHELD: Column = {"not": {}}


class Contract:
    """The file of the setting `columns_file`, by stream."""

    def __init__(self, streams: Mapping[str, Columns]) -> None:
        """Take the columns of each stream."""
        self.streams = streams

    @classmethod
    def read(cls, where: str) -> Contract:
        """Read the file.

        Raises:
            ConfigError: there is none, or it is not of the form above.
        """
        try:
            content = yaml.safe_load(Path(where).read_text("utf-8"))
        except OSError as error:
            raise ConfigError(f"columns_file {where}: {error.strerror}") from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise ConfigError(f"columns_file {where} is not YAML") from error
        streams = content.get("streams") if isinstance(content, dict) else None
        if not isinstance(streams, dict):
            raise ConfigError(f"columns_file {where}: expected 'streams:' and under it each stream with its columns")
        for name, columns in streams.items():
            if not isinstance(columns, dict):
                raise ConfigError(f"columns_file {where}: expected columns under {name}")
            for path, line in columns.items():
                if wrong := _wrong(path, line):
                    raise ConfigError(f"columns_file {where}: {name}.{path} {wrong}")
        return cls(streams)

    @property
    def hashes(self) -> bool:
        """Whether any column is to be hashed."""
        return any(line.get("load") == HASHED for columns in self.streams.values() for line in columns.values())

    def undeclared(self, stream: str) -> set[str]:
        """Return the fields of a stream that the file has and no schema declared: a catalog need not know them."""
        return {path for path, line in self.streams[stream].items() if is_undeclared(line)}

    def applied(self, row: Stream, schema: Schema) -> Schema:
        """Return a stream's declared schema with what is not to be loaded withheld, and what is to be hashed as text.

        Raises:
            ConfigError: a column that the stream cannot be read without is not to be loaded.
        """
        columns = self.streams[row.name]
        schema = with_undeclared(schema, columns)
        cursor = row.cursor.column if row.cursor else ""
        missing = [name for name in row.key if not _load(columns, name)]
        missing += [cursor] if cursor and _load(columns, cursor) is not True else []
        if missing:
            raise ConfigError(f"columns_file: {row.name} cannot be read without {', '.join(missing)}")
        return _applied(schema, columns, "")


def _wrong(path: Any, line: Any) -> str:
    """Return what is wrong with a line of the file, or an empty string."""
    if not isinstance(path, str):
        return "must stand in quotes: to YAML it is no text, as no and on"
    if not isinstance(line, dict) or line.get("load", True) not in _LOADS:
        return f"must be like {_LINE}"
    if unknown := line.keys() - _WORDS:  # with a misspelt `load`, the column would be loaded
        return f"has {unknown.pop()}, which means nothing: it must be like {_LINE}"
    if is_undeclared(line) and line.get("type") not in TYPES:
        return f"must have a type of {', '.join(TYPES)}"
    return ""


def _load(columns: Columns, path: str) -> Any:
    return columns[path].get("load", True) if path in columns else False


def _applied(schema: Schema, columns: Columns, prefix: str) -> Schema:
    properties = {}
    for name, column in schema["properties"].items():
        path = f"{prefix}{name}"
        properties[name] = _column(column, columns, path)
    return {**schema, "properties": properties}


def _column(column: Schema, columns: Columns, path: str) -> Schema:
    if column.get("not") == {}:
        return column
    inner = _inner(column)
    if inner is not None:
        applied = _applied(inner, columns, f"{path}.")
        if all(part.get("not") == {} for part in applied["properties"].values()):
            return {**column, **_WITHHELD}
        return applied if inner is column else {**column, "items": applied}
    load = _load(columns, path)
    if load == HASHED:
        said = f"{column['description']} Hashed with the key of this connection."
        return {"description": said, "type": "string", HASHED: True}
    return column if load else {**column, **_WITHHELD}


def leaves(schema: Schema, prefix: str = "", *, personal: bool = False) -> Iterator[tuple[str, Column]]:
    """Yield the path of each column that may be loaded, and its line as it would stand in the file at first.

    Personal data is not loaded unless somebody chooses it.
    """
    for name, column in schema["properties"].items():
        if column.get("not") == {}:
            continue
        inner, mine = _inner(column), personal or bool(column.get("personal"))
        if inner is not None:
            yield from leaves(inner, f"{prefix}{name}.", personal=mine)
        else:
            yield f"{prefix}{name}", {"type": _type(column), **({"personal": True, "load": False} if mine else {})}


def _type(column: Schema) -> str:
    kind = str(column.get("format") or column.get("type") or "any")
    return f"array of {_type(column['items'])}" if kind == "array" and column.get("items") else kind


def _inner(column: Schema) -> Schema | None:
    """Return the schema that holds the columns within a column, or None where there are none."""
    if "properties" in column:
        return column
    items: Schema = column.get("items") or {}
    return items if "properties" in items else None
