"""CPU and memory of the target alone: made-up orders of 20 columns into a BigQuery that accepts everything.

    python target-bigquery/benchmarks/speed.py [records, default 500000]

Prints records per CPU second of the target's process, with its start, and its peak memory.
"""

# ruff: noqa: INP001, PLR2004, S311, T201

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("target-bigquery")
PROSE = 'lorem ipsum dolor sit amet café straße 東京 😀 urgent order quoted" back\\slash'
WORDS = PROSE.split()
TEXTS = ("external_id", "customer_name", "email", "status", "country", "note", "referrer")
NUMBERS, FLAGS, MOMENTS = ("amount", "tax_rate", "unit_cost"), ("is_active", "is_gift"), ("created_at", "updated_at")


def schema() -> dict[str, Any]:
    """The columns: 7 texts, 2 integers, 3 decimals, 2 flags, 2 moments, a date, an object in an object, 2 arrays."""

    def null(type_: str, **more: Any) -> dict[str, Any]:
        return {"type": ["null", type_], **more}

    geo = null("object", properties={"lat_e6": null("integer"), "lon_e6": null("integer")})
    item = {"type": "object", "properties": {"sku": null("string"), "qty": null("integer")}}
    properties = {"id": {"type": "integer"}, "quantity": null("integer"), "ship_date": null("string", format="date")}
    properties |= dict.fromkeys(TEXTS, null("string")) | dict.fromkeys(NUMBERS, null("number"))
    properties |= dict.fromkeys(FLAGS, null("boolean")) | dict.fromkeys(MOMENTS, null("string", format="date-time"))
    properties["address"] = null("object", properties={"street": null("string"), "zip": null("string"), "geo": geo})
    properties["tags"] = null("array", items={"type": "string"})
    properties["items"] = null("array", items=item)
    return {"type": "object", "properties": properties}


def order(rng: random.Random, number: int) -> dict[str, Any]:
    """One record of about 0.8 kB, a tenth of its values null."""
    made: dict[str, Any] = {
        "id": number,
        **{name: " ".join(rng.choices(WORDS, k=15 if name == "note" else 4)) for name in TEXTS},
        "amount": rng.randrange(10**8) / 100,
        "tax_rate": rng.randrange(10**4) / 10**4,
        "unit_cost": rng.randrange(10**12) / 10**9,
        "quantity": rng.randrange(-(2**40), 2**40),
        **{name: rng.random() < 0.5 for name in FLAGS},
        **{name: f"20{rng.randrange(10, 26)}-03-04T05:06:07.{rng.randrange(10**6):06d}Z" for name in MOMENTS},
        "ship_date": f"2024-02-{rng.randrange(1, 29):02d}",
        "address": {"street": rng.choice(WORDS), "zip": "00100", "geo": {"lat_e6": 60_169_856, "lon_e6": -1}},
        "tags": rng.sample(WORDS, 3),
        "items": [{"sku": f"SKU-{rng.randrange(10**6)}", "qty": 2} for _ in range(rng.randrange(4))],
    }
    return {k: v if k == "id" or rng.random() > 0.1 else None for k, v in made.items()}


def write(path: Path, count: int) -> None:
    """A tap's output, with a STATE every 10,000 records."""
    rng = random.Random(7)
    envelope = {"type": "SCHEMA", "stream": "orders", "schema": schema(), "key_properties": ["id"]}
    with path.open("w") as file:
        file.write(json.dumps(envelope) + "\n")
        for number in range(1, count + 1):
            message = {"type": "RECORD", "stream": "orders", "record": order(rng, number)}
            message["time_extracted"] = "2026-01-02T03:04:05Z"
            file.write(json.dumps(message, ensure_ascii=False, separators=(",", ":")) + "\n")
            if number % 10_000 == 0:
                file.write(json.dumps({"type": "STATE", "value": {"at": number}}) + "\n")


class Sink(BaseHTTPRequestHandler):
    """Every dataset and table is there once it was created; every job has succeeded when it is asked for."""

    protocol_version = "HTTP/1.1"
    tables: dict[str, Any] = {}  # noqa: RUF012 (of the one server)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def relay(self) -> None:
        """Answer as BigQuery would if nothing could go wrong."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?")[0]
        status, answer = 200, {"tables": [], "datasetReference": {"projectId": "p", "datasetId": "d"}}
        if "/upload/" in path or path.endswith(("/jobs", "/queries")) or "/jobs/" in path:
            answer |= {"status": {"state": "DONE"}, "jobReference": {"projectId": "p", "jobId": "j", "location": "EU"}}
            answer |= {"configuration": {}, "statistics": {}, "jobComplete": True}
            if self.command == "POST" and "uploadType=resumable" in self.path:
                self.respond(200, answer, {"Location": f"http://{self.headers['Host']}{path}?upload"})
                return
        elif path.endswith("/tables") and self.command == "POST":
            answer = json.loads(body)
            self.tables[path + "/" + answer["tableReference"]["tableId"]] = answer
        elif "/tables/" in path:
            status, answer = (200, self.tables[path]) if path in self.tables else (404, {"error": {"code": 404}})
        self.respond(status, answer, {})

    def respond(self, status: int, answer: Any, headers: dict[str, str]) -> None:
        """Send JSON."""
        data = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = relay  # noqa: N815


def main() -> None:
    """Make the input, run the target over it, print what it took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "input", count)
        config = {"project": "p", "dataset": "d", "api_endpoint": f"http://127.0.0.1:{server.server_port}"}
        (folder / "config").write_text(json.dumps(config))
        started = time.monotonic()
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, str(folder / "input"), os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        ]
        arguments = [str(COMMAND), "--config", str(folder / "config")]
        pid = os.posix_spawn(COMMAND, arguments, os.environ, file_actions=actions)
        _, status, used = os.wait4(pid, 0)
        if status:
            sys.exit("the target failed")
        cpu, size = used.ru_utime + used.ru_stime, (folder / "input").stat().st_size
        print(f"{count} records, {size / 1e6:.0f} MB: {cpu:.2f} s CPU, {time.monotonic() - started:.1f} s wall")
        print(f"{count / cpu:,.0f} records per CPU second, peak {used.ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
