"""What the runs of a connection told about its columns: fields that nobody declared, and what came otherwise.

A field that the tap does not declare can be loaded all the same, once the file has it:

  transactions:
    colour: {type: string, declared: false, load: true}
    box: {type: json, declared: false, load: false}

Objects, arrays, and what came as several types are `json`: loaded whole, with all that the vendor may yet put in there.
"""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from tap_kit.report_files import reports

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from tap_kit.contract import Column, Columns, Contract
    from tap_kit.report_model import Fault
    from tap_kit.schema import Schema

_SCALARS = ("string", "integer", "number", "boolean")
JSON = "json"
TYPES = (*_SCALARS, JSON)  # that a column may have which no schema declares
# A column without a type holds any JSON. Within another column it is the text of that: to a warehouse, what holds a
# value of any type is no record any more, and the type of the whole would change.
_JSON_TEXT = {"type": "string", "contentMediaType": "application/json"}
_KINDS = {
    "undeclared": "? {}: {}, sent but not declared, {} × since {}",
    "unfit": "! {}: is no {}, loaded as null, {} × since {}",
    "no right": "! {}: not to be seen with these credentials, loaded as null{}, {} × since {}",
    "withheld": "  {}: sent, not chosen{}, {} × since {}",
    "missing": "  {}: chosen, but not sent{}{}, since {}",
}


class Sent(NamedTuple):
    """What the last run said of a column: how often in all runs of which a report is left, and since when."""

    stream: str
    fault: Fault
    times: int
    since: datetime


def last_seen(folder: Path, tap: str) -> list[Sent]:
    """Return what the newest report in a folder says of columns; the older ones say since when."""
    runs = list(reports(folder, tap))
    times: defaultdict[tuple[str, str, str, str], int] = defaultdict(int)
    since: dict[tuple[str, str, str, str], datetime] = {}
    for run in runs:
        for name, fault in run.faults():
            key = (name, fault.kind, fault.column, fault.type)
            times[key] += fault.times
            since[key] = run.started
    newest = runs[0].faults() if runs else ()
    keys = ((name, fault, (name, fault.kind, fault.column, fault.type)) for name, fault in newest)
    return [Sent(name, fault, times[key], since[key]) for name, fault, key in keys]


def lines(contract: Contract, found: Iterable[Sent]) -> Iterator[str]:
    """Yield a line for each column of the file's streams that did not come as the file has it.

    Those that begin with ? or ! want to be looked at; the others tell what is as it was chosen.
    """
    for one in found:
        taken = one.fault.kind == "undeclared" and one.fault.column in contract.streams.get(one.stream, {})
        if one.stream in contract.streams and not taken:
            times = one.times or ""
            column = f"{one.stream}.{one.fault.column}"
            yield _KINDS[one.fault.kind].format(column, one.fault.type, times, f"{one.since:%Y-%m-%d}")


def undeclared(contract: Contract, found: Iterable[Sent]) -> dict[str, Columns]:
    """Return the fields that nobody declared as they would stand in the file: by stream, and not loaded."""
    new = [one for one in found if one.fault.kind == "undeclared" and one.stream in contract.streams]
    columns: defaultdict[str, Columns] = defaultdict(dict)
    for (stream, path), same in groupby(new, key=lambda one: (one.stream, one.fault.column)):
        types = {one.fault.type for one in same}
        kind = "number" if types == {"integer", "number"} else types.pop() if len(types) == 1 else JSON
        if path not in contract.streams[stream]:
            columns[stream][path] = {"type": kind if kind in _SCALARS else JSON, "declared": False, "load": False}
    return columns


def is_undeclared(line: Column) -> bool:
    """Return whether a line of the file is of a field that no schema declared when it was taken."""
    return line.get("declared") is False


def with_undeclared(schema: Schema, columns: Columns) -> Schema:
    """Return a stream's declared schema with the fields that the file has beyond it."""
    extended = deepcopy(schema)
    for path, line in columns.items():
        if is_undeclared(line):
            *outer, name = path.split(".")
            holder = _holder(extended, outer)
            if holder is not None:
                said = "Sent by the vendor and chosen in columns_file; the tap does not declare it."
                kind = {"type": line["type"]} if line["type"] != JSON else _JSON_TEXT if outer else {}
                holder["properties"].setdefault(name, {**kind, "description": said})
    return extended


def has_columns_now(path: str, declared: Iterable[str]) -> bool:
    """Return whether a field that no schema declared is declared with columns of its own now."""
    return any(column.startswith(f"{path}.") for column in declared)


def _holder(schema: Schema, path: Sequence[str]) -> Schema | None:
    """Return the part of a schema that holds the columns under a path, or None where none does."""
    for name in path:
        column = schema["properties"].get(name, {})
        schema = column if "properties" in column else column.get("items") or {}
        if "properties" not in schema:
            return None
    return schema
