"""Partitions, clusters and what a new dataset gets; and the literals that let a MERGE leave out the rest."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from target_bigquery import commit
from target_bigquery.rows import Rows
from target_bigquery.schema import Column
from target_bigquery.sql import constant

from .conftest import INTEGER, NUMBER, TEXT, Target, record, schema, state

DAY = {"type": "string", "format": "date"}
HEAD = schema("events", ["id"], id=INTEGER, t=TEXT, **{"Happened on": DAY})


def test_a_table_is_laid_out_as_its_stream_is_set_to(target: Target) -> None:
    overrides = {
        "events": {"partition_by": "Happened on", "partition_granularity": "month", "cluster_by": ["t", "nothing"]},
        "log": {"partition_by": "ingestion time"},
        "plain": {"partition_by": "nothing", "cluster_by": []},
    }
    streams = [HEAD, schema("log", ["id"], id=INTEGER), schema("plain", ["id"], id=INTEGER)]
    events = [record("events", id=n, t="a", **{"Happened on": f"2026-01-0{n}"}) for n in (1, 2)]
    rest = [record("log", id=1), record("plain", id=1), state(at=1)]
    expected = {"dataset_labels": {"team": "finance"}, "table_expiration_days": 7}
    target.ok([*streams, *events, *rest], stream_overrides=overrides, **expected)
    assert target.rows("events", "id") == [{"id": 1}, {"id": 2}]
    partitioned = target.table("events").time_partitioning
    assert (partitioned.field, partitioned.type_) == ("Happened_on", "MONTH")
    assert target.table("events").clustering_fields == ["t"]
    assert target.table("log").time_partitioning.field is None
    assert target.table("plain").time_partitioning is None
    assert not target.table("plain").clustering_fields
    dataset = target.client.get_dataset(f"local.{target.dataset}")
    assert dataset.labels == {"team": "finance", "created_by": "target-bigquery"}
    assert dataset.default_table_expiration_ms == 7 * 86_400_000
    target.ok([HEAD, record("events", id=2, t="b"), state(at=2)], stream_overrides=overrides)
    assert target.rows("events", "id", "t") == [{"id": 1, "t": "a"}, {"id": 2, "t": "b"}]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"partition_by": "n"}, "partition_by: column n is NUMERIC"),
        ({"partition_by": "day", "partition_granularity": "hour"}, "column day is a DATE, which has no hours"),
        ({"cluster_by": ["tags"]}, "cluster_by: column tags is ARRAY<STRING>"),
    ],
)
def test_a_layout_that_bigquery_does_not_have(nowhere: Target, settings: dict, words: str) -> None:
    tags = {"type": "array", "items": {"type": "string"}}
    nowhere.fails([schema("s", ["id"], id=INTEGER, n=NUMBER, day=DAY, tags=tags)], 1, "line 1", words, **settings)


def test_a_merge_looks_only_where_the_keys_can_be(target: Target) -> None:
    """Its statement names the least and the greatest key, of all blocks and files of the batch."""
    keys = {"a": INTEGER, "b": TEXT, "d": DAY, "at": {"type": "string", "format": "date-time"}}
    head = schema("k", list(keys), **keys, n=NUMBER)
    rows = [(5, "x", 3), (-7, 'a"\\b\n`', 1), (6, "zä", 9)]
    sent = [
        record("k", a=a, b=b, d=f"2026-01-0{d}", at=f"2026-01-0{d}T00:00:00+02:00", n=n)
        for n in (1, 2)
        for a, b, d in rows
    ]
    outcome = target.ok([head, *sent[:1], record("k", **sent[1]["record"]), *sent[2:], state(at=1)])
    assert outcome.total("query_jobs") == 1
    assert {(r["a"], r["b"], int(r["n"])) for r in target.rows("k")} == {(a, b, 2) for a, b, _ in rows}
    jobs = (job.query for job in target.client.list_jobs(max_results=50) if job.job_type == "query")
    merge = next(query for query in jobs if query.startswith(f"MERGE `local`.`{target.dataset}`"))
    for bounds in (
        "T.`a` BETWEEN -7 AND 6",
        f'T.`b` BETWEEN {json.dumps(rows[1][1])} AND "zä"',
        'T.`d` BETWEEN DATE "2026-01-01" AND DATE "2026-01-09"',
        'T.`at` BETWEEN TIMESTAMP "2025-12-31 22:00:00+00:00" AND TIMESTAMP "2026-01-08 22:00:00+00:00"',
    ):
        assert bounds in merge


def test_long_keys_are_no_literals() -> None:
    rows = Rows("s", (Column("k", "k", "STRING", required=True),), ("k",))
    assert "BETWEEN" not in commit.upsert("t", rows, {"k": ("a", "b" * 2000)})
    assert 'BETWEEN "a" AND "b"' in commit.upsert("t", rows, {"k": ("a", "b")})


def test_moments_are_written_in_utc() -> None:
    zone = dt.timezone(dt.timedelta(hours=-5))
    assert constant(dt.datetime(1, 1, 1, 20, tzinfo=zone)) == 'TIMESTAMP "0001-01-02 01:00:00+00:00"'
    assert constant(dt.date(9999, 12, 31)) == 'DATE "9999-12-31"'
