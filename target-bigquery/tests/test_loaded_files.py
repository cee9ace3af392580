"""Any schema, any records: what was sent is what BigQuery reads in the uploaded files, by its documented rules.

With BYTES and BIGNUMERIC, which the local BigQuery does not take from Parquet, or only through a double.
"""

from __future__ import annotations

import uuid
from base64 import b64encode
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from google.cloud import bigquery
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .conftest import INTEGER, NUMBER, TEXT, Target, activate, record, schema, state
from .parquet_rules import rows
from .test_round_trip import SCALARS, Kind, array, encode, nested, properties, same

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

Loads = list[tuple[dict[str, Any], bytes]]

SCALARS = [
    *SCALARS,
    Kind({"type": "string", "contentEncoding": "base64"}, st.binary().map(lambda b: (b64encode(b).decode(), b))),
    Kind(
        {"type": "number", "multipleOf": 1e-38},
        same(st.integers(-(10**76) + 1, 10**76 - 1).map(lambda n: Decimal(f"{n}e-38"))),
    ),
]
NAMES = st.sampled_from(["a", "b c", "ö", "order"])
INSIDE = st.dictionaries(NAMES, st.sampled_from(SCALARS) | st.sampled_from(SCALARS).map(array), min_size=1).map(nested)
KINDS = st.sampled_from(SCALARS) | INSIDE | INSIDE.map(array) | st.sampled_from(SCALARS).map(array)


@st.composite
def streams(draw: st.DrawFn) -> tuple[dict[str, Any], list[tuple[Any, Any]]]:
    kinds = draw(st.dictionaries(NAMES, KINDS, min_size=1))
    return {name: kind.schema for name, kind in kinds.items()}, draw(st.lists(properties(kinds), min_size=1))


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    """The configuration and the file of each load job."""
    found: Loads = []
    upload = bigquery.Client.load_table_from_file

    def kept(self: bigquery.Client, file: IO[bytes], *args: Any, **kwargs: Any) -> Any:
        found.append((kwargs["job_config"].to_api_repr()["load"], file.read()))
        file.seek(0)
        return upload(self, file, *args, **kwargs)

    monkeypatch.setattr(bigquery.Client, "load_table_from_file", kept)
    return found


def loaded(loads: Loads) -> Iterator[dict[str, Any]]:
    for load, content in loads:
        yield from rows(content, load)
    loads.clear()


@settings(max_examples=25, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(streams(), st.booleans())
def test_what_is_sent_is_what_bigquery_reads(nowhere: Target, loads: Loads, sent: Any, full: bool) -> None:  # noqa: FBT001
    declared, pairs = sent
    name, version = f"s{uuid.uuid4().hex[:8]}", {"version": 1} if full else {}
    messages: list[Any] = [schema(name, ["id"], id=INTEGER, **declared)]
    messages += [record(name, id=id_, **row) | version for id_, (row, _) in enumerate(pairs)]
    messages += [activate(name, 1)] * full
    nowhere.ok(b"".join(encode(one) + b"\n" for one in [*messages, state(at=1)]))
    found = {row["id"]: row for row in loaded(loads)}
    assert len(found) == len(pairs)
    for id_, (_, read) in enumerate(pairs):
        assert {column: found[id_][column] for column in read} == read


def test_a_job_says_what_its_file_needs(nowhere: Target, loads: Loads) -> None:
    """REST reference: DECIMALs are only NUMERIC unless it says BIGNUMERIC, and lists RECORDs without the inference."""
    head = schema("s", ["id"], id=INTEGER, wide=NUMBER | {"multipleOf": 1e-38}, items={"type": "array", "items": TEXT})
    nowhere.ok([head, record("s", id=1, wide=1.5, items=["x"]), state(at=1)])
    ((load, content),) = loads
    assert load["decimalTargetTypes"] == ["NUMERIC", "BIGNUMERIC"]
    assert (load["createDisposition"], load["writeDisposition"]) == ("CREATE_NEVER", "WRITE_APPEND")
    assert "schemaUpdateOptions" not in load  # the table has its columns before
    with pytest.raises(AssertionError, match="refuses DECIMAL"):
        rows(content, load | {"decimalTargetTypes": ["NUMERIC"]})
    with pytest.raises(AssertionError):
        rows(content, load | {"parquetOptions": {}})


def test_large_ones_too(nowhere: Target, loads: Loads) -> None:
    item = {"type": "object", "properties": {"b": TEXT | {"contentEncoding": "base64"}, "n": NUMBER, "t": TEXT}}
    wide = {"type": "array", "items": NUMBER | {"multipleOf": 1e-38}}
    head = schema(
        "s",
        ["id"],
        id=INTEGER,
        o={"type": "object", "properties": {"items": {"type": "array", "items": item}, "wide": wide}},
    )
    sent = [{"b": b64encode(bytes([n % 256]) * n).decode(), "n": n, "t": "é" * n} for n in range(3000)]
    numbers = [Decimal(n).scaleb(-38) for n in range(300_000)]
    body = record("s", id=1, o={"items": [*sent, sent[-1] | {"t": "x" * 2_000_000}], "wide": numbers})
    nowhere.ok(b"".join(encode(one) + b"\n" for one in [head, body, state(at=1)]))
    (row,) = loaded(loads)
    assert row["o"]["wide"] == numbers
    assert [item["n"] for item in row["o"]["items"]] == [*range(3000), 2999]
    assert row["o"]["items"][2999]["b"] == bytes([2999 % 256]) * 2999
    assert len(row["o"]["items"][3000]["t"]) == 2_000_000
