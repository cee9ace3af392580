"""Where the browser comes back to after a person has signed in: a port of this machine, or a line that is pasted."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tap_kit.errors import ConfigError, TapError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PORT = 8414
LOCAL = ("localhost", "127.0.0.1")

_SECONDS = 300  # that a person has for it; codes last 5 minutes at Procountor, 10 at Qonto and Fortnox
_PAGE = (
    b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Back to the terminal</title></head>'
    b"<body><p>The terminal says whether signing in worked. This window can be closed.</p></body></html>"
)


@contextmanager
def listening(redirect_uri: str) -> Iterator[Callable[[], str]]:
    """Listen at an address of this machine; what is yielded waits for the browser and returns where it came to.

    Raises:
        ConfigError: the port is taken.
        TapError: nobody came in time.
    """
    url = urlsplit(redirect_uri)
    came: Queue[str] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            expected = urlsplit(self.path).path == (url.path or "/")
            self.send_response(HTTPStatus.OK if expected else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(_PAGE) if expected else 0))
            self.send_header("Connection", "close")
            self.end_headers()
            if expected:
                self.wfile.write(_PAGE)
                came.put(self.path)

        def log_message(self, *_: object) -> None:
            """Its lines hold the code."""

    try:
        server = ThreadingHTTPServer(("127.0.0.1", url.port or 80), Handler)
    except OSError as error:
        message = f"port {url.port or 80} cannot be listened on ({error.strerror}): name another with --port"
        raise ConfigError(message) from error

    def wait() -> str:
        try:
            return came.get(timeout=_SECONDS)
        except Empty:
            raise TapError(f"nobody signed in within {_SECONDS // 60} minutes: start again") from None

    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield wait
        finally:
            server.shutdown()
            thread.join()


def pasted() -> str:
    """Return the address that a person pastes.

    Raises:
        TapError: there is none.
    """
    line = sys.stdin.readline().strip()
    if "?" not in line:
        said = "nothing was pasted" if not line else "that is no address with a code"
        raise TapError(f"{said}: paste the whole address that the browser was sent to, also if it shows an error")
    return line
