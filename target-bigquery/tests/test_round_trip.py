"""Any schema, any records: what was sent through the whole target is what a query reads.

BYTES and BIGNUMERIC are not among it: the local BigQuery takes the ones not from Parquet, and reads the others through
a double. What is staged of them is looked at elsewhere.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from target_bigquery.names import column_names

from .conftest import Target, activate, state

Pairs = st.SearchStrategy[tuple[Any, Any]]
"""What is sent, and what is read."""

encode = msgspec.json.Encoder(decimal_format="number").encode
NAMES = ["a", "A", "b c", "ö", "order", "a__b", "_sdc_sequence", "x" * 301]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
DECIMALS = st.integers(-(10**38) + 1, 10**38 - 1).map(lambda n: Decimal(f"{n}e-9"))
ZONES = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
MOMENTS = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=ZONES)  # noqa: DTZ001
JSON = st.recursive(
    st.booleans() | INTEGERS | TEXTS | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner | st.none(), max_size=3) | st.dictionaries(TEXTS, inner | st.none(), max_size=3),
    max_leaves=5,
)


@dataclass(frozen=True)
class Kind:
    """A schema, its values, and how a null is read."""

    schema: dict[str, Any]
    values: Pairs
    null: Any = None


def same(values: st.SearchStrategy[Any]) -> Pairs:
    return values.map(lambda value: (value, value))


def written(values: st.SearchStrategy[Any]) -> Pairs:
    return values.map(lambda value: (value.isoformat(), value))


SCALARS = [
    Kind({"type": "integer"}, same(INTEGERS)),
    Kind({"type": "integer"}, INTEGERS.map(lambda n: (str(n), n))),
    Kind({"type": "boolean"}, same(st.booleans())),
    Kind({"type": "string"}, same(TEXTS)),
    Kind({"type": "string", "format": "uuid"}, same(st.uuids().map(str))),
    Kind({"type": "number"}, same(DECIMALS)),
    Kind({"type": "number", "multipleOf": 0.01}, same(st.decimals(-(10**20), 10**20, places=2))),
    Kind({"type": ["integer", "number"]}, same(INTEGERS.map(Decimal))),
    Kind({"type": "string", "format": "singer.decimal"}, DECIMALS.map(lambda n: (str(n), n))),
    Kind({"type": "string", "format": "date-time"}, written(MOMENTS)),
    Kind({"type": "string", "format": "date"}, written(st.dates())),
    Kind({"type": "string", "format": "time"}, written(st.times())),
    Kind({"anyOf": [{"type": "null"}, {"type": "string", "format": "date"}]}, written(st.dates())),
]
LOOSE = [
    Kind({}, same(JSON)),
    Kind({"type": ["integer", "string", "null"]}, same(INTEGERS | TEXTS)),
    Kind({"type": "object"}, same(st.dictionaries(TEXTS, JSON, max_size=3))),
    Kind({"type": "array", "items": {"type": "array"}}, same(st.lists(st.lists(JSON, max_size=2), max_size=2))),
]


def array(kind: Kind) -> Kind:
    pairs = st.lists(kind.values, max_size=3)
    made = pairs.map(lambda found: ([sent for sent, _ in found], [read for _, read in found]))
    return Kind({"type": ["array", "null"], "items": kind.schema}, made, null=[])


def properties(kinds: dict[str, Kind]) -> Pairs:
    """Each with a value, null or missing."""
    values = {name: kind.values | st.just((None, kind.null)) for name, kind in kinds.items()}
    columns = column_names(kinds)
    empty = {columns[name]: kind.null for name, kind in kinds.items()}
    return st.fixed_dictionaries({}, optional=values).map(
        lambda found: (
            {name: sent for name, (sent, _) in found.items()},
            empty | {columns[name]: read for name, (_, read) in found.items()},
        )
    )


def nested(kinds: dict[str, Kind]) -> Kind:
    schema = {"type": ["object", "null"], "properties": {name: kind.schema for name, kind in kinds.items()}}
    return Kind(schema, properties(kinds))


def inside(kinds: st.SearchStrategy[Kind]) -> st.SearchStrategy[Kind]:
    return st.dictionaries(st.sampled_from(NAMES), kinds, min_size=1, max_size=3).map(nested)


EXACT = st.deferred(lambda: st.sampled_from(SCALARS) | inside(EXACT | st.sampled_from(SCALARS).map(array)))
KINDS = EXACT | EXACT.map(array) | st.sampled_from(LOOSE)


@st.composite
def streams(draw: st.DrawFn) -> tuple[dict[str, Any], list[tuple[Any, Any]], str]:
    """Properties, rows and a load method."""
    names = [name for name in NAMES if name != "_sdc_sequence"]
    kinds = draw(st.dictionaries(st.sampled_from(names), KINDS, min_size=2))
    rows = draw(st.lists(properties(kinds), min_size=1, max_size=6))
    method = draw(st.sampled_from(["upsert", "append-only", "overwrite", "version"]))
    return {name: kind.schema for name, kind in kinds.items()}, rows, method


def check(target: Target, given_: list[tuple[dict[str, Any], list[tuple[Any, Any]], str]]) -> None:
    messages: list[Any] = []
    overrides = {}
    sent = {f"s{uuid.uuid4().hex[:8]}": one for one in given_}
    for name, (schema, rows, method) in sent.items():
        described = {"properties": {"id": {"type": "integer"}, **schema}}
        messages.append({"type": "SCHEMA", "stream": name, "schema": described, "key_properties": ["id"]})
        version = {"version": 1} if method == "version" else {}
        overrides[name] = {"load_method": "upsert" if version else method}
        for id_, (row, _) in enumerate(rows):
            messages.append({"type": "RECORD", "stream": name, "record": {"id": id_, **row}, **version})
        messages += [activate(name, 1)] * bool(version)
    data = b"".join(encode(one) + b"\n" for one in [*messages, state(at=1)])
    target.ok(data, stream_overrides=overrides)
    for name, (schema, rows, _) in sent.items():
        found = {row["id"]: row for row in target.rows(name, "id", *rows[0][1])}
        assert len(found) == len(rows)
        for id_, (row, read) in enumerate(rows):
            wrong = {
                column: (found[id_][column], value) for column, value in read.items() if found[id_][column] != value
            }
            assert not wrong, (schema, row)


COMMON = settings(suppress_health_check=list(HealthCheck))


@settings(COMMON, max_examples=1, derandomize=True, phases=[Phase.generate])
@given(st.lists(streams(), min_size=6, max_size=6))
def test_what_is_sent_is_what_is_read(target: Target, given_: list[Any]) -> None:
    check(target, given_)


@pytest.mark.storm
@pytest.mark.timeout(3000)
@settings(COMMON, max_examples=60, phases=[Phase.generate])
@given(st.lists(streams(), min_size=8, max_size=8))
def test_storm_of_schemas(target: Target, given_: list[Any]) -> None:
    check(target, given_)
