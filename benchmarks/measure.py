"""A process, measured by the operating system."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BIN = Path(sys.executable).parent


@dataclass
class Measured:
    """A process that has ended: seconds by the clock, seconds of CPU, most memory in MB, lines that it wrote."""

    wall: float
    cpu: float
    memory: float
    records: int
    state: str


# A process counts the memory that its parent had when it was forked: so a small one stands between.
BETWEEN = """
import json, os, subprocess, sys
_, status, usage = os.wait4(subprocess.Popen(sys.argv[2:]).pid, 0)
found = [os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]
json.dump(found, open(sys.argv[1], "w"))
"""


def measure(command: list[str | Path], settings: Mapping[str, str]) -> Measured:
    """Run a command with settings in its environment."""
    with NamedTemporaryFile("r") as usage:
        return _measured([sys.executable, "-c", BETWEEN, usage.name, *command], settings, usage.name)


def _measured(command: list[str | Path], settings: Mapping[str, str], usage: str) -> Measured:
    started, lines, last = time.monotonic(), 0, b""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **settings})
    assert process.stdout  # noqa: S101 - asked for above
    for chunk in iter(lambda: process.stdout.read(1 << 20), b""):
        lines += chunk.count(b"\n")
        last = (last + chunk)[-(1 << 22) :]
    process.wait()
    status, cpu, memory = json.loads(Path(usage).read_text())
    if status:
        sys.exit(f"{' '.join(map(str, command[4:6]))} failed")
    states = [line for line in last.splitlines() if line.startswith(b'{"type":"STATE"')]
    state = json.dumps(json.loads(states[-1])["value"]) if states else ""
    return Measured(time.monotonic() - started, cpu, memory, lines, state)


class Tap:
    """A tap that reads some of its streams, run after run."""

    def __init__(self, name: str, streams: tuple[str, ...], folder: Path) -> None:
        """Take the tap's command, what it reads, and a folder for its files."""
        found = subprocess.run([BIN / name, "--discover"], capture_output=True, check=True).stdout
        catalog = json.loads(found)
        for entry in catalog["streams"]:
            entry["metadata"][-1]["metadata"]["selected"] = entry["tap_stream_id"] in streams
        self._name = name
        self._folder = folder
        (folder / "catalog.json").write_text(json.dumps(catalog))
        (folder / "state.json").touch()

    def run(self, settings: Mapping[str, str]) -> Measured:
        """Run once, from where the last run ended."""
        files = ["--catalog", self._folder / "catalog.json", "--state", self._folder / "state.json"]
        quiet = {f"{self._name.upper().replace('-', '_')}_LOGLEVEL": "ERROR"}
        done = measure([BIN / self._name, "--config", "ENV", *files], {**settings, **quiet})
        (self._folder / "state.json").write_text(done.state)
        return done


@contextmanager
def tap(name: str, *streams: str) -> Iterator[Tap]:
    """Yield a tap with a folder of its own."""
    with TemporaryDirectory() as folder:
        yield Tap(name, streams, Path(folder))
