"""A record whose ``_sdc_deleted_at`` is set: a mark on its row, or the row's end."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from .conftest import INTEGER, TEXT, Target, activate, record, schema, state

WHEN = "2026-03-04T05:06:07Z"
MOMENT = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)
NESTED = {"type": ["object", "null"], "properties": {"a": TEXT}}
TAGS = {"type": ["array", "null"], "items": {"type": "string"}}
HEAD = schema("t", ["id"], id=INTEGER, n=TEXT, o=NESTED, tags=TAGS, j={})
ROW = {"n": "x", "o": {"a": "y"}, "tags": ["z"], "j": {"k": 1}}


def tombstone(version: int | None = None, /, **values: Any) -> dict[str, Any]:
    return record("t", version, _sdc_deleted_at=WHEN, **values)


def rows(target: Target) -> dict[int, dict[str, Any]]:
    """By id; ``None`` is left out."""
    query = f"SELECT id, n, o, tags, j, _sdc_deleted_at AS gone FROM `{target.dataset}`.t"
    found = (dict(row) for row in target.client.query(query).result())
    return {row.pop("id"): {k: v for k, v in row.items() if v not in (None, [])} for row in found}


def test_a_tombstone_marks_its_row_and_keeps_what_it_does_not_say(target: Target) -> None:
    target.ok([HEAD, *(record("t", id=n, **ROW) for n in (1, 2, 3)), state(at=1)])
    outcome = target.ok(
        [
            HEAD,
            tombstone(id=1),
            tombstone(id=2, n="last", tags=["w"]),
            record("t", id=3, n="alive"),
            tombstone(id=4),
            state(at=2),
        ]
    )
    assert outcome.states == [{"at": 2}]
    assert rows(target) == {
        1: ROW | {"gone": MOMENT},
        2: ROW | {"n": "last", "tags": ["w"], "gone": MOMENT},
        3: {"n": "alive"},
        4: {"gone": MOMENT},
    }
    target.ok([HEAD, record("t", id=1, n="back"), state(at=3)])
    assert rows(target)[1] == {"n": "back"}


def test_hard_delete_takes_the_row_away_in_the_same_commit(target: Target) -> None:
    target.ok([HEAD, *(record("t", id=n, **ROW) for n in (1, 2, 3)), state(at=1)])
    outcome = target.ok(
        [
            HEAD,
            tombstone(id=1),
            tombstone(id=2),
            record("t", id=2, n="back"),
            record("t", id=4, n="short"),
            tombstone(id=4),
            tombstone(id=5),
            state(at=2),
        ],
        hard_delete="true",
    )
    assert outcome.total("query_jobs") == 1
    assert rows(target) == {2: {"n": "back"}, 3: ROW}


@pytest.mark.parametrize("hard", [False, True])
def test_the_column_lands_without_metadata_columns(target: Target, *, hard: bool) -> None:
    moment = {"type": ["string", "null"], "format": "date-time"}
    head = schema("t", ["id"], id=INTEGER, n=TEXT, _sdc_deleted_at=moment)
    off = {"add_record_metadata": False, "hard_delete": hard}
    target.ok([head, record("t", id=1, n="a"), record("t", id=2, n="b"), state(at=1)], **off)
    target.ok([head, tombstone(id=1), state(at=2)], **off)
    assert [f.name for f in target.table("t").schema] == ["id", "n", "_sdc_deleted_at"]
    query = f"SELECT id, n, _sdc_deleted_at IS NOT NULL AS gone FROM `{target.dataset}`.t ORDER BY id"
    left = [tuple(row.values()) for row in target.client.query(query).result()]
    assert left == [(2, "b", False)] if hard else [(1, "a", True), (2, "b", False)]


def test_tombstones_in_a_full_table(target: Target) -> None:
    whole = [record("t", 1, id=1, n="a"), record("t", 1, id=2, n="b"), tombstone(1, id=2), activate("t", 1)]
    target.ok([HEAD, *whole, state(at=1)])
    assert rows(target) == {1: {"n": "a"}, 2: {"gone": MOMENT}}
    again = [{**m, "version": 2} for m in whole]
    target.ok([HEAD, *again, state(at=2)], hard_delete=True)
    assert rows(target) == {1: {"n": "a"}}


def test_in_a_log_a_tombstone_is_a_row(target: Target) -> None:
    messages = [HEAD, record("t", id=1, n="a"), tombstone(id=1), state(at=1)]
    target.ok(messages, hard_delete=True, load_method="append-only")
    assert target.rows("t", "id") == [{"id": 1}, {"id": 1}]
