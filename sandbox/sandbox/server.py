"""The sandbox as an HTTP server in a thread of this process."""

from __future__ import annotations

import socket
import threading
from functools import partial
from typing import TYPE_CHECKING, Self

import uvicorn

from sandbox.admin import Admin
from sandbox.clock import Clock
from sandbox.delivery import Protocol
from sandbox.fortnox.vendor import Fortnox
from sandbox.procountor.vendor import Procountor
from sandbox.qonto.vendor import Qonto

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from sandbox.vendor import Vendor

HOST = "127.0.0.1"
KEEP_ALIVE = 75
"""Seconds that an idle connection stays open: longer than any client here thinks between two requests."""


def application(transactions: int, seed: int, latency_ms: float, url: str) -> ASGIApp:
    """Every vendor, with one clock, at this address."""
    clock = Clock()
    vendors: dict[str, Callable[[], Vendor]] = {
        "qonto": partial(Qonto, transactions, seed, clock, url),
        "fortnox": partial(Fortnox, seed, clock, url),
        "procountor": partial(Procountor, seed, clock),
    }
    return Admin(vendors, clock, seed, latency_ms).application()


class PortTakenError(OSError):
    """Somebody listens there already."""


def listen(port: int) -> socket.socket:
    """A socket that accepts connections from now on; port 0 takes a free one. Raises PortTakenError."""
    # The protocol is named because asyncio switches Nagle's delay off only where it is.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise PortTakenError(f"port {port}: {error.strerror}") from error
    return listener


class Server:
    """Serves what `make` returns for its address, from `with` to its end."""

    def __init__(self, make: Callable[[str], ASGIApp], port: int) -> None:
        self._socket = listen(port)
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            make(self.url),
            http=Protocol,
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=0,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="sandbox", daemon=True
        )

    def __enter__(self) -> Self:
        """Requests wait in the socket until the thread is ready to answer them."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Open requests are dropped."""
        self._server.should_exit = True
        self._thread.join()
