"""A fingerprint is the same wherever blocks end and whoever converted them, and another for any other rows."""

from __future__ import annotations

import itertools
import json
import random
from typing import Any

import pyarrow as pa
import pytest
from target_bigquery.arrow import BlockReader
from target_bigquery.compiled import RECORDS
from target_bigquery.fingerprint import Fingerprint
from target_bigquery.native import NativeReader
from target_bigquery.schema import columns

from .made_up import Writer, schema

ITEM = pa.struct([("a", pa.int64()), ("b", pa.string())])


def fingerprint(*blocks: list[pa.Array]) -> str:
    made = Fingerprint()
    for block in blocks:
        made.add(block)
    return str(made)


def table(seed: int) -> tuple[NativeReader, BlockReader, list[bytes]]:
    rng = random.Random(seed)
    made = columns(schema(rng), (), metadata=False)
    writer = Writer(rng, 0)
    return NativeReader(made), BlockReader(made), [writer.object(made).encode() for _ in range(40)]


@pytest.mark.parametrize("seed", range(20))
def test_blocks_may_end_anywhere(seed: int) -> None:
    _, reader, rows = table(seed)
    ends = sorted(random.Random(seed).sample(range(1, 40), 3))
    parts = [rows[a:b] for a, b in itertools.pairwise([0, *ends, 40])]
    whole = reader.read(rows)
    expected = fingerprint(whole)
    assert fingerprint(*map(reader.read, parts)) == expected
    assert fingerprint(*([a[s : s + 7] for a in whole] for s in range(0, 40, 7))) == expected


@pytest.mark.skipif(RECORDS is None, reason="no C compiler at installation")
@pytest.mark.parametrize("seed", range(20))
def test_whoever_read_the_rows(seed: int) -> None:
    native, reader, rows = table(seed)
    assert fingerprint(native.bare(rows) or []) == fingerprint(reader.read(rows))


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        (pa.string(), [None, "", "a", "ab", "b", "a\0"]),
        (pa.int64(), [None, 0, 1, 256]),
        (pa.bool_(), [None, False, True]),
        (pa.list_(pa.string()), [None, [], [""], ["", ""], ["a"], ["a", "b"], ["ab"]]),
        (ITEM, [None, {}, {"a": 0}, {"b": ""}, {"a": 0, "b": ""}]),
        (pa.list_(ITEM), [None, [], [{}], [{}, {}], [{"a": 1}], [{"b": "1"}]]),
    ],
)
def test_no_two_columns_have_the_same(type_: pa.DataType, values: list[Any]) -> None:
    made = [list(v) for n in range(3) for v in itertools.product(values, repeat=n)]
    found = {fingerprint([pa.array(one, type_)]) for one in made}
    assert len(found) == len(made), json.dumps(made)


def test_what_came_before_and_large_rows_count() -> None:
    a, b = Fingerprint(), Fingerprint("before")
    assert str(a) != str(b)
    row = [pa.array([1])]
    made = []
    for order in (["row", "large"], ["large", "row"], ["row", "other"], ["row"]):
        one = Fingerprint()
        for kind in order:
            one.add(row) if kind == "row" else one.add_large(kind.encode())
        made.append(str(one))
    assert len(set(made)) == len(made)
