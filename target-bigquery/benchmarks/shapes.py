"""Made-up input in several shapes, the same at every call."""

# ruff: noqa: INP001, S311

from __future__ import annotations

import itertools
import json
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from records import KEYED, LONG, ORDERS, SMALL, WIDE, keyed, order, quoted, shuffled, small, texts, wide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TIME = {"time_extracted": "2026-01-02T03:04:05Z"}
EXTRA = {"sequence": 17, "table": "orders", "action": {"of": [1, 2]}}
POOL = 5000  # records that differ by more than their id


@dataclass(frozen=True)
class Shape:
    """What a tap sends, and the settings it is read with. ``turn``: records of a stream before the next one's."""

    what: str
    record: Callable[[random.Random], dict[str, Any]] = order
    schema: dict[str, Any] = field(default_factory=lambda: ORDERS)
    keys: tuple[str, ...] = ("id",)
    more: float = 1  # records, where an order is one
    streams: int = 1
    turn: int = 1000
    at_random: bool = False  # instead of in turn
    before: dict[str, Any] = field(default_factory=dict)  # of the message: what comes before the record,
    after: dict[str, Any] = field(default_factory=lambda: TIME)  # what after it,
    first: bool = False  # and whether the record comes before all of it
    spaced: bool = False  # as Python's json.dumps writes it
    state_every: int = 10_000
    schema_every: int | None = None
    version: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)


SHAPES = {
    "plain": Shape("orders"),
    "full": Shape("as a full table, with versions", version=1),
    "turns": Shape("of 3 streams, 30 records in turn", streams=3, turn=30),
    "many": Shape("of 50 streams, 1,000 records in turn", streams=50),
    "each2": Shape("each of another of 2 streams", streams=2, turn=1),
    "each10": Shape("each of another of 10 streams", streams=10, turn=1),
    "each50": Shape("each of another of 50 streams", streams=50, turn=1),
    "random": Shape("each of any of 10 streams", streams=10, turn=1, at_random=True),
    "first": Shape("the record before type and stream", first=True),
    "version": Shape("version and time before the record", before={"version": 1} | TIME, after={}, version=1),
    "extra": Shape("properties around it that Singer does not know", before=EXTRA, after=TIME | EXTRA),
    "spaced": Shape("spaces and \\uXXXX, as json.dumps writes them", spaced=True),
    "shuffled": Shape("properties in any order, absent ones", record=shuffled),
    "quoted": Shape("numbers as strings", record=quoted),
    "states": Shape("a STATE after every record", state_every=1),
    "schemas": Shape("the SCHEMA again before each 1,000 records", schema_every=1000),
    "bare": Shape("add_record_metadata: false", settings={"add_record_metadata": False}),
    "keys": Shape("a key of three columns", record=keyed, schema=KEYED, keys=("id", "kind", "day")),
    "json": Shape("nested: json", settings={"nested": "json"}),
    "flatten": Shape("nested: flatten", settings={"nested": "flatten"}),
    "small": Shape("records of 3 columns", record=small, schema=SMALL, more=5),
    "wide": Shape("records of 200 columns", record=wide, schema=WIDE, more=0.3),
    "texts": Shape("texts of 2 kB, with escapes and beyond ASCII", record=texts, schema=LONG, more=0.2),
}


def lines(shape: Shape, count: int) -> Iterator[str]:
    """A tap's output."""
    rng = random.Random(7)
    encode = json.JSONEncoder(ensure_ascii=shape.spaced, separators=None if shape.spaced else (",", ":")).encode
    streams = [f"orders{n or ''}" for n in range(shape.streams)]
    described = {"type": "object", "properties": shape.schema}
    schemas = [
        encode({"type": "SCHEMA", "stream": stream, "schema": described, "key_properties": shape.keys})
        for stream in streams
    ]
    yield from schemas
    bodies = [encode(shape.record(rng)).replace('"id": 0', '"id":0') for _ in range(POOL)]
    turns = itertools.cycle(stream for stream in streams for _ in range(shape.turn))
    wrapped = {stream: _around(shape, stream, encode) for stream in streams}
    version = {} if shape.version is None else {"version": shape.version}
    for number in range(1, count + 1):
        stream = rng.choice(streams) if shape.at_random else next(turns)
        if shape.schema_every and number % shape.schema_every == 0:
            yield schemas[0]
        head, tail = wrapped[stream]
        yield head + bodies[number % POOL].replace('"id":0', f'"id":{number}', 1) + tail
        if number % shape.state_every == 0:
            yield encode({"type": "STATE", "value": {"at": number}})
    if version:
        yield encode({"type": "ACTIVATE_VERSION", "stream": streams[0]} | version)
    yield encode({"type": "STATE", "value": {"at": "end"}})


def _around(shape: Shape, stream: str, encode: Callable[[Any], str]) -> tuple[str, str]:
    """What stands before and behind a record."""
    named = {"type": "RECORD", "stream": stream}
    version = {"version": shape.version} if shape.version is not None and "version" not in shape.before else {}
    inside: dict[str, Any] = {"record": "@"}
    members = inside | named if shape.first else shape.before | named | inside
    head, _, tail = encode(members | shape.after | version).partition('"@"')
    return head, tail


def write(path: Path, shape: Shape, count: int) -> int:
    """The lines into a file; how many records they are, ``count`` if they were orders."""
    records = int(shape.more * count)
    with path.open("w") as file:
        file.writelines(line + "\n" for line in lines(shape, records))
    return records
