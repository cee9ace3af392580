"""What users of other BigQuery targets have reported, each with the thread it comes from; one run for all."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import INTEGER, NUMBER, TEXT, Target, activate, lines, record, schema, state
from .proxy import FORWARD, Proxy

if TYPE_CHECKING:
    from google.cloud import bigquery

    from sandbox import LocalBigQuery

UTC = dt.UTC
MOMENT, TIME = {"type": ["null", "string"], "format": "date-time"}, {"type": ["null", "string"], "format": "time"}
RESERVED = ("current", "order", "group", "select", "from", "table", "default", "struct", "hash", "rows")
WIDE = [f"{'a_rather_long_name_' * 3}{n}" for n in range(250)]
ITEM = {"type": ["null", "object"], "properties": {"price": NUMBER, "count": INTEGER}}
OBJECT = {"type": "object", "properties": {"k": INTEGER, "l": TEXT}}
MIXED = {"type": ["integer", "string"]}
MONEY = '{"type":"RECORD","stream":"money","record":{"id":1,"a":12345678901234567.89,"b":0.07,"s":"12.340"}}'
ONE_KEY = ["2026-01-02T03:04:05.123456+02:00", "2026-01-02 01:04:05.123456Z", "2026-01-02T03:04:05.123456999+0200"]


def sent() -> list[dict[str, Any] | str]:
    """One stream an issue, some of them in several batches and between each other's records."""
    money = schema("money", ["id"], id=INTEGER, a=NUMBER, b={"type": "number", "multipleOf": 0.01})
    money["schema"]["properties"]["s"] = {"type": ["null", "string"], "format": "singer.decimal"}
    return [
        schema("names", ["id"], id=INTEGER, FirstName=TEXT, First_Name=TEXT, firstname=TEXT, **{"first name": TEXT}),
        record("names", id=1, FirstName="a", First_Name="b", firstname="c", **{"first name": "d"}),
        money,
        MONEY,
        schema("moments", ["at"], at=MOMENT, h=TIME, n=INTEGER),
        *(record("moments", at=at, h="23:59:59.123456", n=n) for n, at in enumerate(ONE_KEY)),
        record("moments", at="2026-01-02T01:04:05.123457Z", h=None, n=9),
        schema(
            "nested",
            ["id"],
            id=INTEGER,
            one=ITEM,
            many={"type": "array", "items": ITEM},
            x={"type": ["integer", "string"]},
        ),
        record("nested", id=1, one={"price": 1.25, "count": 2}, many=[{"price": 0.1}], x=5),
        record("nested", id=2, one=None, many=[], x="5"),
        schema("full", ["id"], id=INTEGER, n=TEXT),
        *(record("full", 7, id=n, n="x" * 300) for n in range(900)),
        schema("order", ["select"], **dict.fromkeys(RESERVED, INTEGER)),
        record("order", **{name: n for n, name in enumerate(RESERVED)}),
        *(record("full", 7, id=n, n="x" * 300) for n in range(900, 1800)),
        schema("wide", ["id"], id=INTEGER, **dict.fromkeys(WIDE, NUMBER)),
        record("wide", id=1, **{name: n for n, name in enumerate(WIDE)}),
        activate("full", 7),
        schema("late", ["id"], id=INTEGER, a=TEXT),
        record("late", id=1, a="a"),
        schema(
            "late", ["id"], id=INTEGER, a=TEXT, b=NUMBER, o={"type": "object", "properties": {"k": INTEGER, "l": TEXT}}
        ),
        record("late", id=2, b=2, o={"k": 1, "l": "l"}),
        state(at=1),
    ]


@pytest.fixture(scope="module")
def loaded(emulator: LocalBigQuery, client: bigquery.Client, tmp_path_factory: pytest.TempPathFactory) -> Target:
    target = Target(client, tmp_path_factory.mktemp("issues"), emulator.url, f"t_{uuid.uuid4().hex[:12]}")
    assert target.ok(sent(), batch_size_bytes=20_000).states == [{"at": 1}]
    return target


def test_names_that_nearly_meet_keep_all_their_values(loaded: Target) -> None:
    """z3z1ma/target-bigquery#120, #121."""
    (row,) = loaded.rows("names")
    assert sorted(v for k, v in row.items() if k != "id") == ["a", "b", "c", "d"]


def test_money_is_exact_whatever_its_schema_says(loaded: Target) -> None:
    """adswerve/target-bigquery#11, RealSelf/target-bigquery#40; a ``multipleOf`` with a fraction."""
    row = {"id": 1, "a": Decimal("12345678901234567.89"), "b": Decimal("0.07"), "s": Decimal("12.34")}
    assert loaded.rows("money") == [row]


def test_keys_that_are_moments_keep_their_microseconds(loaded: Target) -> None:
    """jmriego/pipelinewise-target-bigquery#104, airbytehq/airbyte#75187, z3z1ma/target-bigquery#40."""
    first, second = loaded.rows("moments")
    assert first == {"at": dt.datetime(2026, 1, 2, 1, 4, 5, 123456, UTC), "h": dt.time(23, 59, 59, 123456), "n": 2}
    assert second["at"] == dt.datetime(2026, 1, 2, 1, 4, 5, 123457, UTC)


def test_numbers_in_objects_mixed_types_and_null_objects(loaded: Target) -> None:
    """pipelinewise-target-bigquery 1.5.0: fails at the first two, and writes the text "null" for the third."""
    first, second = loaded.rows("nested")
    assert first["one"] == {"price": Decimal("1.25"), "count": 2}
    assert first["many"] == [{"price": Decimal("0.1"), "count": None}]
    assert (first["x"], second["x"]) == (5, "5")
    assert (second["one"], second["many"]) == (None, [])


def test_a_full_refresh_in_several_files_is_all_of_them(loaded: Target) -> None:
    """adswerve/target-bigquery#2; z3z1ma/target-bigquery#55: the table has no expiry afterwards."""
    assert [row["id"] for row in loaded.rows("full", "id")] == list(range(1800))
    assert loaded.table("full").expires is None


def test_reserved_words_and_many_columns(loaded: Target) -> None:
    """airbytehq/airbyte#31994, #36303, #44093, #2174, #49833."""
    assert loaded.rows("order") == [{name: n for n, name in enumerate(RESERVED)}]
    (row,) = loaded.rows("wide")
    assert [row[name] for name in WIDE] == list(range(250))


def test_columns_that_come_in_mid_stream_are_filled(loaded: Target) -> None:
    """z3z1ma/target-bigquery#103, #125."""
    first, second = loaded.rows("late")
    assert (first["a"], first["b"], first["o"]) == ("a", None, None)
    assert (second["a"], second["b"], second["o"]) == (None, 2, {"k": 1, "l": "l"})


def test_a_run_without_records_changes_nothing_and_says_no_more_than_it_was_told(loaded: Target) -> None:
    """dlt-hub/dlt#3998; adswerve/target-bigquery#9."""
    heads = [message for message in sent() if isinstance(message, dict) and message["type"] == "SCHEMA"]
    before = loaded.table("money").modified
    assert loaded.ok([head for head in heads if head["stream"] in {"money", "full"}]).states == []
    assert loaded.table("money").modified == before
    assert len(loaded.rows("full", "id")) == 1800


def test_a_load_that_fails_once_at_the_end_is_repeated(loaded: Target, emulator: LocalBigQuery) -> None:
    """z3z1ma/target-bigquery#101: exit code 0, STATE printed, nothing loaded."""
    failed: list[str] = []

    def plan(method: str, path: str, _number: int) -> object:
        if method == "POST" and "/upload/" in path and not failed:
            failed.append(path)
            return (503, "backendError")
        return FORWARD

    with Proxy(emulator.url, plan) as proxy:
        last = Target(loaded.client, loaded.folder, proxy.url, loaded.dataset)
        message = lines([schema("late", ["id"], id=INTEGER), record("late", id=3), state(at=2)])
        assert last.ok(message).states == [{"at": 2}]
    assert failed
    assert [row["id"] for row in loaded.rows("late", "id")] == [1, 2, 3]
