"""A BigQuery that accepts everything and keeps nothing but tables' descriptions: for tests and measurements."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

NOT_FOUND = {"error": {"code": 404, "message": "not found"}}


class Sink:
    """Every dataset and table is there once it was created; every job has succeeded when it is asked for.

    ``jobs`` holds the configuration of every job, in order; ``delay`` seconds pass before a job has an answer.
    """

    def __init__(self, delay: float = 0) -> None:
        self.jobs: list[dict[str, Any]] = []
        self.tables: dict[str, dict[str, Any]] = {}
        self._given: dict[str, dict[str, Any]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(delay))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if path.endswith(("/jobs", "/queries")):
            given = json.loads(body[body.find(b"{") : body.find(b"}\r\n") + 1 or None])
            self.jobs.append(given["configuration"])
            id_ = given.get("jobReference", {}).get("jobId")
            self._given[id_] = given["configuration"]
            self._make(given["configuration"].get("load", {}))
            return 200, self._done(id_)
        if "/jobs/" in path or "/queries/" in path:
            id_ = path.rsplit("/", 1)[1]
            return (200, self._done(id_)) if id_ in self._given else (404, NOT_FOUND)
        if path == "/token":
            return 200, {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}
        if "/tables" in path:
            return self._table(method, path, body)
        return 200, {"datasetReference": {"projectId": "p", "datasetId": "d"}}

    def _done(self, id_: str) -> dict[str, Any]:
        return {
            "jobReference": {"projectId": "p", "jobId": id_, "location": "EU"},
            "configuration": self._given[id_],
            "status": {"state": "DONE"},
            "statistics": {"load": {"outputRows": "0"}},
            "jobComplete": True,
        }

    def _make(self, load: dict[str, Any]) -> None:
        """The table that a load job makes where it is missing (BigQuery's REST reference, createDisposition)."""
        if load and load.get("createDisposition") != "CREATE_NEVER":
            made = load["destinationTable"]
            path = "/bigquery/v2/projects/{projectId}/datasets/{datasetId}/tables/{tableId}".format(**made)
            self.tables.setdefault(path, {"tableReference": made, "schema": load.get("schema", {})})

    def _table(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if path.endswith("/tables"):
            if method == "GET":
                return 200, {"tables": []}
            made = json.loads(body)
            return 200, self.tables.setdefault(f"{path}/{made['tableReference']['tableId']}", made)
        if path not in self.tables:
            return 404, NOT_FOUND
        self.tables[path] |= json.loads(body) if method == "PATCH" else {}
        return 200, self.tables[path]

    def _handler(self, delay: float) -> type[BaseHTTPRequestHandler]:
        sink, pause = self, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def relay(self) -> None:
                length, kept = int(self.headers.get("Content-Length") or 0), b""
                while length and (piece := self.rfile.read(min(length, 1 << 20))):
                    length -= len(piece)
                    kept = kept or piece
                path, _, query = self.path.partition("?")
                headers: dict[str, str] = {}
                if query.startswith("part="):  # of an upload that was begun
                    status, answer = 200, sink._done(query.removeprefix("part="))
                    sent, total = self.headers["Content-Range"].partition("-")[2].split("/")
                    if total == "*" or int(sent) + 1 < int(total):
                        status, answer, headers = 308, {}, {"Range": f"bytes=0-{sent}"}
                else:
                    status, answer = sink._answer(self.command, path, kept)
                    if "uploadType=resumable" in query:
                        headers["Location"] = f"{sink.url}{path}?part={answer['jobReference']['jobId']}"
                if delay and self.command != "GET" and not headers and "/jobs" in path:
                    pause.wait(delay)
                self.respond(status, answer, headers)

            def respond(self, status: int, answer: Any, headers: dict[str, str]) -> None:
                data = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Type": "application/json"}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = relay  # noqa: N815

        return Handler
