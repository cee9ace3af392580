"""Where a stream goes: one dataset for all, or one for each namespace."""

from __future__ import annotations

from dataclasses import replace

import pytest
from target_bigquery.datasets import place
from target_bigquery.erase import erase
from target_bigquery.settings import parse

from .conftest import INTEGER, Target, record, schema, state

STREAMS = ("acme-orders", "globex.orders", "acme-order-lines")


@pytest.mark.parametrize(
    ("dataset", "stream", "expected"),
    [
        ("raw", "public-orders", ("raw", "public_orders")),
        ("raw_{stream_namespace}", "public-orders", ("raw_public", "orders")),
        ("{stream_namespace}", "public.order-lines", ("public", "order_lines")),
        ("{stream_namespace}_x", "my shop-orders", ("my_shop_x", "orders")),
    ],
)
def test_the_place_of_a_stream(dataset: str, stream: str, expected: tuple[str, str]) -> None:
    assert place(dataset, stream) == expected


def test_each_namespace_gets_its_dataset(target: Target) -> None:
    config = {"dataset": target.dataset + "_{stream_namespace}", "erasure_key": "secret"}
    heads = [schema(stream, ["id"], id=INTEGER) for stream in STREAMS]
    sent = [record(stream, id=n) for n in (1, 2) for stream in STREAMS]
    for _ in range(2):
        outcome = target.ok([*heads, *sent, state(at=1)], **config)
        assert outcome.states == [{"at": 1}]
        erase(parse(target.settings(**config)), "globex.orders", ["1"])
    acme, globex = (replace(target, dataset=f"{target.dataset}_{name}") for name in ("acme", "globex"))
    assert acme.tables() == {"orders", "order_lines"}
    assert globex.tables() == {"orders", "singer_erased"}
    assert [row["id"] for row in acme.rows("orders", "id")] == [1, 2]
    assert [row["id"] for row in globex.rows("orders", "id")] == [2]


@pytest.mark.parametrize(
    ("streams", "words"),
    [
        (["orders"], "stream orders has no namespace, as {stream_namespace} in dataset wants it"),
        (["a-orders", "b-orders", "a.orders"], "'a-orders' and 'a.orders' would share the table orders"),
    ],
)
def test_a_stream_without_a_place_of_its_own(nowhere: Target, streams: list[str], words: str) -> None:
    heads = [schema(stream, ["id"], id=INTEGER) for stream in streams]
    nowhere.fails(heads, 1, f"line {len(heads)}", words, dataset="d_{stream_namespace}")
