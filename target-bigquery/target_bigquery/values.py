"""One record at a time: repairs what the block reader refuses, and says why when it cannot.

Slow next to the block reader (about 25,000 records a second), so used only for records that it refused.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from target_bigquery.errors import ValueRefusedError
from target_bigquery.kinds import kind
from target_bigquery.scalars import SCALARS

if TYPE_CHECKING:
    from target_bigquery.schema import Column


LONG_NUMBER = r"\d[\d.]{15,}|\d[eE][+-]?\d{3}"  # the only ones that a double may not give back
long_number = re.compile(LONG_NUMBER.encode()).search
_JSON_INTEGERS = range(-(2**63), 2**64)


class _JsonRefusedError(ValueError):
    """What JSON allows and a table cannot hold."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _JsonRefusedError("an object names one property twice")
    return made


def _exact(text: str) -> Decimal:
    number = Decimal(text)
    whole = number.adjusted() < len(str(2**64)) and number == number.to_integral_value()
    if Decimal(repr(float(text))) != number and not (whole and int(number) in _JSON_INTEGERS):
        raise _JsonRefusedError("has a number with more digits than BigQuery's JSON holds")
    return number


_decode = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=Decimal, parse_int=Decimal).decode
_json_numbers = json.JSONDecoder(parse_float=_exact, parse_int=_exact).decode


def decode(record: bytes) -> Any:
    """The record with every number an exact Decimal.

    Raises:
        ValueRefusedError: it is no object, not UTF-8, or names a property twice.
    """
    try:
        value = _decode(record.decode())
    except UnicodeDecodeError:
        raise ValueRefusedError("record", "is not UTF-8") from None
    except _JsonRefusedError as error:
        raise ValueRefusedError("record", str(error)) from None
    if not isinstance(value, dict):
        raise ValueRefusedError("record", "is not an object")
    return value


def json_text(path: str, text: bytes) -> str | None:
    """The text of a JSON column, None for null or missing.

    PARSE_JSON refuses, for the whole statement, numbers that neither INT64, UINT64 nor FLOAT64 gives
    back; here the record with such a number is found first.
    """
    if text in {b"", b"null"}:
        return None
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        raise ValueRefusedError(path, "is not UTF-8") from None
    if long_number(text):
        try:
            _json_numbers(decoded)
        except _JsonRefusedError as error:
            raise ValueRefusedError(path, str(error)) from None
    return decoded


def row(columns: tuple[Column, ...], record: dict[str, Any], path: str = "") -> dict[str, Any]:
    """Source name -> Python value that Arrow takes as it is.

    Raises:
        ValueRefusedError: a value has no exact place in its column.
    """
    return {column.source: _convert(column, record.get(column.source), path) for column in columns}


def _convert(column: Column, value: Any, path: str) -> Any:
    path = f"{path}{column.source}"
    if value is None:
        return None
    if not column.repeated:
        return _one(column, value, path)
    if not isinstance(value, list):
        raise ValueRefusedError(path, f"holds {kind(value)} where the schema says array")
    if None in value:
        hint = "; with nested: json the column can hold it"
        raise ValueRefusedError(path, f"holds a null inside an array, which BigQuery cannot store{hint}")
    return [_one(column, item, f"{path}[]") for item in value]


def _one(column: Column, value: Any, path: str) -> Any:
    if column.type == "RECORD":
        if not isinstance(value, dict):
            raise ValueRefusedError(path, f"holds {kind(value)} where the schema says object")
        return row(column.fields, value, f"{path}.")
    return SCALARS[column.type](column.type, value, path)
