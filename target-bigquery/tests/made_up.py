"""RECORD lines at random: what taps send, what they may send, and what nobody should, broken in places."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from target_bigquery.schema import Column

TEXTS = [
    "",
    "x",
    "café",
    "東京 😀",
    'q"\\/\b\f\n\r\t',
    "\0\x7f",
    "a" * 15,
    "b" * 16,
    "é" * 40,
    "tab\tin a long one, 33 bytes",
]
STRINGS = [*map(json.dumps, TEXTS), *(json.dumps(t, ensure_ascii=False) for t in TEXTS)]
STRINGS += [
    '"\\ud83d\\ude00\\u00E9\\/"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\udc00"',
    '"\\x41"',
    '"\\u12"',
    '"\x01"',
    '"open',
    "1",
    "-1.50",
]
STRINGS += ["true", "false", "1e5", "0.0000001", "{}", "[]"]
PLAIN = "0 -0 1 -1 12345678901234567890123456789 0.123456789 -1.5 1.0 1.10000000000 1e2 2E-3 "
PLAIN += "1e-9 1e400 123456789012345678901234567890 0.1234567891 9223372036854775807 -9223372036854775808 "
PLAIN += "9223372036854775808 18446744073709551616 00 01 1. .5 +1 - 1e NaN Infinity 0x1 "
NUMBERS = [
    *PLAIN.split(),
    "99999999999999999999999999999.999999999",
    "0.000000000000000000000000000000000000000001",
    "1" + "0" * 37,
]
QUOTED = [f'"{n}"' for n in NUMBERS] + ['" 1"', '"1 "', '""', '"1_0"']
MOMENTS = [
    "2024-02-29T01:02:03Z",
    "2024-01-01T00:00:00.5+02:00",
    "2023-02-29T00:00:00Z",
    "2024-01-01 00:00:00",
    "2024-01-01",
    "1969-12-31T23:59:59.999999+00:00",
]
MOMENTS += [
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59.9999999Z",
    "0000-01-01T00:00:00",
    "2024-01-01T24:00:00Z",
    "noon",
]
MOMENTS += [
    "2024-01-01t05:06:07.1234567z",
    "2024-01-01T05:06-02",
    "2024-13-01T00:00:00Z",
    "2024-01-01T00:00:00+0530",
    " 2024-01-01",
]
MOMENTS += [
    "2024-01-01T00:00:00.",
    "2024-01-01T00:00:00.5+24:00",
    "2024-01-01T00:00:00,5Z",
    "2024-1-1",
    "1900-02-29",
    "2000-02-29",
]
DAYS = ["2024-02-29", "2024-01-01T00:00:00Z", *MOMENTS]
CLOCKS = ["10:20:30", "10:20", "23:59:59.999999", "24:00:00", "10:20:30Z", "10", "1020"]
JSONS = ["1", "0.1", '"t"', "[1, {}]", '{"a" : [true,null]}', "[", "{,}", "1e999"]
JSONS += ["12345678901234567", "0.12345678901234567890"]
TOKENS = {
    "STRING": STRINGS,
    "INT64": NUMBERS + QUOTED,
    "NUMERIC": NUMBERS + QUOTED,
    "BIGNUMERIC": NUMBERS + QUOTED,
    "FLOAT64": NUMBERS + QUOTED,
    "BOOL": ["true", "false", "1", '"true"', "tru"],
    "TIMESTAMP": [f'"{m}"' for m in MOMENTS] + ["1"],
    "DATE": [f'"{d}"' for d in DAYS] + ["1"],
    "TIME": [f'"{c}"' for c in CLOCKS],
    "BYTES": ['"YQ=="', '"YWI="', '"??"', '""'],
    "JSON": JSONS,
}
TYPES: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "integer"},
    {"type": "number"},
    {"type": "number", "multipleOf": 1e-18},
    {"type": "boolean"},
    {"type": "string", "format": "date-time"},
    {"type": "string", "format": "date"},
    {"type": "string", "format": "time"},
    {"type": "string", "contentEncoding": "base64"},
    {},
]
NAMES = ["id", "n", "name", "Ünï", 'q"', "back\\", "with space", "a", "b", "c", "d", "x" * 40]


def schema(rng: random.Random, depth: int = 0) -> dict[str, Any]:
    """An object of a few properties, some of them objects and arrays."""
    properties = {}
    for name in rng.sample(NAMES, rng.randrange(1, 9)):
        kind = rng.random()
        made = schema(rng, depth + 1) if kind < 0.15 and depth < 2 else rng.choice(TYPES)
        properties[name] = {"type": "array", "items": made} if kind > 0.85 and made else made
    return {"type": "object", "properties": properties}


class Writer:
    """Spells records; ``odd`` is how likely a value is one that may be refused."""

    def __init__(self, rng: random.Random, odd: float) -> None:
        self._rng, self._odd = rng, odd
        self._ascii, self._space = rng.random() < 0.5, rng.choice(["", " "])

    def value(self, column: Column, nulls: float = 0.1) -> str:
        """The text of a value, of the column's type or not."""
        rng = self._rng
        if rng.random() < nulls:
            return "null"
        if column.repeated:
            item = replace(column, repeated=False)
            return "[" + ",".join(self.value(item, self._odd / 4) for _ in range(rng.randrange(4))) + "]"
        if column.fields:
            return self.object(column.fields)
        tokens = TOKENS[column.type]
        return rng.choice(tokens) if rng.random() < self._odd else tokens[rng.randrange(2)]

    def object(self, columns: Sequence[Column]) -> str:
        """Its properties, rarely in another order, repeated, left out or beside others."""
        rng = self._rng
        members = [(c.source, self.value(c)) for c in columns if rng.random() > self._odd / 2]
        if rng.random() < self._odd:
            rng.shuffle(members)
        if rng.random() < self._odd:
            members.insert(rng.randrange(len(members) + 1), ("more", rng.choice(rng.choice(list(TOKENS.values())))))
        if members and rng.random() < self._odd / 4:
            members.append(rng.choice(members))
        colon, comma = f":{self._space}", f",{self._space}"
        named = (f"{json.dumps(name, ensure_ascii=self._ascii)}{colon}{text}" for name, text in members)
        return "{" + comma.join(named) + "}"

    def line(self, columns: Sequence[Column], version: int | None) -> bytes:
        """A RECORD of stream ``s``."""
        rng, space = self._rng, self._space
        members = ['"type":"RECORD"', '"stream":"s"', f'"record":{space}{self.object(columns)}']
        if version is not None and rng.random() > self._odd / 20:
            members.append(f'"version": {version}')
        if rng.random() < 0.7:
            moments = TOKENS["TIMESTAMP"]
            members.append(f'"time_extracted": {rng.choice(moments) if rng.random() < self._odd else moments[0]}')
        if rng.random() < 0.2:
            members.append(f'"more":{space}{{"of": [1, "two"]}}')
        if rng.random() < self._odd:
            rng.shuffle(members)
        return ("{" + f",{space}".join(members) + "}").encode() + b"\n"


def broken(rng: random.Random, data: bytes) -> bytes:
    """A few bytes changed, left out or repeated; whole lines still."""
    made = bytearray(data)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(made))
        match rng.randrange(3):
            case 0:
                made[at] = rng.choice(b'"\\{}[],:0-9eE.ntf \x00\x1f\x80\xc3\xed\xff\n')
            case 1:
                del made[at : at + rng.randrange(1, 9)]
            case _:
                made[at:at] = made[at : at + rng.randrange(1, 40)]
        if not made:
            return b"\n"
    return bytes(made) if made.endswith(b"\n") else bytes(made) + b"\n"
