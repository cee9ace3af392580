"""What stands before every vendor's API: log, rate limit, faults, latency."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from starlette.requests import Request

from sandbox.delivery import Reply, collect, hang, reset
from sandbox.faults import Action, Answer, Delay, Dribble, Duplicate, Hang, Lose, Mutate, Reset, Stale, Truncate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.routing import Route
    from starlette.types import ASGIApp, Receive, Scope, Send

    from sandbox.faults import Faults
    from sandbox.limit import Limit
    from sandbox.log import Entry, Log

JSON = {"content-type": "application/json; charset=utf-8"}
HTML = {"content-type": "text/html; charset=utf-8"}
PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"


class Vendor(Protocol):
    """One vendor's API and the company behind it: a folder of this package."""

    name: str
    """Also the first part of its paths."""
    limit: Limit
    limited: tuple[str, ...]
    """How the paths begin that the limit counts."""
    routes: list[Route]
    """Its part of the admin endpoint, under `/_sandbox/{name}`."""

    @property
    def app(self) -> ASGIApp:
        """Its API."""

    def error(self, status: int) -> bytes:
        """The vendor's JSON body for an error that its API did not raise itself."""

    def mutate(self, mutation: Mapping[str, Any]) -> Any:
        """Change the company. ValueError for what is no mutation."""


@dataclass
class OnDemand:
    """An application that is made for its first request."""

    make: Callable[[], ASGIApp]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        await self._made(scope, receive, send)

    @cached_property
    def _made(self) -> ASGIApp:
        return self.make()


@dataclass
class Latency:
    """Of every answer of every vendor."""

    ms: float


@dataclass
class Gate:
    """The way through to one vendor."""

    vendor: Vendor
    log: Log
    faults: Faults
    latency: Latency
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
        wait = self.vendor.limit.admit() if entry.path.startswith(self.vendor.limited) else 0.0
        await asyncio.sleep(self.latency.ms / 1000)
        if wait:
            await self._send(entry, self._refusal(wait), send)
            return
        action = self.faults.find(entry)
        entry.fault = type(action).__name__.lower() if action else None
        match action:
            case Hang():
                await hang(receive)
            case Lose():
                await self._ask(entry, scope, receive)
                entry.status = None
                reset(scope)
            case Reset():
                reset(scope)
            case Answer():
                await self._send(entry, self._replacement(action), send)
            case Dribble(seconds):
                await (await self._ask(entry, scope, receive)).dribble(send, seconds)
            case Truncate():
                await (await self._ask(entry, scope, receive)).half(send)
            case _:
                await self._send(entry, await self._twisted(entry, action, scope, receive), send)

    async def _twisted(self, entry: Entry, action: Action | None, scope: Scope, receive: Receive) -> Reply:
        """The vendor's answer, at another time or with another content."""
        last = self._last.get(entry.path)
        match action:
            case Delay(seconds):
                await asyncio.sleep(seconds)
            case Mutate(mutation, "before"):
                self.vendor.mutate(mutation)
        reply = await self._ask(entry, scope, receive)
        match action:
            case Mutate(mutation, "after"):
                self.vendor.mutate(mutation)
            case Duplicate():
                return Reply(reply.status, doubled(reply.body), reply.headers)
            case Stale():
                return last or reply
        return reply

    async def _ask(self, entry: Entry, scope: Scope, receive: Receive) -> Reply:
        reply = await collect(self.vendor.app, scope, receive)
        entry.status = reply.status
        self._last[entry.path] = reply
        return reply

    async def _send(self, entry: Entry, reply: Reply, send: Send) -> None:
        entry.status = reply.status
        await reply.whole(send)

    def _refusal(self, wait: float) -> Reply:
        headers = {"retry-after": str(int(wait) + 1)} if self.vendor.limit.retry_after else {}
        return Reply(429, self.vendor.error(429), {**JSON, **headers})

    def _replacement(self, answer: Answer) -> Reply:
        match answer.body:
            case "html":
                body, headers = PAGE, HTML
            case "empty":
                body, headers = b"", {}
            case "error":
                body, headers = self.vendor.error(answer.status), JSON
            case content:
                body, headers = msgspec.json.encode(content), JSON
        return Reply(answer.status, body, {**headers, **answer.headers})


def doubled(body: bytes) -> bytes:
    """The same JSON with every record of its list, or of the lists in its object, twice."""
    answer = msgspec.json.decode(body)
    if isinstance(answer, list):
        return msgspec.json.encode(twice(answer))
    return msgspec.json.encode(
        {key: twice(value) if isinstance(value, list) else value for key, value in answer.items()}
    )


def twice(records: list[Any]) -> list[Any]:
    """Each followed by itself."""
    return [record for record in records for _ in range(2)]
