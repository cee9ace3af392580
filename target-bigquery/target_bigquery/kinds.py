"""What JSON calls a value, for people: never the value itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def kind(value: Any) -> str:
    """What JSON calls the value, for people."""
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", Decimal: "a number"}
    return names.get(type(value), "null")


def is_no(what: str, value: Any) -> str:
    """Why a value is refused, without it."""
    if isinstance(value, str) and value.strip():
        return f"is no {what}"
    return f"is {'an empty text' if isinstance(value, str) else kind(value)} and no {what}"
