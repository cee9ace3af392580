"""The limiter against a vendor that counts every request, on a clock that only the tests move."""

from __future__ import annotations

import random
from collections import deque
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tap_kit import limiter
from tap_kit.limiter import LATE_MS, Limiter, paced


class Clock:
    """Time that passes in sleep alone, and now and then more of it than was asked for."""

    def __init__(self, seed: int, overslept: float = 0.0) -> None:
        self.now = 1000.0
        self._random = random.Random(seed)
        self._overslept = overslept

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds + self._random.random() * self._overslept


def starts(limit: int, window: int, clock: Clock, pauses: list[float]) -> list[float]:
    """When requests start, each asked for so many seconds after the one before it has started."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limiter, "time", SimpleNamespace(monotonic=clock.monotonic, sleep=clock.sleep))
        budget, found = Limiter(paced(limit, window), in_flight=8), []
        for pause in pauses:
            clock.now += pause
            with budget.slot():
                found.append(clock.now)
    return found


def refused(arrivals: list[float], limit: int, window: float) -> int:
    """How many requests are beyond what the vendor allows in any window."""
    counted: deque[float] = deque(maxlen=limit)
    refusals = 0
    for at in sorted(arrivals):
        refusals += len(counted) == limit and at - counted[0] < window
        counted.append(at)
    return refusals


VENDORS = [(24, 5_000), (25, 5_000), (10, 1_000), (60, 1_000), (2, 1_000), (1, 1_000), (5_000, 1_000)]


@settings(max_examples=60, deadline=None)
@given(
    vendor=st.sampled_from(VENDORS),
    seed=st.integers(0, 1 << 30),
    pauses=st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.3, 2.0]), min_size=30, max_size=120),
)
def test_no_request_is_one_too_many_where_it_arrives(vendor: tuple[int, int], seed: int, pauses: list[float]) -> None:
    limit, window = vendor
    late = random.Random(seed)
    found = starts(limit, window, Clock(seed, overslept=0.05), pauses)
    arrivals = [at + late.random() * LATE_MS / 1000 for at in found]
    assert not refused(arrivals, limit, window / 1000)


@pytest.mark.parametrize(("limit", "window"), VENDORS)
def test_the_room_for_what_comes_late_costs_little(limit: int, window: int) -> None:
    found = starts(limit, window, Clock(1), [0.0] * 500)
    allowed = 500 / limit * window / 1000
    assert found[-1] - found[0] <= allowed * 1.045


def test_a_moment_that_passed_unused_is_made_good() -> None:
    steady = starts(24, 5_000, Clock(1), [0.0] * 200)
    with_stalls = starts(24, 5_000, Clock(1), [0.9 if n % 24 == 5 else 0.0 for n in range(200)])
    assert with_stalls[-1] - steady[-1] < 0.9  # eight stalls of 0.9 s


def test_requests_do_not_go_out_in_groups() -> None:
    found = starts(25, 5_000, Clock(1), [0.0] * 100)
    assert min(after - before for before, after in pairwise(found)) >= 0.16
