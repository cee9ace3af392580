"""JSON numbers as what their columns store, exactly, or the reason why not, and the type that would hold them."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from typing import Any

from target_bigquery.errors import TooNarrowError, ValueRefusedError
from target_bigquery.kinds import is_no, kind

DECIMALS = ("INT64", "NUMERIC", "BIGNUMERIC")  # from narrow to wide
_INT64 = range(-(2**63), 2**63)
_DIGITS = {"NUMERIC": (29, 9), "BIGNUMERIC": (38, 38)}  # before and after the point
_NOT_FINITE = {"NaN", "Infinity", "-Infinity"}
_LONGEST_NUMBER = 500  # characters; Decimal would spend minutes on 1e999999999 written out


def number_of(value: Any, path: str) -> Decimal:
    """A finite number, or the text of one."""
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        try:
            value = Decimal(value.strip())
        except InvalidOperation:
            raise ValueRefusedError(path, is_no("number", value)) from None
    if not isinstance(value, Decimal):
        raise ValueRefusedError(path, f"holds {kind(value)} where the schema says number")
    if not value.is_finite():
        raise ValueRefusedError(path, "holds NaN or an infinity, which only number_type: FLOAT64 can hold")
    return value


def decimal(type_: str, value: Any, path: str) -> Decimal:
    """The number itself.

    Raises:
        TooNarrowError: a wider type holds it.
        ValueRefusedError: none does, or it is no number.
    """
    number = _stripped(number_of(value, path))
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


def double(_: str, value: Any, path: str) -> float:
    """The double nearest to the number, as its source had it; NaN and infinities as texts."""
    if isinstance(value, str) and value.strip() in _NOT_FINITE:
        return float(value)
    number = float(number_of(value, path))
    if math.isinf(number):
        raise ValueRefusedError(path, "is beyond FLOAT64")
    return number


def integer(_: str, value: Any, path: str) -> int:
    """A whole number, however it is written.

    Raises:
        TooNarrowError: it is beyond INT64.
        ValueRefusedError: it has a fraction, or is no number.
    """
    number = number_of(value, path)
    if number.adjusted() <= len(str(2**63)):
        if number != number.to_integral_value():
            raise ValueRefusedError(path, "has a fraction where the schema says integer")
        if int(number) in _INT64:
            return int(number)
    for other in _wider("INT64", _stripped(number)):
        raise TooNarrowError(path, "is beyond INT64", other)
    raise ValueRefusedError(path, "is beyond INT64")
