"""For the tests of taps: a scripted vendor on a local port, and a tap run as its users run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

Query = dict[str, list[str]]


@dataclass
class Reply:
    """What the scripted vendor answers: a JSON value as `body`, or `raw` bytes; `cut` breaks the connection off."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    cut: bool = False


@dataclass
class Vendor:
    """A vendor that answers by a function of path and query. `asked` is the log, in order of arrival."""

    url: str
    asked: list[tuple[str, Query]]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a tap that was killed is no error here
            super().handle_error(request, client_address)


@contextmanager
def vendor(answer: Callable[[str, Query], Reply]) -> Iterator[Vendor]:
    """Serve a scripted vendor on a free port of 127.0.0.1."""
    asked: list[tuple[str, Query]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # head and body in one packet: the second of two waits for 40 ms

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            asked.append((url.path.lstrip("/"), query))
            reply = answer(url.path.lstrip("/"), query)
            content = reply.raw if reply.raw is not None else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if reply.cut else content)
            self.close_connection = self.close_connection or reply.cut

        def log_message(self, *_: Any) -> None:
            pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Vendor(f"http://127.0.0.1:{server.server_port}", asked)
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Run:
    """What one run of a tap left."""

    code: int
    messages: list[dict[str, Any]]
    log: str

    @property
    def errors(self) -> list[str]:
        """The lines of the log that are errors."""
        return [line for line in self.log.splitlines() if "| ERROR" in line]

    @property
    def state(self) -> dict[str, Any]:
        """The last STATE, or an empty one."""
        return next((m["value"] for m in reversed(self.messages) if m["type"] == "STATE"), {})

    def rows(self, stream: str) -> list[dict[str, Any]]:
        """The records of a stream, in order."""
        return [m["record"] for m in self.messages if m["type"] == "RECORD" and m["stream"] == stream]


def run_tap(
    module: str,
    config: Mapping[str, Any],
    folder: Path,
    *,
    state: Any = None,
    catalog: Any = None,
    arguments: tuple[str, ...] = (),
) -> Run:
    """Run `python -m module` with files for what is given; its messages, log and exit code are returned."""
    command = [sys.executable, "-m", module, *arguments]
    for name, content in (("config", config), ("state", state), ("catalog", catalog)):
        if content is not None:
            (folder / f"{name}.json").write_text(content if isinstance(content, str) else json.dumps(content))
            command += [f"--{name}", str(folder / f"{name}.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})  # noqa: S603
    messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"type"')]
    return Run(done.returncode, messages, done.stderr)
