"""What was sent is what is staged, exactly, or it is refused; for any value."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Context, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from target_bigquery.arrow import BlockReader, RecordRefusedError
from target_bigquery.schema import columns

INTEGERS = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
DECIMALS = st.integers(-(10**38) + 1, 10**38 - 1).map(lambda n: Decimal(f"{n}e-9"))
WIDE = st.integers(-(10**76) + 1, 10**76 - 1).map(lambda n: Decimal(n).scaleb(-38, Context(prec=76)))
MOMENTS = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30))  # noqa: DTZ001
ZONES = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
NESTED = {"type": "object", "properties": {"n": {"type": "number"}, "Day of": {"type": "string", "format": "date"}}}
SCHEMA = {
    "properties": {
        "id": {"type": "integer"},
        "n": {"type": ["number", "null"]},
        "w": {"type": "number", "multipleOf": 1e-38},
        "t": {"type": "string"},
        "b": {"type": "boolean"},
        "at": {"type": "string", "format": "date-time"},
        "d": {"type": "string", "format": "date"},
        "h": {"type": "string", "format": "time"},
        "o": NESTED,
        "l": {"type": "array", "items": NESTED},
        "j": {},
    }
}
FLOAT = columns({"properties": {"f": {"type": "number"}}}, (), metadata=False, number="FLOAT64")
READER = BlockReader(columns(SCHEMA, ("id",), metadata=False) + FLOAT)


def nested() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={"n": DECIMALS, "Day of": st.dates()})


def json_values() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | INTEGERS | TEXTS | st.floats(allow_nan=False, allow_infinity=False)
    return st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=6)


RECORDS = st.fixed_dictionaries(
    {"id": INTEGERS},
    optional={
        "n": DECIMALS,
        "w": WIDE,
        "t": TEXTS,
        "b": st.booleans(),
        "at": MOMENTS.flatmap(lambda m: ZONES.map(lambda z: m.replace(tzinfo=z))),
        "d": st.dates(),
        "h": st.times(),
        "o": nested(),
        "l": st.lists(nested()),
        "j": json_values().filter(lambda value: value is not None),
        "f": st.floats(allow_nan=False, allow_infinity=False),
    },
)


def written(value: Any, spell: Any) -> str:
    """JSON, with decimals as numbers or strings and moments in one of the usual spellings."""
    if isinstance(value, Decimal):
        return spell([f"{value:f}", f'"{value:f}"', f"{value:e}"])
    if isinstance(value, dt.datetime):
        text = value.isoformat()
        return json.dumps(spell([text, text.replace("T", " ")]))
    if isinstance(value, (dt.date, dt.time)):
        return json.dumps(value.isoformat())
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {written(v, spell)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(v, spell) for v in value) + "]"
    return json.dumps(value, ensure_ascii=spell([True, False]))


@given(st.data(), st.lists(RECORDS, min_size=1, max_size=5))
def test_what_was_sent_is_what_is_staged(data: st.DataObject, records: list[dict[str, Any]]) -> None:
    raw = [written(r, lambda choices: data.draw(st.sampled_from(choices))).encode() for r in records]
    staged = dict(zip([c.source for c in READER.columns], READER.read(raw), strict=True))
    for index, sent in enumerate(records):
        for name, array in staged.items():
            assert array[index].as_py() == expected(sent.get(name), name), name


def expected(value: Any, name: str) -> Any:
    if name == "j":
        return None if value is None else AsJson(value)
    if isinstance(value, list):
        return [expected(item, "") for item in value]
    if isinstance(value, dict):
        return {"n": value.get("n"), "Day_of": value.get("Day of")}
    return value


class AsJson:
    """Equal to a text that means the same."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, text: object) -> bool:
        return isinstance(text, str) and bool(json.loads(text) == self.value)

    def __hash__(self) -> int:
        return 0


@pytest.mark.parametrize(
    ("record", "path", "reason"),
    [
        ('{"id": 1, "n": 123456789012345678901234567890}', "n", "30 digits before the point"),
        ('{"id": 1, "n": 0.1234567891}', "n", "10 digits after the point"),
        ('{"id": 1, "n": 1e400}', "n", "digits before the point"),
        ('{"id": 1, "n": "NaN"}', "n", "NaN"),
        ('{"id": 1, "n": "abc"}', "n", "no number"),
        ('{"id": 1, "n": true}', "n", "boolean"),
        ('{"id": 1.5}', "id", "fraction"),
        ('{"id": 1e30}', "id", "beyond INT64"),
        ('{"id": 1e999999999}', "id", "beyond INT64"),
        ('{"id": 1, "t": {}}', "t", "object"),
        ('{"id": 1, "n": ""}', "n", "empty text"),
        ('{"id": 1, "b": 2}', "b", "number"),
        ('{"id": 1, "b": "yes"}', "b", "string"),
        ('{"id": 1, "b": []}', "b", "array"),
        ('{"id": 1, "f": 1e400}', "f", "beyond FLOAT64"),
        ('{"id": 1, "f": []}', "f", "array"),
        ('{"id": 1, "at": "2026-02-30T00:00:00Z"}', "at", "year"),
        ('{"id": 1, "at": "9999-12-31T23:59:59-01:00"}', "at", "year"),
        ('{"id": 1, "at": "0000-01-01T00:00:00Z"}', "at", "year"),
        ('{"id": 1, "at": 1700000000}', "at", "no date-time"),
        ('{"id": 1, "at": ""}', "at", "empty text"),
        ('{"id": 1, "d": "2026-01-01T12:00:00Z"}', "d", "time of day"),
        ('{"id": 1, "d": "2026-01-01T00:00:00-05"}', "d", "zone"),
        ('{"id": 1, "d": 20260101}', "d", "a number and no date"),
        ('{"id": 1, "h": "10:00:00+02:00"}', "h", "zone"),
        ('{"id": 1, "h": "10"}', "h", "no time of day"),
        ('{"id": 1, "o": []}', "o", "array"),
        ('{"id": 1, "o": {"Day of": "x"}}', "o.Day of", "no date"),
        ('{"id": 1, "l": {}}', "l", "object"),
        ('{"id": 1, "l": [null]}', "l", "null inside an array"),
        ('{"id": 1, "l": [{"n": []}]}', "l[].n", "array"),
        ('{"id": 1, "j": 0.12345678901234567890123}', "j", "digits"),
        ('{"id": 1, "j": {"a": 18446744073709551616}}', "j", "digits"),
        ('{"id": null}', "id", "null"),
        ("[]", "record", "object"),
        ("null", "record", "object"),
        ('{"id": 1, "t": "\\xff"}'.replace("\\xff", "\udcff"), "record", "UTF-8"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(record: str, path: str, reason: str) -> None:
    good = b'{"id": 1}'
    with pytest.raises(RecordRefusedError) as error:
        READER.read([good, record.encode("utf-8", "surrogateescape"), good])
    assert error.value.index == 1
    assert error.value.cause.path == path
    assert reason in error.value.cause.reason


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("b", '"True"', True),
        ("b", '"false"', False),
        ("b", "0", False),
        ("b", "1.0", True),
        ("h", '"10:00:00Z"', dt.time(10)),
        ("h", '"10:00:00.5+00"', dt.time(10, 0, 0, 500_000)),
        ("d", '"2026-01-01T00:00:00+00:00"', dt.date(2026, 1, 1)),
        ("d", '"2026-01-01 00:00:00 -0000"', dt.date(2026, 1, 1)),
        ("n", "1.5" + "0" * 60, Decimal("1.5")),
        ("f", '"-Infinity"', float("-inf")),
        ("f", '" 0.1"', 0.1),
        ("f", "5e-324", 5e-324),
        ("f", "0.30000000000000004", 0.1 + 0.2),
    ],
)
def test_what_loses_nothing_is_taken(name: str, text: str, value: Any) -> None:
    staged = dict(
        zip([c.source for c in READER.columns], READER.read([f'{{"id": 1, "{name}": {text}}}'.encode()]), strict=True)
    )
    assert staged[name][0].as_py() == value


def test_a_record_that_is_null_by_itself_does_not_end_the_process() -> None:
    with pytest.raises(RecordRefusedError) as error:
        READER.read([b"null"])
    assert error.value.cause.reason == "is not an object"
