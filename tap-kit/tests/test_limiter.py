"""The limiter against a vendor that counts every request, on a clock that only the tests move."""

from __future__ import annotations

import heapq
import random
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tap_kit import limiter
from tap_kit.limiter import LATEST, Duration, Limiter, Rate, paced

FIRST = 16
# Seconds that a request, and the answer to each kind of it, take at least.
OUT, BACK = 0.07, {"list": 0.08, "details": 0.9}


@dataclass
class Clock:
    """Time that passes in sleep alone, now and then more of it than was asked for; requests are answered in it.

    It stands for the limiter's condition, too, whose wait ends with the next answer.
    """

    overslept: float = 0.0
    now: float = 1000.0
    due: list[tuple[float, int, ExitStack]] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(1))

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        end = self.now + seconds + self.dice.random() * self.overslept
        while self.due and self.due[0][0] <= end:
            self.now, _, request = heapq.heappop(self.due)
            request.close()
        self.now = end

    def wait(self, seconds: float) -> None:
        answer = self.due[0][0] if self.due else self.now + seconds
        self.sleep(min(seconds, max(answer - self.now, 0.0)))

    def notify(self) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


def arrivals(rate: Rate, clock: Clock, pauses: list[float], late: float = 0.0) -> list[float]:
    """When requests come to the vendor, each asked for so many seconds after the one before it has started.

    The first are not late: by them, the fastest answers are known.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limiter, "time", clock)
        budget, found, order = Limiter([rate], in_flight=1000), [], count()
        patch.setattr(budget, "_told", clock)
        for number, pause in enumerate([5.0] * FIRST + pauses):
            clock.sleep(pause)
            request = ExitStack()
            kind = clock.dice.choice(tuple(BACK))
            request.enter_context(budget.slot(kind))
            found.append(clock.now + OUT + clock.dice.random() * late * (number >= FIRST))
            heapq.heappush(clock.due, (found[-1] + BACK[kind], next(order), request))
        clock.overslept = 0.0
        clock.sleep(1000)
    return found[FIRST:]


def refused(at: list[float], rate: Rate) -> int:
    """How many requests are beyond what the vendor allows in any window."""
    counted: deque[float] = deque(maxlen=rate.limit)
    refusals = 0
    for moment in sorted(at):
        refusals += len(counted) == rate.limit and moment - counted[0] < rate.interval / 1000
        counted.append(moment)
    return refusals


RATES = (
    *(paced(24, 5_000), paced(25, 5_000), paced(10, 1_000), paced(60, 1_000), paced(2, 1_000), paced(1, 1_000)),
    *(paced(5_000, 1_000), Rate(10, Duration.SECOND)),
)


@settings(max_examples=80)
@given(
    rate=st.sampled_from(RATES),
    seed=st.integers(0, 1 << 30),
    pauses=st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.3, 2.0]), min_size=30, max_size=120),
)
def test_no_request_is_one_too_many_where_it_arrives(rate: Rate, seed: int, pauses: list[float]) -> None:
    assert not refused(arrivals(rate, Clock(overslept=0.05, dice=random.Random(seed)), pauses, late=LATEST), rate)


@pytest.mark.parametrize("rate", [rate for rate in RATES if rate.limit <= 60])
@pytest.mark.parametrize(("late", "most"), [(0.0, 1.011), (0.02, 1.03), (1.0, 1.165)])
def test_the_room_for_what_comes_late_costs_little(rate: Rate, late: float, most: float) -> None:
    at = arrivals(rate, Clock(), [0.0] * 600, late=late)
    allowed = 600 / rate.limit * rate.interval / 1000
    assert at[-1] - at[0] <= allowed * most + late


def test_a_moment_that_passed_unused_is_made_good() -> None:
    rate = paced(24, 5_000)
    steady = arrivals(rate, Clock(), [0.0] * 200)
    with_stalls = arrivals(rate, Clock(), [0.9 if n % 24 == 5 else 0.0 for n in range(200)])
    assert with_stalls[-1] - steady[-1] < 0.9  # eight stalls of 0.9 s


def test_requests_do_not_go_out_in_groups() -> None:
    at = arrivals(paced(25, 5_000), Clock(), [0.0] * 100)
    assert min(after - before for before, after in pairwise(at)) >= 0.159
