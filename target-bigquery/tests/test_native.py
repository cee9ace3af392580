"""The compiled reader against the ones below it: what it takes, they take for the same, whatever is sent."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pytest
from target_bigquery import messages
from target_bigquery.compiled import RECORDS
from target_bigquery.convert import times
from target_bigquery.errors import RecordRefusedError
from target_bigquery.lift import reader
from target_bigquery.native import NativeReader
from target_bigquery.schema import columns

from .made_up import TOKENS, TYPES, Writer, broken, schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_bigquery.schema import Column

pytestmark = pytest.mark.skipif(RECORDS is None, reason="no C compiler at installation")


def slower(below: Any, data: bytes, version: int | None) -> tuple[list[pa.Array], pa.Array] | None:
    """As the target reads a block that the compiled reader has given up; None for what is refused."""
    lines = data.split(b"\n")[:-1]
    try:
        return below.read_lines(data, len(lines), version)
    except RecordRefusedError:
        return None
    except pa.ArrowInvalid:
        pass
    try:
        found = [messages.decode(line) for line in lines]
        if any((m.type, m.stream, m.version) != ("RECORD", "s", version) for m in found):
            return None
        return below.read([m.record for m in found]), times([m.time_extracted for m in found])
    except (msgspec.DecodeError, UnicodeDecodeError, RecordRefusedError):
        return None


def repeats(data: bytes) -> bool:
    """Does an object name a property twice? Where no column takes it, some of the ways find that and some do not."""
    found: list[bool] = []

    def pairs(given: list[tuple[str, Any]]) -> None:
        found.append(len({name for name, _ in given}) < len(given))

    for line in data.split(b"\n")[:-1]:
        json.loads(line, object_pairs_hook=pairs)
    return any(found)


def compare(seed: int) -> bool:
    """Whether the compiled reader took the lines of this seed."""
    rng = random.Random(seed)
    described = schema(rng)
    nested = rng.choice(["record", "json", "flatten"])
    number = rng.choice(["NUMERIC", "FLOAT64"])
    written = columns(described, (), metadata=False, number=number)
    made = columns(described, (), metadata=False, nested=nested, number=number)
    if any(c.path and c.type == "JSON" and {*'"\\'} & {*c.source} for c in made):
        return False  # ``lift`` knows no such names
    odd, version = rng.choice([0, 0.02, 0.3]), rng.choice([None, 7])
    writer = Writer(rng, odd)
    data = b"".join(writer.line(written, version) for _ in range(rng.randrange(1, 12)))
    whole = rng.random() < 0.7
    data = data if whole else broken(rng, data)
    read = agreed(made, data, version)
    assert read or odd or not whole or nested == "flatten", (seed, data)
    return read


def agreed(made: Sequence[Column], data: bytes, version: int | None) -> bool:
    """Whether the compiled reader took the lines; then all others must agree."""
    try:
        read = NativeReader(made).messages([data], "s", version)
    except RecordRefusedError:
        assert slower(reader(made), data, version) is None, data
        return True
    if read is None:
        return False
    expected = slower(reader(made), data, version)
    if expected is None:
        assert repeats(data), data
        return True
    for one, other in zip([*read[0], read[1]], [*expected[0], expected[1]], strict=True):
        one.validate(full=True)
        assert one.equals(other), (data, one, other)
    return True


@pytest.mark.parametrize(
    ("of", "number"), [*((of, "NUMERIC") for of in TYPES), ({"type": "number"}, "FLOAT64")], ids=str
)
@pytest.mark.parametrize("place", ["{}", '{{"c": {}}}', "[{}]"])
def test_every_value_by_itself(of: dict[str, Any], number: str, place: str) -> None:
    inside = {"type": "object", "properties": {"c": of}} if "c" in place else of
    property_ = {"type": "array", "items": of} if "[" in place else inside
    made = columns({"properties": {"c": property_}}, (), metadata=False, number=number)
    (column,) = made[0].fields or made
    odd = [
        b'"\xc0\x80"',
        b'"\xed\xa0\x80"',
        b'"\xf4\x90\x80\x80"',
        b'"\xe0\x9f\xbf"',
        b'"\xf0\x8f\xbf\xbf"',
        b'"\xe2\x82"',
    ]
    for token in [*(token.encode() for tokens in TOKENS.values() for token in tokens), *odd, b"null"]:
        value = place.format("@").encode().replace(b"@", token)
        line = b'{"type":"RECORD","stream":"s","record":{"c":%b},"time_extracted":null}\n' % value
        taken = agreed(made, line, None)
        assert taken or token not in [one.encode() for one in TOKENS[column.type][:2]]


def test_what_it_takes_is_what_the_others_read() -> None:
    taken = [compare(seed) for seed in range(400)]
    assert sum(taken) > len(taken) / 4


@pytest.mark.storm
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("start", range(0, 400_000, 20_000))
def test_storm_of_lines(start: int) -> None:
    for seed in range(1000 + start, 21_000 + start):
        compare(seed)


ID = columns({"properties": {"id": {"type": "integer"}}}, ("id",), metadata=False)


@pytest.mark.parametrize("ending", ["", "\n", " \r\n"])
def test_bare_records_with_and_without_their_newline(ending: str) -> None:
    (array,) = NativeReader(ID).bare([f'{{"id": {n}}}{ending}'.encode() for n in range(3)]) or [None]
    assert array.to_pylist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("line", "version"),
    [
        (b"", None),
        (b'{"type":"RECORD","stream":"s","record":{"id":1}}', None),
        (b'{"type":"RECORD","stream":"s","record":{"id":1}}\n\n', None),
        (b'{"type":"RECORD","stream":"s","record":{"id":1}} x\n', None),
        (b'{"type":"RECORD","stream":"t","record":{"id":1}}\n', None),
        (b'{"type":"RECORDS","stream":"s","record":{"id":1}}\n', None),
        (b'{"type":"RECORD","stream":"s","record":{"id":1},"record":{"id":1}}\n', None),
        (b'{"type":"RECORD","stream":"s","record":{"id":1},"schema":{}}\n', None),
        (b'{"type":"RECORD","stream":"s","record":null}\n', None),
        (b'{"type":"RECORD","stream":"s","record":{"id":null}}\n', None),
        (b'{"type":"RECORD","stream":"s","record":{}}\n', None),
        (b'{"type":"RECORD","stream":"s","record":{"id":1,"id":1}}\n', None),
        (b'{"type":"RECORD","stream":"s","record":{"id":1,"x":' + b"[" * 70 + b"]" * 70 + b"}}\n", None),
        (b'{"type":"RECORD","stream":"s","record":{"id":1},"version":1}\n', None),
        (b'{"type":"RECORD","stream":"s","record":{"id":1},"version":1}\n', 2),
        (b'{"type":"RECORD","stream":"s","record":{"id":1}}\n', 2),
        (b'{"type":"RECORD","stream":"s","record":{"id":1},"version":1}\n', 2**70),
    ],
)
def test_what_it_leaves_to_the_others(line: bytes, version: int | None) -> None:
    assert NativeReader(ID).messages([line], "s", version) is None
