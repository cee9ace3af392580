"""The catalog, the file of columns and the state that a tap is given: read, and checked to be this tap's."""

from __future__ import annotations

import json
import logging
from typing import IO, TYPE_CHECKING, Any

from tap_kit.contract import Contract
from tap_kit.errors import ConfigError
from tap_kit.times import moment_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from singer_sdk.singerlib import Catalog

    from tap_kit.table import Stream

logger = logging.getLogger(__name__)

_NO_STATE = 'the state is not a Singer state: expected {"bookmarks": {stream: …}}'


def check_catalog(catalog: Catalog | None, table: Sequence[Stream], tap: str) -> None:
    """Raise ConfigError if the catalog selects a stream that the tap does not have."""
    names = {row.name for row in table}
    entries = catalog.items() if catalog else ()
    selected = {name for name, entry in entries if entry.metadata.resolve_selection().get((), False)}
    if unknown := sorted(selected - names):
        raise ConfigError(f"the catalog selects streams that {tap} does not have: {', '.join(unknown)}")


def read_columns(config: Mapping[str, Any], table: Sequence[Stream], tap: str) -> Contract | None:
    """Return what may be sent, if the setting `columns_file` says so.

    Raises:
        ConfigError: it cannot be such a file, has streams of another tap, or wants a `hash_key` that is not set.
    """
    if not (where := config.get("columns_file")):
        return None
    contract = Contract.read(where)
    if unknown := sorted(contract.streams.keys() - {row.name for row in table}):
        raise ConfigError(f"columns_file {where} has streams that {tap} does not have: {', '.join(unknown)}")
    if contract.hashes and not config.get("hash_key"):
        raise ConfigError(f"columns_file {where} has columns to be hashed: set hash_key")
    return contract


def check_state(state: dict[str, Any], table: Sequence[Stream], tap: str) -> None:
    """Raise ConfigError if the state is not one that the tap wrote."""
    bookmarks = state.get("bookmarks", {})
    if not isinstance(bookmarks, dict) or not all(isinstance(entry, dict) for entry in bookmarks.values()):
        raise ConfigError(_NO_STATE)
    known = {row.name: row for row in table}
    if bookmarks and not known.keys() & bookmarks.keys():
        raise ConfigError(f"the state is of another tap: {tap} has no stream {', '.join(sorted(bookmarks))}")
    for name, entry in bookmarks.items():
        if name not in known:
            logger.warning("The state names a stream that %s does not have: %s", tap, name)
        elif not _is_bookmark(entry, known[name]):
            raise ConfigError(f"the state of {name} was not written by {tap}: remove it to read {name} anew")


def read_json(what: str, text: str) -> Any:
    """Parse one of the inputs.

    Raises:
        ConfigError: it is not JSON.
    """
    try:
        return json.loads(text)
    except ValueError as error:
        raise ConfigError(f"the {what} is not JSON: {error}") from error


def read_state(file: IO[str] | None) -> dict[str, Any]:
    """Return the state; of a target's output, which is a line a state, the last one."""
    lines = [line for line in file.read().splitlines() if line.strip()] if file else []
    if not lines:
        return {}
    try:
        state: dict[str, Any] = json.loads("\n".join(lines))
    except ValueError:
        state = read_json("state", lines[-1])
    if not isinstance(state, dict):
        raise ConfigError(_NO_STATE)
    return state


def _is_bookmark(entry: dict[str, Any], row: Stream) -> bool:
    parts = entry.get("partitions", [])
    if not isinstance(parts, list):
        return False
    for part in [entry, *parts]:
        if not isinstance(part, dict):
            return False
        value, column = part.get("replication_key_value"), part.get("replication_key")
        if value is None and column is None:
            continue
        if row.cursor is None or column not in (None, row.cursor.column or None):
            return False
        if moment_or_none(value) is None:
            return False
    return True
