"""A vendor's record as a row: known columns only, one type a column, everything else counted."""

from __future__ import annotations

import hmac
from collections import Counter
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tap_kit.contract import HASHED
from tap_kit.names import snake_case
from tap_kit.scalars import SCALARS, as_it_is, date_text
from tap_kit.times import utc_text

if TYPE_CHECKING:
    from collections.abc import Callable

    Convert = Callable[[Any], Any]

Row = dict[str, Any]

encode = msgspec.json.Encoder(decimal_format="number").encode
Schema = dict[str, Any]

_UNFIT = "does not fit its column"

_JSON_NAMES = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    Decimal: "number",
}


class Drift:
    """Counts what the vendor sent and no column takes. Holds names and types, never a value.

    Attributes:
        undeclared: fields that no schema has, by path and type.
        withheld: values of declared fields that are not chosen, by path.
        unfit: values that their column cannot take, by path and the column's type.
        no_right: values that the credentials may not see, by path.
        chosen: the paths of the columns that are loaded, of objects that came.
        seen: the paths of all declared fields that came.
    """

    def __init__(self) -> None:
        self.undeclared: Counter[tuple[str, str]] = Counter()
        self.withheld: Counter[str] = Counter()
        self.unfit: Counter[tuple[str, str]] = Counter()
        self.no_right: Counter[str] = Counter()
        self.chosen: set[str] = set()
        self.seen: set[str] = set()

    def leave_out(self, columns: frozenset[str]) -> None:
        """Say nothing of columns that the vendor does not send: a record may have them, or not."""
        self.chosen -= columns
        for column in columns:
            del self.withheld[column]

    @property
    def missing(self) -> list[str]:
        """The chosen columns that were in none of the objects that came."""
        paths = self.chosen - self.seen
        return sorted(path for path in paths if path.rpartition(".")[0] not in paths)

    def lines(self) -> list[str]:
        """Return what was counted, a line a field."""
        return [
            *(
                f"field {path} ({kind}) is not declared: not loaded, {n} ×"
                for (path, kind), n in self.undeclared.items()
            ),
            *(f"column {path} got what is no {kind}: loaded as null, {n} ×" for (path, kind), n in self.unfit.items()),
            *(
                f"column {path} may not be seen with these credentials: loaded as null, {n} ×"
                for path, n in self.no_right.items()
            ),
        ]


def row_converter(
    schema: Schema,
    selected: Callable[[tuple[str, ...]], bool],
    drift: Drift,
    *,
    zone: tzinfo = UTC,
    no_right: str = "",
    hash_key: str = "",
) -> Callable[[Row], Row]:
    """Return the function that makes a row of a vendor's record.

    Args:
        schema: the JSON Schema of the stream, as committed.
        selected: whether the column at a path of names is wanted.
        drift: where fields that no column takes, and values that do not fit, are counted.
        zone: the zone of moments that come without one.
        no_right: the text that stands for a value which may not be seen.
        hash_key: what columns are hashed with that are marked so.
    """
    return _Object(schema, (), _Making(selected, drift, zone, no_right, hash_key.encode()))


class _Making(NamedTuple):
    """What the converters of one schema share; as for `row_converter`."""

    selected: Callable[[tuple[str, ...]], bool]
    drift: Drift
    zone: tzinfo
    no_right: str
    hash_key: bytes


class _Object:
    """Converts objects; learns each of the vendor's spellings once."""

    def __init__(self, schema: Schema, path: tuple[str, ...], making: _Making) -> None:
        self._path = path
        self._drift = making.drift
        self._no_right = making.no_right
        self._kinds = {
            name: column.get("format") or column.get("type") for name, column in schema["properties"].items()
        }
        self._columns: dict[str, Convert] = {
            name: converter(column, (*path, name), making)
            for name, column in schema["properties"].items()
            if column.get("not") != {} and making.selected((*path, name))
        }
        self._known: dict[str, tuple[str, str, Convert | None]] = {}

    def __call__(self, value: Any) -> Row:
        if type(value) is not dict:
            raise ValueError(_UNFIT)
        row: Row = {}
        for field, item in value.items():
            name, path, convert = self._known.get(field) or self._learn(field)
            if item is None:
                if convert is not None:
                    row.setdefault(name, None)
            elif convert is None:
                if name in self._kinds:
                    self._drift.withheld[path] += 1
                else:
                    self._drift.undeclared[path, _JSON_NAMES.get(type(item), "null")] += 1
            elif item == self._no_right and item:
                row[name] = None
                self._drift.no_right[path] += 1
            else:
                try:
                    row[name] = convert(item)
                except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError):
                    row[name] = None
                    self._drift.unfit[path, str(self._kinds[name])] += 1
        return row

    def _learn(self, field: str) -> tuple[str, str, Convert | None]:
        name = snake_case(field)
        if not self._known:
            self._drift.chosen.update(map(self._where, self._columns))
        self._known[field] = found = (name, self._where(name), self._columns.get(name))
        if name in self._kinds:
            self._drift.seen.add(found[1])
        return found

    def _where(self, name: str) -> str:
        return ".".join((*self._path, name))


def converter(schema: Schema, path: tuple[str, ...], making: _Making) -> Convert:
    """Return the function that makes a value of the column's type, or raises one of Python's value errors."""
    if schema.get(HASHED):
        return lambda value: hmac.digest(making.hash_key, encode(value), "sha256").hex()
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        return _Object(schema, path, making)
    if kind == "array" and schema.get("items"):
        return _array(converter(schema["items"], path, making))
    if kind == "string" and schema.get("format") == "date-time":
        return lambda value: utc_text(value, making.zone) if value else None
    if kind == "string" and schema.get("contentMediaType") == "application/json":
        return lambda value: encode(value).decode()
    return date_text if kind == "string" and schema.get("format") == "date" else SCALARS.get(kind or "", as_it_is)


def _array(convert: Convert) -> Callable[[Any], list[Any]]:
    def items(value: Any) -> list[Any]:
        if type(value) is not list:
            raise ValueError(_UNFIT)
        return [convert(item) for item in value if item is not None]

    return items
