"""What is found ahead, link by link."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tap_kit.chained import chained


@settings(max_examples=40)
@given(count=st.integers(1, 40), ahead=st.integers(1, 9), workers=st.integers(1, 3), chains=st.integers(1, 4))
def test_links_come_in_order_and_no_further_ahead_than_asked(count: int, ahead: int, workers: int, chains: int) -> None:
    with ThreadPoolExecutor(workers) as pool:
        found = [[0] for _ in range(chains)]

        def of(links: list[int]) -> list[int]:
            def follow(last: int) -> int | None:
                assert last == links[-1]
                if last + 1 == count:
                    return None
                links.append(last + 1)
                return last + 1

            taken = []
            for link in chained(pool, follow, 0, ahead=ahead):
                assert len(links) - 1 <= link + min(ahead, 2 * len(taken) + 1)
                taken.append(link)
            return taken

        with ThreadPoolExecutor(chains) as takers:
            assert list(takers.map(of, found)) == [list(range(count))] * chains


def test_an_error_stands_where_its_link_would_have() -> None:
    def follow(last: int) -> int:
        if last == 2:
            raise KeyError(last)
        return last + 1

    with ThreadPoolExecutor(2) as pool:
        links = chained(pool, follow, 0, ahead=4)
        assert [next(links) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(KeyError):
            next(links)


def test_who_takes_no_more_has_nothing_more_looked_for() -> None:
    found, go_on = [0], threading.Event()

    def follow(last: int) -> int:
        go_on.wait()
        found.append(last + 1)
        return last + 1

    with ThreadPoolExecutor(1) as pool:
        links = chained(pool, follow, 0, ahead=8)
        next(links)
        links.close()
        go_on.set()
    assert len(found) <= 2
