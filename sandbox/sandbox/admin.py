"""`/_sandbox`: how tests and people steer the sandbox. No vendor's path, no key, no limit, no log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from sandbox.clock import iso
from sandbox.faults import Faults, Rule
from sandbox.log import Log
from sandbox.vendor import Gate, Latency, Vendor

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """State that all vendors share, and the endpoint to it."""

    def __init__(self, vendors: Sequence[Vendor], clock: Clock, seed: int, latency_ms: float) -> None:
        self.vendors = {vendor.name: vendor for vendor in vendors}
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
        routes += [Mount(f"/{name}", routes=vendor.routes) for name, vendor in self.vendors.items()]
        gates = [
            Mount(f"/{name}", app=Gate(vendor, self.log, self.faults, self.latency))
            for name, vendor in self.vendors.items()
        ]
        return Starlette(
            routes=[Mount("/_sandbox", routes=routes), *gates],
            exception_handlers={ValueError: refused, KeyError: refused, Exception: broken},
        )

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
        self.vendors[request.path_params["vendor"]].limit.configure(limits.windows, retry_after=limits.retry_after)
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
