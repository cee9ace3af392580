"""RECORD lines that are dealt out to their streams: with the same result as one by one, and the same errors."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from target_bigquery import batches, loop, native, reader, run

from .conftest import INTEGER, NUMBER, TEXT, Target, activate, record, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADS = [schema(s, ["id"], id=INTEGER, t=TEXT, n=NUMBER) for s in "ab"]


def long(stream: str, start: int, count: int = 400, **more: Any) -> Iterator[dict[str, Any]]:
    return (record(stream, id=n, t="x" * 60, n=n / 4, **more) for n in range(start, start + count))


def test_files_end_before_their_writers_hold_much_together(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many streams in turn: small blocks, and a Parquet writer remembers each until its file is complete."""
    for module, name, value in ((reader, "CHUNK", 4096), (batches, "BUFFERED", 4096), (batches, "CHUNKS", 100)):
        monkeypatch.setattr(module, name, value)
    turns = [record(stream, id=n, t="x" * 60, n=n / 4) for n in range(400) for stream in "ab"]
    outcome = target.ok([*HEADS, *turns, state(at=1)])
    assert outcome.total("load_jobs") > len(HEADS)
    for stream in "ab":
        assert sorted(row["n"] for row in target.rows(stream)) == [Decimal(n) / 4 for n in range(400)]


def turned(message: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(message.items()))


@pytest.mark.parametrize("compiled", [True, False])
def test_runs_of_every_kind_are_read_back(target: Target, monkeypatch: pytest.MonkeyPatch, *, compiled: bool) -> None:
    if not compiled:
        for module in (native, loop, run):
            monkeypatch.setattr(module, "RECORDS", None)
    messages: list[Any] = [
        *HEADS,
        *long("a", 0),
        state(at=1),
        *long("b", 0),
        "",
        *long("a", 200, version=None),
        *map(turned, long("b", 400)),
        *long("a", 600, note="undeclared"),
        *(one for n in range(0, 300, 30) for s in "ba" for one in long(s, n, 30)),
        *(record("ba"[n % 2], id=n, t="x", n=n / 4) for n in range(300)),
        record("a", id="7", t=8, n="9.5"),
        *long("a", 1000, 300),
        state(at=2),
    ]
    outcome = target.ok(messages)
    assert ("without a C compiler" in outcome.log) is not compiled
    assert outcome.states[-1] == {"at": 2}
    assert outcome.total("records") == outcome.total("committed") == 400 * 5 + 301 + 900
    want = {n: n / 4 for n in (*range(1000), *range(1000, 1300))} | {7: 9.5}
    assert {r["id"]: float(r["n"]) for r in target.rows("a")} == want
    assert {r["id"]: float(r["n"]) for r in target.rows("b")} == {n: n / 4 for n in range(800)}
    query = f"SELECT COUNT(DISTINCT _sdc_sequence) AS n, MIN(_sdc_extracted_at) AS at FROM `{target.dataset}`.a"
    (found,) = target.client.query(query).result()
    assert (found["n"], found["at"].isoformat()) == (1300, "2026-01-02T03:04:05+00:00")


def test_a_version_in_mid_run_begins_a_full_table(target: Target) -> None:
    versioned = [record("a", 5, id=n, t="v", n=1) for n in range(3)]
    target.ok([*HEADS, *long("a", 0), *versioned, activate("a", 5), state(at=1)])
    assert [r["id"] for r in target.rows("a")] == [0, 1, 2]


def test_versioned_runs_with_json_columns_are_the_same_as_single_records(target: Target) -> None:
    """The second snapshot comes with blank lines that break the runs: it is the same."""
    head = schema("v", ["id"], id=INTEGER, t=TEXT, j={})
    texts = [None, {"a": [1, "ü"]}, "text", 1234567890123456, [], False]
    sent = [record("v", 3, id=n, t="x" * 90, j=texts[n % len(texts)]) for n in range(900)]
    target.ok([head, *sent, activate("v", 3), state(at=1)])
    assert {row["id"]: row["j"] for row in target.rows("v", "id", "j")} == {n: texts[n % 6] for n in range(900)}
    broken = [part for message in sent for part in (message | {"version": 4}, "")]
    again = target.ok([head, *broken, activate("v", 4), state(at=2)])
    assert (again.total("unchanged"), again.total("load_jobs")) == (900, 0)


def test_versions_that_are_mixed_within_a_run_are_refused(nowhere: Target) -> None:
    rows = [record("a", 5, id=n, t="x" * 60) for n in range(700)]
    mixed = [*rows[:400], rows[400] | {"version": 6}, *rows[401:]]
    nowhere.fails([*HEADS, *mixed, activate("a", 5), state(at=1)], 1, "line 403", "another version")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ('"record":{"id":1,"t":[]}}', ["stream a (key id)", "column t"]),
        ('"record":{"id":1,"id":2}}', ["one property twice"]),
        ('"record":{"id":1}', ["is no Singer message"]),
        ('"record":{"id":1},"stream":"b"}', ["before its SCHEMA"]),
    ],
)
def test_the_line_of_a_bad_record_is_named(nowhere: Target, bad: str, words: list[str]) -> None:
    compact = [json.dumps(m, separators=(",", ":")) for m in long("a", 0, 1000)]
    lines = [json.dumps(HEADS[0]), *compact[:700], '{"type":"RECORD","stream":"a",' + bad, *compact[700:]]
    if "stream" in bad[10:]:
        lines[701] = lines[701].replace('"stream":"a",', "", 1)
    nowhere.fails(lines, 1, "line 702 of the input", *words)
