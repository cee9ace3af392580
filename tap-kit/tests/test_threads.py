"""Order, bounds and budgets, with many threads."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tap_kit.limiter import Duration, Limiter, Rate
from tap_kit.ordered import ordered


@settings(max_examples=25)
@given(count=st.integers(0, 40), ahead=st.integers(1, 9), workers=st.integers(1, 6))
def test_results_come_in_order_and_no_further_ahead_than_asked(count: int, ahead: int, workers: int) -> None:
    begun: list[int] = []

    def items() -> range:
        return range(count)

    with ThreadPoolExecutor(workers) as pool:

        def call(item: int) -> int:
            begun.append(item)
            return item

        for taken, result in enumerate(ordered(pool, call, items(), ahead=ahead)):
            assert result == taken
            assert len(begun) <= taken + ahead
    assert sorted(begun) == list(range(count))


def test_an_error_stands_where_its_result_would_have() -> None:
    def call(item: int) -> int:
        if item == 2:
            raise KeyError(item)
        return item

    with ThreadPoolExecutor(3) as pool:
        results = ordered(pool, call, range(50), ahead=4)
        assert [next(results), next(results)] == [0, 1]
        with pytest.raises(KeyError):
            next(results)


def test_no_more_requests_start_than_the_window_and_the_places_allow() -> None:
    limiter = Limiter([Rate(20, 200)], in_flight=3)
    under_way: list[int] = []
    most = 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal most
        for _ in range(20):
            with limiter.slot():
                with lock:
                    under_way.append(1)
                    most = max(most, len(under_way))
                with lock:
                    under_way.pop()

    started = time.monotonic()
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started >= 0.6  # 80 requests fill four windows: three must have passed
    assert most <= 3


def test_a_hold_is_for_everyone() -> None:
    limiter = Limiter([Rate(1000, Duration.SECOND)], in_flight=8)
    limiter.hold(0.2)
    started = time.monotonic()
    with ThreadPoolExecutor(4) as pool:

        def wait(_: int) -> float:
            with limiter.slot():
                return time.monotonic() - started

        assert min(pool.map(wait, range(4))) >= 0.2
