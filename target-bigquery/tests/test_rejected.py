"""``on_invalid_record: quarantine``: what a table cannot hold is kept beside it, and everything else is loaded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import INTEGER, NUMBER, TEXT, Target, activate, record, schema, state
from .proxy import FORWARD, Proxy

if TYPE_CHECKING:
    from sandbox import LocalBigQuery

HEAD = schema("r", ["id"], id=INTEGER, n=NUMBER, t=TEXT)
BAD: list[dict[str, Any]] = [
    {"id": 2, "n": "secret"},
    {"id": None, "n": 1},
    {"id": 4, "n": 0.12345678901},
    {"n": 5},
]
GOOD = [{"id": 1, "n": 1, "t": "a"}, {"id": 3, "n": 3, "t": "b"}, {"id": 1, "n": 2, "t": "c"}]


def rejected(target: Target) -> list[tuple[Any, ...]]:
    query = f"SELECT `column`, reason, record, line FROM `{target.dataset}`.r__rejected ORDER BY line"
    return [tuple(row.values()) for row in target.client.query(query).result()]


def test_bad_records_go_to_their_own_table_with_the_reason(target: Target) -> None:
    sent = [GOOD[0], BAD[0], BAD[1], GOOD[1], BAD[2], BAD[3], GOOD[2]]
    outcome = target.ok([HEAD, *(record("r", **r) for r in sent), state(at=1)], on_invalid_record="quarantine")
    assert outcome.states == [{"at": 1}]
    assert target.rows("r", "id", "n") == [{"id": 1, "n": 2}, {"id": 3, "n": 3}]
    found = rejected(target)
    assert [(column, json.loads(text), line) for column, _, text, line in found] == [
        ("n", BAD[0], 3),
        ("id", BAD[1], 4),
        ("n", BAD[2], 6),
        ("id", BAD[3], 7),
    ]
    assert "no number" in found[0][1]
    assert (outcome.total("rejected"), outcome.total("committed"), outcome.total("records")) == (4, 2 + 1, 3)
    assert "secret" not in outcome.log
    assert "4 records are in r__rejected" in outcome.log


def test_only_bad_records_in_a_long_run(target: Target) -> None:
    good = [record("r", id=n, n=n, t="x" * 60) for n in range(500)]
    bad = [record("r", id=n, n="x", t="x" * 60) for n in range(500, 1100)]
    outcome = target.ok([HEAD, *good, state(at=1), *bad, *good, state(at=2)], on_invalid_record="quarantine")
    assert outcome.states[-1] == {"at": 2}
    assert len(target.rows("r")) == 500
    assert [line for *_, line in rejected(target)] == list(range(503, 1103))


def test_a_snapshot_without_its_bad_records_and_streams_that_fail(target: Target) -> None:
    overrides = {"r": {"on_invalid_record": "quarantine"}}
    for version in (1, 2):
        sent = [record("r", version, **r) for r in (GOOD[0], BAD[0], GOOD[1])]
        outcome = target.ok([HEAD, *sent, activate("r", version), state(at=version)], stream_overrides=overrides)
        assert target.rows("r", "id") == [{"id": 1}, {"id": 3}]
        assert (outcome.total("rejected"), len(rejected(target))) == (1, version)
    assert outcome.total("unchanged") == 2
    target.fails([schema("s", ["id"], id=INTEGER), record("s", id="x")], 1, "line 2", stream_overrides=overrides)


def test_no_state_leaves_before_the_rejected_records_are_loaded(target: Target, emulator: LocalBigQuery) -> None:
    target.ok([HEAD, record("r", **BAD[0]), state(at=1)], on_invalid_record="quarantine")
    loads = 0

    def plan(method: str, path: str, _number: int) -> object:
        nonlocal loads
        loads += method == "POST" and "/upload/" in path
        return (403, "accessDenied") if loads == 2 and "/upload/" in path else FORWARD

    with Proxy(emulator.url, plan) as proxy:
        target.url = proxy.url
        messages = [HEAD, record("r", **GOOD[0]), record("r", **BAD[0]), state(at=2)]
        outcome = target.fails(messages, 1, "made up", on_invalid_record="quarantine", batch_size_bytes=1)
    assert outcome.states == []
    assert len(rejected(target)) == 1
    assert target.rows("r") == []


@pytest.mark.parametrize("second", ["r__rejected", "r//rejected"])
def test_a_stream_cannot_take_the_table_of_another_ones_rejected_records(nowhere: Target, second: str) -> None:
    messages = [HEAD, schema(second, [], id=INTEGER)]
    nowhere.fails(messages, 1, "line 2", "would share the table", on_invalid_record="quarantine")
