"""A vendor's token endpoint, and the server that it and others run on."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = "seed-1"
Answer = tuple[int, bytes] | tuple[int, bytes, dict[str, Any]] | None


@contextmanager
def serving(answer: Callable[[str, str, bytes, dict[str, str]], Answer], clock: Callable[[], float]) -> Iterator[str]:
    """Serve on a free port: status, body and head for method, path, body and head; None breaks the connection off."""

    class Handler(BaseHTTPRequestHandler):
        wbufsize = 1 << 16

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if (answered := answer(self.command, self.path, body, dict(self.headers))) is None:
                return
            status, content, *head = answered
            self.send_response(status)
            for name, value in {**(head[0] if head else {}), "Content-Length": len(content)}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PATCH = do_POST  # noqa: N815 - http.server's names

        def date_time_string(self, timestamp: float | None = None) -> str:
            del timestamp
            return formatdate(clock(), usegmt=True)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Issuer:
    """A token endpoint whose refresh tokens are good for one use.

    Answers by number: those `lost` are given to nobody, and nobody hears of requests that are `unheard`. With a
    `tenant`, access tokens name it, and its service account gets some if that was `agreed`.
    """

    def __init__(self) -> None:
        self.valid = SEED
        self.tenant = ""
        self.agreed = False
        self.unheard: set[int] = set()
        self.asked: list[tuple[dict[str, str], dict[str, str]]] = []
        self.replies: list[tuple[int, bytes] | None] = []
        self.lost: set[int] = set()
        self.url = ""
        self._lock = threading.Lock()

    def __call__(self, _: str, __: str, body: bytes, headers: dict[str, str]) -> Answer:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        with self._lock:
            self.asked.append((form, headers))
            if len(self.asked) in self.unheard:
                return None
            scripted = self.replies.pop(0) if self.replies else None
            answer = scripted or self.answer(form, headers)
            return None if len(self.asked) in self.lost else answer

    def answer(self, form: dict[str, str], headers: dict[str, str]) -> tuple[int, bytes]:
        by_tenant = form["grant_type"] == "client_credentials" and self.tenant
        if by_tenant and not (self.agreed and headers.get("Tenant") == self.tenant):
            return 400, b'{"error": "invalid_grant", "error_description": "No service account"}'
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.valid:
                return 400, b'{"error": "invalid_grant", "error_description": "Invalid refresh token"}'
            self.valid = f"refresh-{len(self.asked)}"
        access = f"access-{len(self.asked)}"
        if self.tenant:
            access = jwt(tenant=int(self.tenant), jti=access)
        token = {"access_token": access, "expires_in": 3600, "token_type": "bearer"}
        rotated = {"refresh_token": self.valid} if form["grant_type"] == "refresh_token" else {}
        return 200, json.dumps({**token, **rotated}).encode()


def jwt(**claims: Any) -> str:
    """A token that says something of itself."""
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in (b"{}", json.dumps(claims).encode(), b"?"))
