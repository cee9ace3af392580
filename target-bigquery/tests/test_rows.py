"""Records of every type, with and without keys, read back from their tables."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from typing import TYPE_CHECKING

from .conftest import INTEGER, NUMBER, TEXT, record, schema, state

if TYPE_CHECKING:
    from .conftest import Target

UTC = dt.UTC


def test_the_last_record_of_a_key_wins_within_and_over_runs(target: Target) -> None:
    head = schema("orders", ["a", "b"], a=INTEGER, b=TEXT, n=INTEGER)
    first = [record("orders", a=1, b="x", n=1), record("orders", a=1, b="y", n=2), record("orders", a=1, b="x", n=3)]
    outcome = target.ok([head, *first, state(at=1)])
    assert outcome.states == [{"at": 1}]
    assert target.rows("orders") == [{"a": 1, "b": "x", "n": 3}, {"a": 1, "b": "y", "n": 2}]
    target.ok(
        [head, record("orders", a=1, b="y", n=9), record("orders", a=2, b="y", n=8), record("orders", a=1, b="y")]
    )
    assert target.rows("orders") == [
        {"a": 1, "b": "x", "n": 3},
        {"a": 1, "b": "y", "n": None},
        {"a": 2, "b": "y", "n": 8},
    ]


def test_without_a_key_and_with_append_only_every_record_is_a_row(target: Target) -> None:
    keyless, keyed = schema("keyless", [], id=INTEGER), schema("keyed", ["id"], id=INTEGER)
    target.ok([keyless, record("keyless", id=1), record("keyless", id=1)])
    target.ok([keyless, record("keyless", id=1)])
    assert target.rows("keyless") == [{"id": 1}] * 3
    target.ok([keyed, record("keyed", id=1), record("keyed", id=1)], load_method="append-only")
    assert target.rows("keyed") == [{"id": 1}] * 2
    assert target.table("keyed").table_constraints is None, "BigQuery believes what is declared"


def test_every_type_is_read_back_as_it_was_sent(target: Target) -> None:
    address = {
        "type": ["object", "null"],
        "properties": {"city": TEXT, "since": {"type": ["string", "null"], "format": "date"}, "lat": NUMBER},
    }
    head = schema(
        "things",
        ["id"],
        id=INTEGER,
        amount=NUMBER,
        price={"type": ["null", "string", "number"]},
        flag={"type": ["boolean", "null"]},
        at={"type": ["string", "null"], "format": "date-time"},
        day={"type": ["string", "null"], "format": "date"},
        hour={"type": ["string", "null"], "format": "time"},
        note=TEXT,
        address=address,
        tags={"type": ["array", "null"], "items": {"type": "string"}},
        items={"type": ["array", "null"], "items": address},
        free={},
        grid={"type": "array", "items": {"type": "array", "items": INTEGER}},
    )
    full = """{"type":"RECORD","stream":"things","record":{"id":9223372036854775807,
      "amount":12345678901234567890.123456789,
      "price":"a","flag":true,"at":"2026-01-02T03:04:05.678901+02:30","day":"0001-01-01","hour":"23:59:59.999999",
      "note":"caf\\u00e9 \\ud83d\\ude00 \\"q\\" \\\\ \\n `x` ' -- ;",
      "address":{"city":"Oulu","since":"2020-02-29","lat":-0.1},
      "tags":["a","","b"],"items":[{"city":"x"},{"lat":1e2}],"free":{"b":[1,{"c":null}]},"grid":[[1],[2,3]]}}"""
    odd = [
        record("things", id="2", amount="2.50", at="2026-01-02 03:04:05.123456789Z", day="2026-01-02T00:00:00Z"),
        record("things", id=3.0, amount=-1, at="9999-12-31T23:59:59.999999", note=7, hour="10:30"),
        record("things", id=4),
    ]
    target.ok([head, full.replace("\n", ""), *odd])
    rows = {row["id"]: row for row in target.rows("things")}
    assert rows[2**63 - 1] == {
        "id": 2**63 - 1,
        "amount": Decimal("12345678901234567890.123456789"),
        "price": "a",
        "flag": True,
        "at": dt.datetime(2026, 1, 2, 0, 34, 5, 678901, UTC),
        "day": dt.date(1, 1, 1),
        "hour": dt.time(23, 59, 59, 999999),
        "note": 'café 😀 "q" \\ \n `x` \' -- ;',
        "address": {"city": "Oulu", "since": dt.date(2020, 2, 29), "lat": Decimal("-0.1")},
        "tags": ["a", "", "b"],
        "items": [{"city": "x", "since": None, "lat": None}, {"city": None, "since": None, "lat": Decimal(100)}],
        "free": {"b": [1, {"c": None}]},
        "grid": [[1], [2, 3]],
    }
    assert rows[2]["amount"] == Decimal("2.5")
    assert rows[2]["at"] == dt.datetime(2026, 1, 2, 3, 4, 5, 123456, UTC)
    assert rows[2]["day"] == dt.date(2026, 1, 2)
    assert rows[3] == rows[4] | {
        "id": 3,
        "amount": Decimal(-1),
        "at": dt.datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
        "note": "7",
        "hour": dt.time(10, 30),
    }
    assert rows[4] == dict.fromkeys(rows[4]) | {"id": 4, "tags": [], "items": []}


def test_a_table_says_what_its_schema_says(target: Target) -> None:
    head = schema(
        "Sales.Orders/2026",
        ["Order Id"],
        **{
            "Order Id": {"type": "integer", "description": "The order's number."},
            "amount": NUMBER | {"description": 'In euro; "gross" `net`\\n'},
            "id": INTEGER,
            "ID": INTEGER,
        },
    )
    head["schema"]["description"] = "All orders."
    rows = [record("Sales.Orders/2026", **{"Order Id": 1, "amount": 2, "id": 3, "ID": 4})]
    target.ok([head, *rows, state(at=1)])
    table = target.table("Sales_Orders_2026")
    fields = {f.name: f for f in table.schema}
    assert table.description == "All orders."
    assert table.clustering_fields == ["Order_Id"]
    assert table.table_constraints.primary_key.columns == ["Order_Id"]
    assert (fields["Order_Id"].mode, fields["amount"].field_type) == ("REQUIRED", "NUMERIC")
    assert fields["Order_Id"].description == "The order's number. [Order Id]"
    assert fields["amount"].description == 'In euro; "gross" `net`\\n'
    values = {
        f.description: target.rows(table.table_id, f.name)[0][f.name]
        for f in table.schema
        if f.name.lower().startswith("id_")
    }
    assert values["[id]"] == 3
    assert values["[ID]"] == 4
    assert target.client.get_dataset(f"local.{target.dataset}").location == "EU"


def test_metadata_columns_can_be_left_out_and_order_the_records(target: Target) -> None:
    head = schema("plain", ["id"], id=INTEGER)
    target.ok([head, record("plain", id=1), record("plain", id=1)], add_record_metadata="false")
    assert [f.name for f in target.table("plain").schema] == ["id"]
    head = schema("dressed", ["id"], id=INTEGER)
    target.ok([head, record("dressed", id=1), record("dressed", id=2)])
    query = f"SELECT * FROM `{target.dataset}`.dressed ORDER BY id"
    first, second = (dict(row) for row in target.client.query(query).result())
    assert first["_sdc_extracted_at"] == dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert second["_sdc_sequence"] == first["_sdc_sequence"] + 1
    assert first["_sdc_received_at"] <= first["_sdc_batched_at"] <= dt.datetime.now(UTC)
    assert (first["_sdc_deleted_at"], first["_sdc_table_version"]) == (None, None)
    assert target.tables() == {"plain", "dressed"}


def test_many_files_and_interleaved_streams(target: Target) -> None:
    messages = [schema("a", ["id"], id=INTEGER, t=TEXT), schema("b", ["id"], id=INTEGER, t=TEXT)]
    for n in range(3000):
        messages += [record("ab"[n % 2], id=n // 3, t=str(n))]
        if n % 100 == 99:
            messages += [state(at=n)]
    outcome = target.ok(messages, batch_size_rows=1)
    assert outcome.states[-1] == {"at": 2999}
    for name, odd in (("a", 0), ("b", 1)):
        want = {n // 3: str(n) for n in range(3000) if n % 2 == odd}
        assert {r["id"]: r["t"] for r in target.rows(name)} == want


def test_a_stream_without_records_costs_no_job(target: Target) -> None:
    outcome = target.ok([schema("empty", ["id"], id=INTEGER), state(at=1)])
    assert outcome.states == [{"at": 1}]
    assert (outcome.total("load_jobs"), outcome.total("query_jobs")) == (0, 0)
    assert target.rows("empty") == []


def test_streams_differ_and_jobs_say_whose_they_are(target: Target) -> None:
    messages = [schema(s, ["id"], id=INTEGER) for s in ("Log/Été", "up")]
    messages += [record(s, id=1) for s in ("Log/Été", "up") for _ in range(2)]
    overrides = {"Log*": {"load_method": "append-only", "add_record_metadata": False}}
    target.ok(messages, stream_overrides=overrides, maximum_bytes_billed=10**9)
    (log,) = (t for t in target.tables() if t.startswith("Log"))
    assert target.rows(log) == [{"id": 1}] * 2
    assert target.rows("up", "id") == [{"id": 1}]
    assert [f.name for f in target.table(log).schema] == ["id"]
    (run,) = target.client.query(f"SELECT _sdc_run_id FROM `{target.dataset}`.up").result()
    jobs = [job for job in target.client.list_jobs() if job.labels.get("singer_run") == run["_sdc_run_id"]]
    streams = {(job.job_type, job.labels["singer_stream"]) for job in jobs}
    assert streams == {(kind, stream) for kind in ("load", "query") for stream in (log.lower(), "up")}
    assert {job.labels["created_by"] for job in jobs} == {"target-bigquery"}
    assert {job.maximum_bytes_billed for job in jobs if job.job_type == "query"} == {10**9}


def test_numbers_that_are_no_json_are_what_their_column_makes_of_them(target: Target) -> None:
    """Python's json writes NaN and infinities bare; in a run of records and alone, and behind a byte order mark."""
    head = "\ufeff" + json.dumps(schema("s", ["id"], id=INTEGER, n=NUMBER, t=TEXT))
    odd = [float("nan"), float("-inf"), 1e308, 0.1 + 0.2]
    sent = [record("s", id=i, n=odd[i] if i < len(odd) else i / 2, t='"NaN\\" NaN' + "x" * 90) for i in range(200)]
    target.ok([head, *sent[:3], state(at=1), *sent[3:], state(at=2)], number_type="FLOAT64")
    found = {row["id"]: row for row in target.rows("s")}
    assert math.isnan(found[0]["n"])
    assert [found[i]["n"] for i in range(1, 200)] == [*odd[1:], *(i / 2 for i in range(4, 200))]
    assert {row["t"] for row in found.values()} == {'"NaN\\" NaN' + "x" * 90}
