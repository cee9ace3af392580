"""What stands before every vendor's API: log, rate limit, faults, latency."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from starlette.requests import Request

from sandbox import faults
from sandbox.delivery import Reply, collect, hang, reset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.routing import Route
    from starlette.types import ASGIApp, Receive, Scope, Send

    from sandbox.limit import Limit
    from sandbox.log import Entry, Log

JSON = {"content-type": "application/json; charset=utf-8"}
HTML = {"content-type": "text/html; charset=utf-8"}
PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"


class Vendor(Protocol):
    """One vendor's API and the company behind it: a folder of this package."""

    name: str
    """Also the first part of its paths."""
    app: ASGIApp
    limit: Limit
    routes: list[Route]
    """Its part of the admin endpoint, under `/_sandbox/{name}`."""

    def error(self, status: int) -> bytes:
        """The vendor's JSON body for an error that its API did not raise itself."""

    def mutate(self, mutation: Mapping[str, Any]) -> Any:
        """Change the company. ValueError for what is no mutation."""


@dataclass
class Manners:
    """How the sandbox behaves as a server, whatever the vendor."""

    latency_ms: float = 0.0
    retry_after: bool = False
    """Whether a 429 says how long to wait. Qonto does not document it."""


@dataclass
class Gate:
    """The way through to one vendor."""

    vendor: Vendor
    log: Log
    faults: faults.Faults
    manners: Manners
    _last: dict[str, Reply] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, from the log to its answer."""
        request = Request(scope, receive)
        entry = self.log.open(request, time.time())
        start = time.monotonic()
        try:
            await self._serve(entry, scope, receive, send)
        finally:
            entry.seconds = round(time.monotonic() - start, 6)

    async def _serve(self, entry: Entry, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(self.manners.latency_ms / 1000)
        wait = self.vendor.limit.admit()
        if wait:
            return await self._send(entry, self._refusal(wait), send)
        action = self.faults.find(entry)
        entry.fault = type(action).__name__.lower() if action else None
        match action:
            case faults.Hang():
                return await hang(receive)
            case faults.Reset():
                return reset(scope)
            case faults.Answer():
                return await self._send(entry, self._replacement(action), send)
            case faults.Mutate(mutation, "before"):
                self.vendor.mutate(mutation)
            case faults.Delay(seconds):
                await asyncio.sleep(seconds)
        reply = await collect(self.vendor.app, scope, receive)
        stale = self._last.get(entry.path, reply)
        self._last[entry.path] = reply
        match action:
            case faults.Mutate(mutation, "after"):
                self.vendor.mutate(mutation)
            case faults.Duplicate():
                reply = Reply(reply.status, doubled(reply.body), reply.headers)
            case faults.Stale():
                reply = stale
            case faults.Dribble(seconds):
                entry.status = reply.status
                return await reply.dribble(send, seconds)
            case faults.Truncate():
                entry.status = reply.status
                return await reply.half(send)
        return await self._send(entry, reply, send)

    async def _send(self, entry: Entry, reply: Reply, send: Send) -> None:
        entry.status = reply.status
        await reply.whole(send)

    def _refusal(self, wait: float) -> Reply:
        headers = {"retry-after": str(int(wait) + 1)} if self.manners.retry_after else {}
        return Reply(429, self.vendor.error(429), {**JSON, **headers})

    def _replacement(self, answer: faults.Answer) -> Reply:
        match answer.body:
            case "json":
                return Reply(answer.status, self.vendor.error(answer.status), {**JSON, **answer.headers})
            case "html":
                return Reply(answer.status, PAGE, {**HTML, **answer.headers})
            case "empty":
                return Reply(answer.status, b"", dict(answer.headers))


def doubled(body: bytes) -> bytes:
    """The same JSON object with every record of its lists twice."""
    answer = msgspec.json.decode(body)
    return msgspec.json.encode(
        {
            key: [record for record in value for _ in range(2)] if isinstance(value, list) else value
            for key, value in answer.items()
        }
    )
