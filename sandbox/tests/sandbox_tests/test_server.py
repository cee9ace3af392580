"""Limits, latency, log and clock."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests
from sandbox.control import RefusedError
from sandbox.limit import Limit
from sandbox.server import PortTakenError

from sandbox import Control, Sandbox

if TYPE_CHECKING:
    from sandbox_tests.conftest import Reader


def test_moving_windows() -> None:
    now = [0.0]
    limit = Limit([(2, 10.0), (3, 100.0)], lambda: now[0])
    waits = []
    for now[0] in (0.0, 4.0, 5.0, 10.0, 11.0, 99.0, 100.0):
        waits.append(limit.admit())
    assert waits == [0, 0, 5, 0, 89, 1, 0]


def test_no_window_no_limit() -> None:
    limit = Limit([])
    assert {limit.admit() for _ in range(1000)} == {0.0}


@pytest.mark.parametrize("retry_after", [True, False])
def test_rate_limit(reader: Reader, retry_after: bool) -> None:  # noqa: FBT001
    reader.sandbox.limit((3, 60.0), retry_after=retry_after)
    answers = [reader.ask("/labels") for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].json()["errors"][0]["code"] == "too_many_requests"
    wait = answers[-1].headers.get("Retry-After")
    assert (wait is not None and 0 < int(wait) <= 60) if retry_after else wait is None
    assert reader.sandbox.health()
    reader.sandbox.limit()
    assert reader.ask("/labels").status_code == 200


def test_the_limit_of_the_documentation() -> None:
    with Sandbox(transactions=0) as sandbox, requests.Session() as session:
        session.headers["Authorization"] = sandbox.qonto.api_key
        statuses = [session.get(f"{sandbox.qonto.api_url}/labels").status_code for _ in range(1001)]
    assert statuses == [200] * 1000 + [429]


def test_too_many_wrong_keys() -> None:
    with Sandbox(transactions=0) as sandbox, requests.Session() as session:
        statuses = [session.get(f"{sandbox.qonto.api_url}/labels").status_code for _ in range(201)]
        assert statuses == [401] * 200 + [429]
        session.headers["Authorization"] = sandbox.qonto.api_key
        assert session.get(f"{sandbox.qonto.api_url}/labels").status_code == 200


def test_latency_is_shared_by_requests_side_by_side(reader: Reader) -> None:
    reader.sandbox.latency(100)
    started = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(lambda _: reader.ask("/labels").status_code, range(10))) == {200}
    assert 0.1 <= time.monotonic() - started < 0.9


def test_log(reader: Reader) -> None:
    reader.sandbox.clear_log()
    reader.page(page=2, **{"status[]": ["pending", "declined"]})
    reader.ask("/nowhere")
    first, second = reader.sandbox.log()
    assert (first["method"], first["path"], first["status"]) == ("GET", "/qonto/v2/transactions", 200)
    assert first["query"] == {
        "bank_account_id": [reader.main],
        "page": ["2"],
        "status[]": ["pending", "declined"],
    }
    assert "authorization" in first["headers"]
    assert reader.sandbox.qonto.api_key not in str(first)
    assert first["seconds"] > 0
    assert (second["path"], second["status"]) == ("/qonto/v2/nowhere", 404)
    assert second["number"] == first["number"] + 1
    reader.sandbox.clear_log()
    assert reader.sandbox.log() == []


def test_clock(reader: Reader) -> None:
    with Sandbox(transactions=1) as sandbox:
        assert sandbox.now() == "2026-06-30T12:00:00.000Z"
        assert sandbox.advance_clock(90.5) == sandbox.now() == "2026-06-30T12:01:30.500Z"
        sandbox.qonto.mutate("add", n=2)
        assert sandbox.now() == "2026-06-30T12:01:32.500Z"
        with pytest.raises(RefusedError, match="back"):
            sandbox.advance_clock(-1)
    assert Control(reader.sandbox.url).now() == reader.sandbox.now()


def test_a_taken_port(reader: Reader) -> None:
    port = int(reader.sandbox.url.rpartition(":")[2])
    with pytest.raises(PortTakenError, match=f"port {port}"):
        Sandbox(port=port)


def test_truth_and_records(reader: Reader) -> None:
    truth = reader.sandbox.qonto.truth()
    every = {"status[]": ["pending", "completed", "declined"]}
    records = [t for account in truth for t in reader.all(account["id"], **every)]
    told = reader.sandbox.qonto.records("transactions")
    assert sorted(records, key=lambda t: t["id"]) == sorted(told, key=lambda t: t["id"])
    assert reader.sandbox.qonto.records("labels") == reader.get("/labels")["labels"]
    assert reader.sandbox.qonto.records("memberships") == reader.get("/memberships")["memberships"]
    with pytest.raises(RefusedError, match="invoices"):
        reader.sandbox.qonto.records("invoices")
