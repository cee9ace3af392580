"""Made-up input in several shapes, the same at every call."""

# ruff: noqa: INP001, PLR2004, S311

from __future__ import annotations

import itertools
import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROSE = 'lorem ipsum dolor sit amet café straße 東京 😀 urgent order quoted" back\\slash'
WORDS = PROSE.split()
TEXTS = ("external_id", "customer_name", "email", "status", "country", "note", "referrer")
NUMBERS, FLAGS, MOMENTS = ("amount", "tax_rate", "unit_cost"), ("is_active", "is_gift"), ("created_at", "updated_at")


def schema() -> dict[str, Any]:
    """The columns: 7 texts, 2 integers, 3 decimals, 2 flags, 2 moments, a date, an object in an object, 2 arrays."""

    def null(type_: str, **more: Any) -> dict[str, Any]:
        return {"type": ["null", type_], **more}

    geo = null("object", properties={"lat_e6": null("integer"), "lon_e6": null("integer")})
    item = {"type": "object", "properties": {"sku": null("string"), "qty": null("integer")}}
    properties = {"id": {"type": "integer"}, "quantity": null("integer"), "ship_date": null("string", format="date")}
    properties |= dict.fromkeys(TEXTS, null("string")) | dict.fromkeys(NUMBERS, null("number"))
    properties |= dict.fromkeys(FLAGS, null("boolean")) | dict.fromkeys(MOMENTS, null("string", format="date-time"))
    properties["address"] = null("object", properties={"street": null("string"), "zip": null("string"), "geo": geo})
    properties["tags"] = null("array", items={"type": "string"})
    properties["items"] = null("array", items=item)
    return {"type": "object", "properties": properties}


def order(rng: random.Random, number: int) -> dict[str, Any]:
    """One record of about 0.8 kB, a tenth of its values null."""
    made: dict[str, Any] = {
        "id": number,
        **{name: " ".join(rng.choices(WORDS, k=15 if name == "note" else 4)) for name in TEXTS},
        "amount": rng.randrange(10**8) / 100,
        "tax_rate": rng.randrange(10**4) / 10**4,
        "unit_cost": rng.randrange(10**12) / 10**9,
        "quantity": rng.randrange(-(2**40), 2**40),
        **{name: rng.random() < 0.5 for name in FLAGS},
        **{name: f"20{rng.randrange(10, 26)}-03-04T05:06:07.{rng.randrange(10**6):06d}Z" for name in MOMENTS},
        "ship_date": f"2024-02-{rng.randrange(1, 29):02d}",
        "address": {"street": rng.choice(WORDS), "zip": "00100", "geo": {"lat_e6": 60_169_856, "lon_e6": -1}},
        "tags": rng.sample(WORDS, 3),
        "items": [{"sku": f"SKU-{rng.randrange(10**6)}", "qty": 2} for _ in range(rng.randrange(4))],
    }
    return {k: v if k == "id" or rng.random() > 0.1 else None for k, v in made.items()}


def lines(shape: str, count: int) -> Iterator[dict[str, Any]]:
    """A tap's output, with a STATE every 10,000 records.

    ``plain``: orders. ``versioned``: orders as a full table. ``json``: orders whose nested columns have no properties.
    ``small``: five times as many records of three columns. ``many``: orders of 50 streams, 1,000 at a time. ``turns``:
    of 3 streams, 30 at a time. ``spaced``: as Python's json.dumps writes them, properties in any order.
    """
    rng = random.Random(7)
    several, at_once = {"many": (50, 1000), "turns": (3, 30)}.get(shape, (0, 1000))
    streams = [f"orders{n}" for n in range(several)] or ["orders"]
    made = schema()
    if shape == "json":
        made["properties"] |= {"address": {}, "items": {"type": ["null", "array"]}}
    if shape == "small":
        made["properties"] = {k: made["properties"][k] for k in ("id", "amount", "status")}
    for stream in streams:
        yield {"type": "SCHEMA", "stream": stream, "schema": made, "key_properties": ["id"]}
    envelope = {"version": 1} if shape == "versioned" else {}
    names = itertools.cycle(name for name in streams for _ in range(at_once))
    pool = [order(rng, 0) for _ in range(5000)]
    for number, stream in zip(range(1, (5 * count if shape == "small" else count) + 1), names, strict=False):
        record = pool[number % len(pool)] | {"id": number}
        if shape == "spaced":
            record = dict(rng.sample(list(record.items()), len(record)))
        if shape == "small":
            record = {k: record[k] for k in made["properties"]}
        message = {"type": "RECORD", "stream": stream, "record": record}
        yield message | envelope | {"time_extracted": "2026-01-02T03:04:05Z"}
        if number % 10_000 == 0:
            yield {"type": "STATE", "value": {"at": number}}
    if shape == "versioned":
        yield {"type": "ACTIVATE_VERSION", "stream": "orders", "version": 1}
    yield {"type": "STATE", "value": {"at": "end"}}


def write(path: Path, shape: str, count: int) -> int:
    """The lines into a file; how many records."""
    records = 0
    spaced = shape == "spaced"
    encode = json.JSONEncoder(ensure_ascii=spaced, separators=None if spaced else (",", ":")).encode
    with path.open("w") as file:
        for message in lines(shape, count):
            records += message["type"] == "RECORD"
            file.write(encode(message) + "\n")
    return records
