"""One JSON value to the one Python value that its column stores, or the reason why there is none."""

from __future__ import annotations

import base64
import datetime as dt
import math
import re
import sys
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from target_bigquery.errors import TooNarrowError, ValueRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?"
    r"\s*(?:([Zz])|([+-])(\d\d):?(\d\d)?)?)?",
    re.ASCII,
)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:[Zz]|[+-]00(?::?00)?)?", re.ASCII)
_ZONED = re.compile(r".*[+-](?!00(?::?00)?$)[\d:]+", re.ASCII)
_INT64 = range(-(2**63), 2**63)
DECIMALS = ("INT64", "NUMERIC", "BIGNUMERIC")  # from narrow to wide
_DIGITS = {"NUMERIC": (29, 9), "BIGNUMERIC": (38, 38)}  # before and after the point
_NOT_FINITE = {"NaN", "Infinity", "-Infinity"}
_BOOLEANS = {True: True, False: False, "true": True, "false": False}  # 1 and 0 are equal to True and False
_LONGEST_NUMBER = 500  # characters; Decimal would spend minutes on 1e999999999 written out


def kind(value: Any) -> str:
    """What JSON calls the value, for people."""
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", Decimal: "a number"}
    return names.get(type(value), "null")


def _is_no(what: str, value: Any) -> str:
    """Why a value is refused, without it."""
    if isinstance(value, str) and value.strip():
        return f"is no {what}"
    return f"is {'an empty text' if isinstance(value, str) else kind(value)} and no {what}"


def _text(_: str, value: Any, path: str) -> str:
    """Text as it is; a number or boolean as JSON writes it, which loses nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return str(value)
    if not isinstance(value, str):
        raise ValueRefusedError(path, f"holds {kind(value)} where the schema says string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueRefusedError(path, "holds half of a surrogate pair, which is no UTF-8 text") from None
    return value


def _number(value: Any, path: str) -> Decimal:
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        try:
            value = Decimal(value.strip())
        except InvalidOperation:
            raise ValueRefusedError(path, _is_no("number", value)) from None
    if not isinstance(value, Decimal):
        raise ValueRefusedError(path, f"holds {kind(value)} where the schema says number")
    if not value.is_finite():
        raise ValueRefusedError(path, "holds NaN or an infinity, which only number_type: FLOAT64 can hold")
    return value


def _decimal(type_: str, value: Any, path: str) -> Decimal:
    exact = _number(value, path)
    for number in (_stripped(exact), _stripped(_shortest(exact))):
        if _fits(type_, number):
            return number
    what = f"has {{}} digits {{}} the point, {type_} holds {{}}"
    sizes = zip(_size(number), ("before", "after"), _DIGITS[type_], strict=True)
    reason = next(what.format(size, where, most) for size, where, most in sizes if size > most)
    for other in _wider(type_, number):
        raise TooNarrowError(path, f"{reason}; with number_type: {other} the column can hold it", other)
    hint = "; with number_type: FLOAT64 the column can hold it" if math.isfinite(float(number)) else ""
    raise ValueRefusedError(path, reason + hint)


def _wider(type_: str, number: Decimal) -> list[str]:
    """The wider types that hold the number."""
    return [other for other in DECIMALS[DECIMALS.index(type_) + 1 :] if _fits(other, number)]


def _fits(type_: str, number: Decimal) -> bool:
    return all(size <= most for size, most in zip(_size(number), _DIGITS[type_], strict=True))


def _stripped(number: Decimal) -> Decimal:
    """Without zeros at its end, whatever their number, and no negative zero."""
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 (finite, see _number)
    while digits[-1:] == (0,):
        digits, exponent = digits[:-1], exponent + 1
    return Decimal((sign, digits, exponent)) if digits else Decimal(0)


def _size(number: Decimal) -> tuple[int, int]:
    """Digits before and after the point of a stripped number."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 (finite, see _number)
    return number.adjusted() + 1, -exponent


def _shortest(number: Decimal) -> Decimal:
    """A double that was spelled out to its last digit, 11.1099999999999994…, as doubles are; else the number."""
    if len(number.as_tuple().digits) <= sys.float_info.dig + 2:
        return number
    double = float(number)
    return Decimal(repr(double)) if math.isfinite(double) and Decimal(double) == number else number


def _float(_: str, value: Any, path: str) -> float:
    """The double nearest to the number, as its source had it; NaN and infinities as texts."""
    if isinstance(value, str) and value.strip() in _NOT_FINITE:
        return float(value)
    number = float(_number(value, path))
    if math.isinf(number):
        raise ValueRefusedError(path, "is beyond FLOAT64")
    return number


def _integer(_: str, value: Any, path: str) -> int:
    number = _number(value, path)
    if number.adjusted() <= len(str(2**63)):
        if number != number.to_integral_value():
            raise ValueRefusedError(path, "has a fraction where the schema says integer")
        if int(number) in _INT64:
            return int(number)
    for other in _wider("INT64", _stripped(number)):
        raise TooNarrowError(path, "is beyond INT64", other)
    raise ValueRefusedError(path, "is beyond INT64")


def _boolean(_: str, value: Any, path: str) -> bool:
    """Also 0, 1 and the words, which is how databases and files write booleans."""
    word = value.strip().lower() if isinstance(value, str) else value
    if isinstance(word, (str, bool, Decimal)) and word in _BOOLEANS:
        return _BOOLEANS[word]
    raise ValueRefusedError(path, f"holds {kind(value)} where the schema says boolean")


def _timestamp(_: str, value: Any, path: str) -> dt.datetime:
    """ISO 8601 to UTC; without an offset it is UTC; digits past the microsecond are cut."""
    match = _DATE_TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueRefusedError(path, _is_no("date-time", value))
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    fraction, _utc, sign, hours, minutes = match.groups()[6:]
    try:
        moment = dt.datetime(
            year, month, day, hour, minute, second, int((fraction or "0")[:6].ljust(6, "0")), tzinfo=dt.UTC
        )
        if sign:
            offset = dt.timedelta(hours=int(hours), minutes=int(minutes or 0))
            moment -= offset if sign == "+" else -offset
    except (ValueError, OverflowError):
        raise ValueRefusedError(path, "is no moment from year 1 to 9999") from None
    return moment


def _date(_: str, value: Any, path: str) -> dt.date:
    """A date; a date-time only where it says midnight, so that nothing is cut off."""
    if not isinstance(value, str) or not _DATE_TIME.fullmatch(value.strip()):
        raise ValueRefusedError(path, _is_no("date", value))
    moment = _timestamp("", value, path)
    if _ZONED.fullmatch(value.strip()[10:]):
        raise ValueRefusedError(path, "has a zone where the schema says date")
    if moment.time() != dt.time(0):
        raise ValueRefusedError(path, "has a time of day where the schema says date")
    return moment.date()


def _time(_: str, value: Any, path: str) -> dt.time:
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        zoned = isinstance(value, str) and _ZONED.fullmatch(value.strip())
        reason = "has a zone, which BigQuery's TIME has not" if zoned else _is_no("time of day", value)
        raise ValueRefusedError(path, reason)
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    try:
        return dt.time(hour, minute, second, int((match[4] or "0")[:6].ljust(6, "0")))
    except ValueError:
        raise ValueRefusedError(path, "is no time of day") from None


def _bytes(_: str, value: Any, path: str) -> bytes:
    """Base64 as in RFC 4648, section 4; broken into lines or not."""
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (AttributeError, ValueError):
        raise ValueRefusedError(path, "is no base64, as its schema says") from None


SCALARS: dict[str, Callable[[str, Any, str], Any]] = {
    "STRING": _text,
    "NUMERIC": _decimal,
    "BIGNUMERIC": _decimal,
    "FLOAT64": _float,
    "INT64": _integer,
    "BOOL": _boolean,
    "TIMESTAMP": _timestamp,
    "DATE": _date,
    "TIME": _time,
    "BYTES": _bytes,
}
"""Column type -> function of the type, a decoded JSON value and its path."""
