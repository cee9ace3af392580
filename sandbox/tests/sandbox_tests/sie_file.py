"""A SIE file read in the plainest way."""

from __future__ import annotations

import re
from typing import Any

FIELD = re.compile(r'"(?P<quoted>(?:\\.|[^"\\])*)"|\{(?P<braced>[^}]*)\}|(?P<bare>[^\s"{}]+)')


def fields(text: str) -> list[Any]:
    """Of a line: bare, in quotation marks, or in braces, which make a list."""
    found: list[Any] = []
    for match in FIELD.finditer(text):
        kind, value = match.lastgroup, match[match.lastgroup or 0]
        found.append(fields(value) if kind == "braced" else value.replace('\\"', '"') if kind == "quoted" else value)
    return found


def read(content: bytes) -> list[tuple[str, list[Any]]]:
    """Label and fields of every line; those of a voucher come after it."""
    lines = [line.strip() for line in content.decode("cp437").split("\r\n")]
    return [(line[1:].split()[0], fields(line)[1:]) for line in lines if line.startswith("#")]
