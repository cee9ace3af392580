"""A company of a few records, and the tap that reads it."""

from __future__ import annotations

import json
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from tap_procountor.tap import TapProcountor

from procountor_tests.running import run_here
from procountor_tests.script import Asked, Procountor, company, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_kit.testing import Reply, Run


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[str, list[Procountor]]]:
    """One server for all tests; the list holds whose turn it is."""
    turn = [Procountor()]

    class Now(Procountor):
        def answer(self, asked: Asked) -> Reply:
            turn[0].asked.append(asked)
            return turn[0].answer(asked)

    with serve(Now()) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", turn
        server.shutdown()
        thread.join()


@pytest.fixture
def procountor(served: tuple[str, list[Procountor]]) -> Procountor:
    """A scripted Procountor, of a company without records."""
    url, turn = served
    turn[0] = company(url)
    return turn[0]


@pytest.fixture(scope="session")
def discovered() -> dict[str, Any]:
    """The catalog; discovery needs neither settings nor a network."""
    found: dict[str, Any] = json.loads(TapProcountor(config={}, validate_config=False).catalog_json_text)
    return found


@pytest.fixture
def tap(procountor: Procountor, discovered: dict[str, Any]) -> Callable[..., Run]:
    """Run the tap against the scripted Procountor; see `run_here`."""
    return partial(run_here, procountor, discovered)
