"""Kills and faults at random: a few of a fixed seed each time, hundreds with ``make storm``."""

from __future__ import annotations

import contextlib
import dataclasses
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import LocalBigQuery

from .conftest import INTEGER, TEXT, Target, activate, record, schema, state
from .deaths import cut_off, killed
from .proxy import DROP, FORWARD, LOSE_ANSWER, Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from .deaths import Death

STEPS = 3  # STATEs of one synchronisation
WIDER = 2  # the step from which on the stream "up" has another column
OVERRIDES = {"log": {"load_method": "append-only"}, "over": {"load_method": "overwrite"}}
FAULTS = [(500, "internalError"), (503, "backendError"), (429, "rateLimitExceeded"), (403, "rateLimitExceeded")]
FAULTS += [(502, "badGateway"), DROP, LOSE_ANSWER]


def up(at: int) -> list[int]:
    """The ids of a step; 0 comes in every one."""
    return [0, *range(at * 10 + 1, at * 10 + 6)]


def messages(after: int, generation: int) -> list[dict[str, Any]]:
    """What a tap sends that starts from STATE ``after``: four streams, one of them growing a column on the way."""
    narrow = schema("up", ["id"], id=INTEGER, n=INTEGER)
    wide = schema("up", ["id"], id=INTEGER, n=INTEGER, **{f"extra{generation}": TEXT})
    sent = [schema("log", ["id"], id=INTEGER, n=INTEGER), schema("over", [], n=INTEGER)]
    sent += [schema("full", ["id"], id=INTEGER, n=INTEGER), wide if after >= WIDER else narrow]
    for at in range(after + 1, STEPS + 1):
        if at == WIDER:
            sent.append(wide)
        extra = {f"extra{generation}": f"{generation}-{at}"} if at >= WIDER else {}
        sent += [record("up", id=id_, n=generation * 10 + at, **extra) for id_ in up(at)]
        sent += [record("log", id=at, n=generation), state(at=at)]
    version = generation * 10 + after
    sent += [record("full", version, id=n, n=generation) for n in range(generation % 4)]
    sent += [record("over", n=generation) for _ in range(3)]
    return [*sent, activate("full", version), state(at=STEPS + 1)]


def check(target: Target, generation: int, at: int) -> None:
    """What is committed up to STATE ``at`` is there, and no table is half of two."""
    rows = {row["id"]: row for row in target.rows("up")}
    for step in range(1, min(at, STEPS) + 1):
        for id_ in up(step)[1:]:
            assert rows[id_]["n"] == generation * 10 + step, "STATE is ahead of the data"
            if step >= WIDER:
                assert rows[id_][f"extra{generation}"] == f"{generation}-{step}"
    found, over = snapshots(target)
    assert set(found) | set(over) <= {generation - 1, generation}
    logged = Counter((row["id"], row["n"]) for row in target.rows("log"))
    assert all(logged[step, generation] for step in range(1, min(at, STEPS) + 1))
    if at > STEPS:
        assert found == [generation] * (generation % 4)
        assert over == [generation] * 3
        assert rows[0]["n"] == generation * 10 + STEPS


def snapshots(target: Target) -> tuple[list[int], list[int]]:
    """The full tables, each of one generation and whole."""
    full, over = ([row["n"] for row in target.rows(table)] for table in ("full", "over"))
    assert full == [g for g in set(full) for _ in range(g % 4)], "half a snapshot"
    assert over == over[:1] * 3, "half a snapshot"
    return full, over


def last(states: list[Any]) -> int:
    return max((value["at"] for value in states), default=0)


def kills(target: Target, emulator: LocalBigQuery, die: Death, seed: int, count: int) -> None:
    """Die at random requests; go on from the last STATE."""
    rng = random.Random(seed)
    target.config["stream_overrides"] = OVERRIDES
    assert last(target.ok(messages(0, 1), commit_after_seconds=0).states) == STEPS + 1
    at, generation = 0, 2
    for _ in range(count):
        moment, action = rng.randrange(45), rng.choice([DROP, LOSE_ANSWER])
        at = max(at, last(die(target, emulator, messages(at, generation), moment, action)))
        check(target, generation, at)
        if at > STEPS:
            at, generation = 0, generation + 1
    assert last(target.ok(messages(at, generation)).states) == STEPS + 1
    check(target, generation, STEPS + 1)


def watched(target: Target, emulator: LocalBigQuery, sent: list[Any], moment: int, action: str) -> list[Any]:
    """``killed``, while a reader looks at the full tables all the time."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.3):
            snapshots(target)

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(look)
        try:
            states = killed(target, emulator, sent, moment, action)
        finally:
            over.set()
    reader.result()
    return states


def faults(target: Target, emulator: LocalBigQuery, seed: int, generations: Sequence[int] = (1, 2)) -> None:
    """One request in four fails in a way that BigQuery documents as worth repeating, or its answer is lost."""
    rng = random.Random(seed)

    def plan(_method: str, _path: str, _number: int) -> object:
        return rng.choice(FAULTS) if rng.random() < 0.25 else FORWARD

    target.config["stream_overrides"] = OVERRIDES
    with Proxy(emulator.url, plan) as proxy:
        through = dataclasses.replace(target, url=proxy.url)
        for generation in generations:
            outcome = through.ok(messages(0, generation), commit_after_seconds=0, retry_seconds=120)
            assert last(outcome.states) == STEPS + 1
            check(target, generation, STEPS + 1)
    logged = Counter((row["id"], row["n"]) for row in target.rows("log"))
    assert logged == dict.fromkeys(((step, g) for step in range(1, STEPS + 1) for g in generations), 1), (
        "doubled or lost"
    )


def test_cut_off_at_random_points(target: Target, emulator: LocalBigQuery) -> None:
    kills(target, emulator, cut_off, seed=1, count=1)


def test_random_faults(target: Target, emulator: LocalBigQuery) -> None:
    faults(target, emulator, seed=1, generations=(1,))


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[LocalBigQuery]:
    """Its own local BigQuery: one that has seen thousands of jobs is slow."""
    with LocalBigQuery(tmp_path / "bigquery") as running:
        yield running


@pytest.mark.storm
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("seed", range(10))
def test_storm_of_kills(target: Target, fresh: LocalBigQuery, seed: int) -> None:
    with contextlib.closing(fresh.client()) as client:
        kills(dataclasses.replace(target, client=client, url=fresh.url), fresh, watched, seed=seed, count=20)


@pytest.mark.storm
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("seed", range(30))
def test_storm_of_faults(target: Target, emulator: LocalBigQuery, seed: int) -> None:
    faults(target, emulator, seed=seed)
