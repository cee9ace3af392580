"""Single values as one type each: a value that does not fit raises ValueError or another of Python's value errors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_UNFIT = "does not fit its column"


def as_it_is(value: Any) -> Any:
    """Any value."""
    return value


def _string(value: Any) -> str:
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return str(value)
    raise ValueError(_UNFIT)


def _number(value: Any) -> Decimal | int | None:
    """Numbers also come as text, with a point or (on some pages) a comma for the fraction."""
    if isinstance(value, str):
        return _decimal(value) if value else None
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        raise ValueError(_UNFIT)
    return value


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except InvalidOperation as error:
        raise ValueError(_UNFIT) from error
    if not number.is_finite():
        raise ValueError(_UNFIT)
    return number


def _integer(value: Any) -> int | None:
    number = _number(value)
    if number is None:
        return None
    if number != int(number):
        raise ValueError(_UNFIT)
    return int(number)


def _boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return (
        {"true": True, "false": False, "": None}[value.lower()]
        if isinstance(value, str)
        else {0: False, 1: True}[value]
    )


def date_text(value: str) -> str | None:
    """A moment in a date column keeps its date."""
    return date.fromisoformat(value[:10]).isoformat() if value else None


SCALARS: dict[str, Callable[[Any], Any]] = {
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
}
