"""A sandbox for the length of a `with` block."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import Self

from sandbox.control import Control
from sandbox.server import Server, application


class Sandbox(Control):
    """Serves from `with` to its end, on `port` or a free one. Raises PortTakenError."""

    def __init__(self, *, transactions: int = 500, seed: int = 7, latency_ms: float = 0, port: int = 0) -> None:
        self._server = Server(partial(application, transactions, seed, latency_ms), port)
        super().__init__(self._server.url)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Returns when the first request has been answered."""
        self._stack.enter_context(self._server)
        self.health()
        return self

    def __exit__(self, *_: object) -> None:
        """Open requests are dropped."""
        self._stack.close()
