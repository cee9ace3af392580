"""The only place where names and texts become SQL."""

from __future__ import annotations

import datetime as dt
import json
import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def quote(*parts: str) -> str:
    """A quoted path: ``quote("p", "d", "t")`` is `` `p`.`d`.`t` ``.

    Raises:
        ValueError: a part is empty or has control characters, which no BigQuery name has.
    """
    for part in parts:
        if not part or _CONTROL.search(part):
            raise ValueError(f"not a BigQuery name: {part!r}")
    return ".".join("`" + part.replace("\\", "\\\\").replace("`", "\\`") + "`" for part in parts)


def literal(text: str) -> str:
    """A GoogleSQL string literal. JSON's escapes are a subset of GoogleSQL's."""
    return json.dumps(text, ensure_ascii=False)


def constant(value: int | str | dt.date | dt.datetime) -> str:
    """A literal of INT64, STRING, TIMESTAMP or DATE."""
    match value:
        case dt.datetime():
            return f"TIMESTAMP {literal(value.astimezone(dt.UTC).isoformat(sep=' '))}"
        case dt.date():
            return f"DATE {literal(value.isoformat())}"
        case int():
            return str(value)
        case _:
            return literal(value)
