"""One local BigQuery for all tests; a dataset of its own for each."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest
from target_bigquery.run import run as load
from target_bigquery.settings import parse
from target_bigquery.target import guarded
from target_bigquery.testing import Sink

from sandbox import LocalBigQuery

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.cloud import bigquery


COMMAND = Path(sys.executable).with_name("target-bigquery")
# Nothing of the shell's configuration, and compiled modules kept: hundreds of processes start here.
FOREIGN = ("TARGET_BIGQUERY_", "BIGQUERY_", "GOOGLE_", "PYTHONDONTWRITEBYTECODE")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBigQuery]:
    with LocalBigQuery(tmp_path_factory.mktemp("bigquery")) as running:
        yield running


@pytest.fixture(scope="session")
def client(emulator: LocalBigQuery) -> Iterator[bigquery.Client]:
    client = emulator.client()
    yield client
    client.close()


def schema(stream: str, keys: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "SCHEMA",
        "stream": stream,
        "schema": {"type": "object", "properties": properties},
        "key_properties": keys,
    }


def record(stream: str, version: int | None = None, /, **values: Any) -> dict[str, Any]:
    message = {"type": "RECORD", "stream": stream, "record": values, "time_extracted": "2026-01-02T03:04:05Z"}
    return message if version is None else message | {"version": version}


def activate(stream: str, version: int) -> dict[str, Any]:
    return {"type": "ACTIVATE_VERSION", "stream": stream, "version": version}


def state(**value: Any) -> dict[str, Any]:
    return {"type": "STATE", "value": value}


INTEGER = {"type": "integer"}
TEXT = {"type": ["string", "null"]}
NUMBER = {"type": ["number", "null"]}


@contextlib.contextmanager
def logged(log: io.StringIO) -> Iterator[None]:
    """What the target says, and signals as they were."""
    handler, logger = logging.StreamHandler(log), logging.getLogger("target-bigquery")
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    before, signals = logger.level, {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
        for number, action in signals.items():
            signal.signal(number, action)


@contextlib.contextmanager
def replaced(fd: int, file: IO[bytes]) -> Iterator[None]:
    """Another file under a descriptor."""
    kept = os.dup(fd)
    os.dup2(file.fileno(), fd)
    try:
        yield
    finally:
        os.dup2(kept, fd)
        os.close(kept)


def lines(messages: Iterable[dict[str, Any] | str]) -> bytes:
    return b"".join((m if isinstance(m, str) else json.dumps(m)).encode() + b"\n" for m in messages)


@dataclass
class Outcome:
    code: int
    states: list[Any]
    log: str

    @property
    def errors(self) -> list[str]:
        return [line for line in self.log.splitlines() if "ERROR" in line]

    def total(self, name: str) -> int:
        """A figure of the summary line."""
        last = next(line for line in reversed(self.log.splitlines()) if "run: " in line)
        return int(last.split(f"{name}=")[1].split()[0])


@dataclass
class Target:
    """Runs into one dataset: in this process, or in one of its own where a test sends signals or breaks pipes."""

    client: bigquery.Client
    folder: Path
    url: str
    dataset: str
    config: dict[str, Any] = field(default_factory=dict)

    def settings(self, **config: Any) -> dict[str, Any]:
        settings = {
            "project": "local",
            "dataset": self.dataset,
            "location": "EU",
            "api_endpoint": self.url,
            "retry_seconds": 20,
            "staging_dir": str(self.folder),
        }
        return {k: v for k, v in (settings | self.config | config).items() if v is not None}

    def start(self, stdin: Any = subprocess.PIPE, **config: Any) -> subprocess.Popen[bytes]:
        path = self.folder / f"config-{uuid.uuid4().hex}.json"
        path.write_text(json.dumps(self.settings(**config)))
        return subprocess.Popen(
            [COMMAND, "--config", path],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
        )

    def run(self, messages: Iterable[dict[str, Any] | str] | bytes, **config: Any) -> Outcome:
        log = io.StringIO()
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout, logged(log), replaced(1, stdout):
            stdin.write(messages if isinstance(messages, bytes) else lines(messages))
            stdin.seek(0)
            code = guarded(lambda: load(parse(self.settings(**config)), stdin.fileno()) or 0)
            stdout.seek(0)
            states = [json.loads(line) for line in stdout]
        return Outcome(code, states, log.getvalue())

    def ok(self, messages: Iterable[dict[str, Any] | str] | bytes, **config: Any) -> Outcome:
        outcome = self.run(messages, **config)
        assert outcome.code == 0, outcome.log
        return outcome

    def fails(self, messages: Iterable[dict[str, Any] | str] | bytes, code: int, *words: str, **config: Any) -> Outcome:
        """The exit code, and one line of error that has all the words."""
        outcome = self.run(messages, **config)
        assert outcome.code == code, outcome.log
        assert len(outcome.errors) == 1, outcome.log
        for word in words:
            assert word in outcome.errors[0]
        return outcome

    def rows(self, table: str, *columns: str) -> list[dict[str, Any]]:
        """The rows in order, without metadata."""
        picked = ", ".join(f"`{c}`" for c in columns) or "*"
        query = f"SELECT {picked} FROM `local`.`{self.dataset}`.`{table}`"
        found = [dict(row) for row in self.client.query(query).result()]
        made = [{k: v for k, v in row.items() if not k.startswith("_sdc_")} for row in found]
        return sorted(made, key=lambda row: [str(value).zfill(20) for value in row.values()])

    def table(self, name: str) -> bigquery.Table:
        return self.client.get_table(f"local.{self.dataset}.{name}")

    def tables(self) -> set[str]:
        return {item.table_id for item in self.client.list_tables(f"local.{self.dataset}")}


@pytest.fixture
def target(emulator: LocalBigQuery, client: bigquery.Client, tmp_path: Path) -> Target:
    return Target(client, tmp_path, emulator.url, f"t_{uuid.uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture
def nowhere(sink: Sink, client: bigquery.Client, tmp_path: Path) -> Target:
    """For what is decided before BigQuery is asked: nothing that is loaded stays."""
    return Target(client, tmp_path, sink.url, f"t_{uuid.uuid4().hex[:12]}")
