"""An HTTP proxy before the local BigQuery that does to a request what a test says."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import urlparse

if TYPE_CHECKING:
    from collections.abc import Callable

FORWARD, LOSE_ANSWER, DROP = "forward", "lose the answer", "drop"


class Proxy:
    """``plan(method, path, n)`` says what happens to the n-th request, from 0.

    FORWARD, LOSE_ANSWER, DROP (the connection breaks before the request arrives), a (status, reason) or JSON to answer.
    """

    def __init__(self, upstream: str, plan: Callable[[str, str, int], object]) -> None:
        self.requests: list[tuple[str, str]] = []
        lock = threading.Lock()
        proxy, address = self, urlparse(upstream)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def relay(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with lock:
                    number = len(proxy.requests)
                    proxy.requests.append((self.command, self.path))
                action = plan(self.command, self.path, number)
                if action == DROP:
                    self.close_connection = True
                    return
                if isinstance(action, tuple):
                    error = {"code": action[0], "message": "made up", "errors": [{"reason": action[1]}]}
                    self.answer(action[0], {"Content-Type": "application/json"}, json.dumps({"error": error}).encode())
                    return
                if isinstance(action, dict):
                    self.answer(200, {"Content-Type": "application/json"}, json.dumps(action).encode())
                    return
                headers = {k: v for k, v in self.headers.items() if k.lower() not in {"host", "accept-encoding"}}
                connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=300)
                with contextlib.closing(connection):
                    connection.request(self.command, self.path, body, headers)
                    response = connection.getresponse()
                    data = response.read()
                if action == LOSE_ANSWER:
                    self.close_connection = True
                    return
                kept = {k: v.replace(upstream, proxy.url) for k, v in response.headers.items()}
                self.answer(response.status, kept, data)

            def answer(self, status: int, headers: dict[str, str], data: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in {"content-length", "transfer-encoding", "connection", "date", "server"}:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = relay  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
