"""Whatever breaks: no row is lost or doubled, no STATE is ahead, one line says why."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import signal
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest
from google.cloud import bigquery

from .conftest import COMMAND, ENVIRONMENT, INTEGER, Target, activate, lines, record, schema, state
from .deaths import cut_off, killed
from .proxy import DROP, FORWARD, LOSE_ANSWER, Proxy

if TYPE_CHECKING:
    from sandbox import LocalBigQuery

HEAD = [schema("up", ["id"], id=INTEGER, n=INTEGER), schema("full", ["id"], id=INTEGER, n=INTEGER)]
BEFORE = [*HEAD, record("up", id=0, n=0), record("full", 1, id=0, n=0), activate("full", 1), state(at=0)]


def messages(after: int = 0, generation: int = 1) -> list[dict]:
    """What a tap sends that starts from STATE ``after``, of 3; key 0 changes with every STATE."""
    sent: list[dict] = [*HEAD]
    for at in range(after + 1, 3):
        sent += [record("up", id=at, n=generation), record("up", id=0, n=generation * 10 + at), state(at=at)]
    version = generation * 10 + after
    sent += [record("full", version, id=n, n=generation) for n in range(3)]
    return [*sent, activate("full", version), state(at=3)]


def up(target: Target) -> dict[int, int]:
    return {row["id"]: row["n"] for row in target.rows("up")}


def full(target: Target) -> set[int]:
    """The generations that the rows of the full table are of."""
    rows = target.rows("full")
    assert [row["id"] for row in rows] == [0, 1, 2]
    return {row["n"] for row in rows}


@pytest.mark.parametrize(("action", "moments"), [(LOSE_ANSWER, (6, 13)), (DROP, (5, 12))])
def test_cut_off_at_any_request_and_started_again(
    target: Target, emulator: LocalBigQuery, action: str, moments: tuple[int, ...]
) -> None:
    """At a request that BigQuery has carried out, or has not seen."""
    assert target.ok(messages()).states[-1] == {"at": 3}
    for generation, moment in enumerate(moments, 2):
        states = cut_off(target, emulator, messages(0, generation), moment, action)
        at = max((value["at"] for value in states), default=0)
        assert at < 3, "died too late to show anything"
        assert all(up(target)[n] == generation for n in range(1, min(at, 2) + 1)), "STATE is ahead of the data"
        assert full(target) in ({generation - 1}, {generation}), "half a snapshot"
        assert target.ok(messages(at, generation)).states[-1] == {"at": 3}
        assert up(target) == {0: generation * 10 + 2, 1: generation, 2: generation}
        assert full(target) == {generation}


def test_killed_by_force(target: Target, emulator: LocalBigQuery) -> None:
    """A process that ends without a word, after its first commit; every STATE that it wrote is true."""
    target.ok(BEFORE)
    states = killed(target, emulator, messages(), 9, LOSE_ANSWER)
    assert max((value["at"] for value in states), default=0) < 3
    assert set(up(target)) >= {value["at"] for value in states}
    assert target.ok(messages(max((value["at"] for value in states), default=0))).states[-1] == {"at": 3}
    assert up(target) == {0: 12, 1: 1, 2: 1}


def test_lost_answers_and_retryable_errors_double_nothing(target: Target, emulator: LocalBigQuery) -> None:
    seen: dict[str, int] = {}

    def plan(method: str, path: str, _number: int) -> object:
        if method == "GET":
            return FORWARD
        kind = path.split("?", maxsplit=1)[0]
        seen[kind] = seen.get(kind, 0) + 1
        return {1: (503, "backendError"), 2: DROP, 3: LOSE_ANSWER}.get(seen[kind], FORWARD)

    head = schema("log", [], n=INTEGER)
    with Proxy(emulator.url, plan) as proxy:
        through = dataclasses.replace(target, url=proxy.url)
        outcome = through.ok([head, record("log", n=1), record("log", n=2), state(at=1)])
    assert outcome.states == [{"at": 1}]
    assert target.rows("log") == [{"n": 1}, {"n": 2}]
    assert outcome.log.count("had already arrived") == 2
    target.ok([head, record("log", n=1), record("log", n=2)])
    assert len(target.rows("log")) == 4, "the same content in a later run is loaded again"


def test_a_commit_that_is_refused_leaves_everything_as_it_was(target: Target, emulator: LocalBigQuery) -> None:
    target.ok(BEFORE)

    def plan(method: str, path: str, _number: int) -> object:
        return (
            (403, "accessDenied")
            if method == "POST" and path.split("?", maxsplit=1)[0].endswith("/jobs") and "upload" not in path
            else FORWARD
        )

    with Proxy(emulator.url, plan) as proxy:
        outcome = dataclasses.replace(target, url=proxy.url).fails(messages(), 1, "made up")
    assert outcome.states == []
    assert target.rows("up") == target.rows("full") == [{"id": 0, "n": 0}]
    assert target.tables() == {"up", "full"}


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_with_the_last_true_state(target: Target, signum: int) -> None:
    process = target.start(commit_after_seconds=0)
    assert process.stdin
    assert process.stdout
    process.stdin.write(lines([HEAD[0], record("up", id=1, n=1), state(at=1)]))
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"at": 1}
    process.stdin.write(lines([HEAD[1], record("full", 3, id=1, n=1)]))
    process.stdin.flush()
    process.send_signal(signum)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (128 + signum, b"")
    assert f"signal {signum}" in err.decode()
    assert b"Traceback" not in err
    assert target.rows("up") == [{"id": 1, "n": 1}]
    assert target.tables() <= {"up", "full"}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ('{"type": "RECORD", "stream": "up", "record": {"id"', ["line 3", "cut off"]),
        ("not json", ["line 3", "no Singer message"]),
        (record("nobody", id=1), ["line 3", "'nobody' before its SCHEMA"]),
        (record("up", id=None, n=1), ["line 3", "stream up", "key id", "null or missing"]),
        (record("up", id=2, n="secret-1"), ["line 3", "stream up (key id): column n"]),
        ('{"type": "RECORD", "stream": "up", "record": {"id": 2, "id": 3}}', ["line 3", "twice"]),
        ({"type": "BATCH", "stream": "up"}, ["line 3", "BATCH"]),
        (schema("x", ["nope"], id=INTEGER), ["line 3", "nope"]),
        (schema("x", [], id=INTEGER) | {"key_properties": "id"}, ["line 3", "array", "str", "key_properties"]),
        (record("up", id=2) | {"time_extracted": 5}, ["line 3", "time_extracted"]),
        (record("up", id=2, n=float("nan")), ["line 3", "stream up (key id): column n", "NaN"]),
        ('{"type": "RECORD", "stream": "up", "record": {"id": 2, "n": "\\ud83d"}}', ["line 3", "up", "n", "surrogate"]),
        ('{"type": "RECORD", "stream": "up", "record": null}', ["line 3", "stream up", "not an object"]),
        (
            '{"type": "RECORD", "stream": "up", "record": {"id": ' + "[" * 20_000 + "]" * 20_000 + "}}",
            ["line 3", "deep"],
        ),
        (record("up", id=2, n=""), ["line 3", "stream up (key id): column n is an empty text", "quarantine"]),
        (schema("UP/", ["id"], id=INTEGER) | {"stream": "u p"}, []),
    ],
)
def test_broken_input_names_its_line(nowhere: Target, message: dict | str, words: list[str]) -> None:
    start = [HEAD[0], record("up", id=1, n=1)]
    if not words:
        nowhere.fails([schema("u.p", ["id"], id=INTEGER), *start, message], 1, "line 4", "would share the table")
        return
    data = lines([*start, message])[:-1] if isinstance(message, str) else lines([*start, message, state(at=1)])
    outcome = nowhere.fails(data, 1, *words)
    assert outcome.states == []
    assert "secret" not in outcome.log


def test_a_number_that_does_not_fit_stops_the_run(nowhere: Target) -> None:
    head = schema(
        "money",
        ["id"],
        id=INTEGER,
        lines={"type": "array", "items": {"type": "object", "properties": {"vat": {"type": "number"}}}},
    )
    bad = '{"type":"RECORD","stream":"money","record":{"id":1,"lines":[{"vat":0.1234567891}]}}'
    nowhere.fails([head, bad, state(at=1)], 1, "line 2", "money (key id)", "lines[].vat", "NUMERIC")


def test_nobody_answers(target: Target) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    outcome = target.fails(BEFORE, 1, "cannot be reached", api_endpoint=url, retry_seconds=0)
    assert outcome.states == []


def test_nobody_reads_the_state(target: Target) -> None:
    process = target.start(commit_after_seconds=0)
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    process.stdin.write(lines([HEAD[0], record("up", id=1, n=1), state(at=1)]))
    process.stdin.close()
    log = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(60) == 1
    assert "cannot write STATE to stdout" in log
    assert "Traceback" not in log


def test_the_staging_folder_cannot_be_written(nowhere: Target) -> None:
    nowhere.fails(BEFORE, 2, "staging_dir", staging_dir="/proc/nowhere")


def test_the_disk_is_full(target: Target) -> None:
    """A limit on the size of files stands in for a full disk: both fail in the middle of a write."""
    command = ["bash", "-c", 'ulimit -f 1; trap "" XFSZ; exec "$0" "$@"', str(target.folder / "run"), "--config", "ENV"]
    (target.folder / "run").symlink_to(COMMAND)
    environment = {
        **ENVIRONMENT,
        "TARGET_BIGQUERY_PROJECT": "local",
        "TARGET_BIGQUERY_DATASET": target.dataset,
        "TARGET_BIGQUERY_API_ENDPOINT": target.url,
    }
    rows = [record("up", id=n, n=n, t="x") for n in range(5000)]
    done = subprocess.run(
        command,
        input=lines([HEAD[0], *rows, state(at=1)]),
        capture_output=True,
        env=environment,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr.decode()
    assert b"cannot write staged files" in done.stderr
    assert done.stdout == b""


def test_staging_tables_of_dead_runs_are_dropped(target: Target) -> None:
    target.ok(BEFORE)
    for name, hours in (("up__staging_dead_1", 1), ("up__staging_alive_1", 23)):
        table = bigquery.Table(f"local.{target.dataset}.{name}", [bigquery.SchemaField("id", "INT64")])
        table.labels = {"singer_staging": "true"}
        table.expires = dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)
        target.client.create_table(table)
    target.ok(BEFORE)
    assert target.tables() == {"up", "full", "up__staging_alive_1"}


def test_records_of_which_nothing_would_be_loaded_are_refused(nowhere: Target) -> None:
    empty = [schema("e", []), {"type": "SCHEMA", "stream": "f", "schema": {}, "key_properties": None}]
    nowhere.ok([*empty, state(at=1)])
    nowhere.fails([*empty, record("f", x=1), state(at=1)], 1, "line 3", "stream f", "no properties")
    nowhere.fails([*empty, record("e", 5, x=1), activate("e", 5)], 1, "line 3", "stream e", "no properties")
