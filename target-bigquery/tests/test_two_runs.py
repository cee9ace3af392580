"""Two runs into one table at once: their commits come one after the other, and labels never lie."""

from __future__ import annotations

import copy
import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from google.api_core import exceptions as api
from google.cloud import bigquery
from target_bigquery import connection
from target_bigquery.settings import parse

from .conftest import INTEGER, Target, activate, lines, record, schema, state
from .proxy import FORWARD, Proxy

if TYPE_CHECKING:
    import subprocess

    from sandbox import LocalBigQuery

HEAD = schema("t", ["id"], id=INTEGER, n=INTEGER)


def claim(target: Target, job: str) -> None:
    """As a run that is about to change the table."""
    table = target.table("t")
    table.labels = {**table.labels, "singer_commit": job}
    target.client.update_table(table, ["labels"])


def is_commit(method: str, path: str) -> bool:
    return method == "POST" and path.split("?", maxsplit=1)[0].endswith("/jobs") and "upload" not in path


@pytest.mark.parametrize("state_", ["RUNNING", "PENDING"])
def test_a_commit_waits_for_another_runs_commit(target: Target, emulator: LocalBigQuery, state_: str) -> None:
    target.ok([HEAD, record("t", id=1, n=1)])
    claim(target, "theirs")
    events: list[str] = []

    def plan(method: str, path: str, _number: int) -> object:
        if "/jobs/theirs_" in path:
            events.append("asked")
            if "theirs_1" in path:
                return (404, "notFound")
            job: dict[str, Any] = {"jobReference": {"projectId": "local", "jobId": "theirs_0", "location": "EU"}}
            done = "DONE" if len(events) > 3 else state_
            return job | {"status": {"state": done}, "configuration": {"query": {"query": "x"}}, "statistics": {}}
        if is_commit(method, path):
            events.append("committed")
        return FORWARD

    with Proxy(emulator.url, plan) as proxy:
        dataclasses.replace(target, url=proxy.url).ok([HEAD, record("t", id=1, n=2), state(at=1)])
    assert events == ["asked"] * 5 + ["committed"]
    assert target.rows("t") == [{"id": 1, "n": 2}]


def test_a_claim_of_a_process_that_died_before_its_commit_does_not_last(target: Target) -> None:
    target.ok([HEAD, record("t", id=1, n=1)])
    claim(target, "never-sent")
    target.ok([HEAD, record("t", id=1, n=2), state(at=1)])
    assert target.rows("t") == [{"id": 1, "n": 2}]
    assert target.table("t").labels["singer_commit"].startswith("target_bigquery_")


def test_a_snapshot_that_was_changed_meanwhile_is_not_taken_for_unchanged(
    target: Target, emulator: LocalBigQuery
) -> None:
    """Another run's commit comes between the swap and the label that says what the table holds."""
    full = [HEAD, record("t", 2, id=1, n=1), activate("t", 2), state(at=1)]
    swapped = False

    def plan(method: str, path: str, _number: int) -> object:
        nonlocal swapped
        if swapped and method == "GET" and "/tables/t?" in path + "?":
            swapped = False
            claim(target, "theirs")
            target.client.query(f"UPDATE `{target.dataset}`.t SET n = 9 WHERE TRUE").result()
        swapped = swapped or is_commit(method, path)
        return FORWARD

    with Proxy(emulator.url, plan) as proxy:
        dataclasses.replace(target, url=proxy.url).ok(full)
    assert target.rows("t", "n") == [{"n": 9}]
    again = target.ok([HEAD, record("t", 3, id=1, n=1), activate("t", 3), state(at=2)])
    assert again.total("unchanged") == 0
    assert target.rows("t", "n") == [{"n": 1}]


def test_of_updates_on_one_condition_one_is_carried_out(target: Target) -> None:
    """What every claim relies on, and two processes below: BigQuery refuses the others with 412."""
    target.ok([HEAD, record("t", id=1, n=1)])
    count, table = 8, target.table("t").to_api_repr()
    together = threading.Barrier(count)

    def update(client: bigquery.Client, run: int) -> bool:
        mine = bigquery.Table.from_api_repr(copy.deepcopy(table))
        mine.labels = {**mine.labels, "singer_commit": str(run)}
        together.wait()
        try:
            client.update_table(mine, ["labels"], retry=None)
        except api.PreconditionFailed:
            return False
        return True

    client = connection.client(parse(target.settings()))
    with ThreadPoolExecutor(count) as pool:
        assert sum(pool.map(update, [client] * count, range(count))) == 1


def test_two_processes_into_one_table(target: Target) -> None:
    """Each commits after every STATE: upserts of shared and of own keys, and a full table of another stream."""
    full = schema("full", ["id"], id=INTEGER, n=INTEGER)
    target.ok([HEAD, full, state(at=0)])

    def sent(run: int) -> bytes:
        messages = [HEAD, full]
        for at in range(3):
            own = [record("t", id=run * 100 + n, n=at) for n in range(3)]
            messages += [record("t", id=0, n=run), *own, state(at=at)]
        rows = [record("full", run, id=n, n=run) for n in range(run)]
        return lines([*messages, *rows, activate("full", run), state(at=9)])

    def finish(run: int, process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
        _, log = process.communicate(sent(run), timeout=100)
        return process.returncode, log

    processes = {run: target.start(commit_after_seconds=0) for run in (2, 3)}
    with ThreadPoolExecutor() as pool:
        for code, log in pool.map(finish, processes, processes.values()):
            assert code == 0, log.decode()
    rows = {row["id"]: row["n"] for row in target.rows("t")}
    assert rows.pop(0) in {2, 3}
    assert rows == {run * 100 + n: 2 for run in (2, 3) for n in range(3)}
    found = [row["n"] for row in target.rows("full")]
    assert found in ([2] * 2, [3] * 3), "one snapshot or the other"
