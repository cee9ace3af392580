"""`/_sandbox`: how tests and people steer the sandbox. No vendor's path, no key, no limit, no log."""

from __future__ import annotations

import logging
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, Router

from sandbox.clock import iso
from sandbox.faults import Faults, Rule
from sandbox.log import Log
from sandbox.vendor import Gate, Latency, OnDemand, Vendor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from sandbox.clock import Clock


class Limits(msgspec.Struct, forbid_unknown_fields=True):
    """Rate limits of one vendor: `[[requests, seconds], …]`."""

    windows: list[tuple[int, float]]
    retry_after: bool = False


class Steps(msgspec.Struct, forbid_unknown_fields=True):
    """How far to move the clock."""

    seconds: float


class Admin:
    """State that all vendors share, and the endpoint to it. A vendor is made when somebody first asks it."""

    def __init__(self, vendors: Mapping[str, Callable[[], Vendor]], clock: Clock, seed: int, latency_ms: float) -> None:
        self.vendors = {name: cache(make) for name, make in vendors.items()}
        self.clock = clock
        self.log = Log()
        self.faults = Faults(seed)
        self.latency = Latency(latency_ms)

    def application(self) -> Starlette:
        """The whole sandbox: every vendor behind its gate, and the admin endpoint."""
        routes: list[Route | Mount] = [
            Route("/health", self._health),
            Route("/log", self._log, methods=["GET", "DELETE"]),
            Route("/faults", self._faults, methods=["GET", "PUT"]),
            Route("/clock", self._clock, methods=["GET", "POST"]),
            Route("/latency", self._latency, methods=["PUT"]),
            Route("/limit/{vendor}", self._limit, methods=["PUT"]),
        ]
        routes += [Mount(f"/{name}", app=OnDemand(partial(self._steering, name))) for name in self.vendors]
        gates = [Mount(f"/{name}", app=OnDemand(partial(self._gate, name))) for name in self.vendors]
        return Starlette(
            routes=[Mount("/_sandbox", routes=routes), *gates],
            exception_handlers={ValueError: refused, KeyError: refused, Exception: broken},
        )

    def _steering(self, name: str) -> Router:
        return Router(self.vendors[name]().routes)

    def _gate(self, name: str) -> Gate:
        return Gate(self.vendors[name](), self.log, self.faults, self.latency)

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"vendors": list(self.vendors)})

    async def _log(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.log.clear()
        return answer(list(self.log.entries))

    async def _faults(self, request: Request) -> Response:
        if request.method == "PUT":
            self.faults.set(msgspec.json.decode(await request.body(), type=list[Rule]))
        return answer(self.faults.rules)

    async def _clock(self, request: Request) -> Response:
        if request.method == "POST":
            step = msgspec.json.decode(await request.body(), type=Steps)
            self.clock.advance(round(step.seconds * 1000))
        return answer({"now": iso(self.clock.now)})

    async def _latency(self, request: Request) -> Response:
        self.latency.ms = msgspec.json.decode(await request.body(), type=Latency).ms
        return answer(self.latency)

    async def _limit(self, request: Request) -> Response:
        limits = msgspec.json.decode(await request.body(), type=Limits)
        self.vendors[request.path_params["vendor"]]().limit.configure(limits.windows, retry_after=limits.retry_after)
        return answer(limits)


def answer(value: Any) -> Response:
    """As JSON."""
    return Response(msgspec.json.encode(value), media_type="application/json")


async def refused(_request: Request, error: Exception) -> Response:
    """What cannot be done, and why."""
    return JSONResponse({"error": str(error)}, 422)


async def broken(_request: Request, error: Exception) -> Response:
    """A bug of the sandbox, told where it is seen."""
    logging.getLogger("sandbox").error("the sandbox failed", exc_info=error)
    return JSONResponse({"error": repr(error)}, 500)
