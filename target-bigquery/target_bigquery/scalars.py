"""One JSON value to the one Python value that its column stores, or the reason why there is none."""

from __future__ import annotations

import base64
import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from target_bigquery.decimals import decimal, double, integer
from target_bigquery.errors import ValueRefusedError
from target_bigquery.kinds import is_no, kind

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?"
    r"\s*(?:([Zz])|([+-])(\d\d):?(\d\d)?)?)?",
    re.ASCII,
)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:[Zz]|[+-]00(?::?00)?)?", re.ASCII)
_ZONED = re.compile(r".*[+-](?!00(?::?00)?$)[\d:]+", re.ASCII)
_BOOLEANS = {True: True, False: False, "true": True, "false": False}  # 1 and 0 are equal to True and False


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
        raise ValueRefusedError(path, is_no("date-time", value))
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
        raise ValueRefusedError(path, is_no("date", value))
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
        reason = "has a zone, which BigQuery's TIME has not" if zoned else is_no("time of day", value)
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
    "NUMERIC": decimal,
    "BIGNUMERIC": decimal,
    "FLOAT64": double,
    "INT64": integer,
    "BOOL": _boolean,
    "TIMESTAMP": _timestamp,
    "DATE": _date,
    "TIME": _time,
    "BYTES": _bytes,
}
"""Column type -> function of the type, a decoded JSON value and its path."""
