"""How an answer leaves: whole, in pieces, cut off, or not at all."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PIECES = 8
AT_ONCE_AND_WITHOUT_FAREWELL = struct.pack("ii", 1, 0)


@dataclass
class Reply:
    """A complete answer, before it is sent."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    async def head(self, send: Send) -> None:
        """Status and headers; the length is always the whole body's."""
        headers = {**self.headers, "content-length": str(len(self.body))}
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})

    async def whole(self, send: Send) -> None:
        """As it should be."""
        await self.head(send)
        await send({"type": "http.response.body", "body": self.body})

    async def dribble(self, send: Send, seconds: float) -> None:
        """Piece by piece."""
        await self.head(send)
        size = len(self.body) // PIECES + 1
        for start in range(0, len(self.body), size):
            await asyncio.sleep(seconds / PIECES)
            piece = self.body[start : start + size]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    async def half(self, send: Send) -> None:
        """Less than the length in the head says. The server closes a connection that is left like this."""
        await self.head(send)
        await send({"type": "http.response.body", "body": self.body[: len(self.body) // 2], "more_body": True})


async def collect(app: ASGIApp, scope: Scope, receive: Receive) -> Reply:
    """Run the vendor's application and keep its answer."""
    reply = Reply(status=500)

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            reply.body += message.get("body", b"")

    await app(scope, receive, send)
    return reply


def reset(scope: Scope) -> None:
    """End the client's connection with a TCP reset."""
    transport: asyncio.Transport = scope["state"]["transport"]
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE_AND_WITHOUT_FAREWELL)
    transport.abort()


async def hang(receive: Receive) -> None:
    """Wait until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Protocol(H11Protocol):
    """HTTP/1.1 whose requests know their connection, so that it can be reset."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the connection where a request finds it: `scope["state"]["transport"]`."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
