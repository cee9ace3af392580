"""CPU and memory of a command."""

# ruff: noqa: INP001, S603

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Its own process, small when it starts the command: what one inherits from a parent counts as its memory.
MEASURED = """
import json, resource, subprocess, sys
with open(sys.argv[1], "rb") as given, open(sys.argv[2], "wb") as log:
    code = subprocess.run(sys.argv[3:], stdin=given, stdout=log, stderr=log).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024]))
"""


class Used(NamedTuple):
    """CPU seconds and peak MiB."""

    cpu: float
    memory: int


def measure(command: Sequence[str | Path], given: Path, folder: Path, **environment: str) -> Used:
    """What the command takes.

    Raises:
        RuntimeError: the command failed; says with what.
    """
    log = folder / "log"
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, given, log, *command],
        capture_output=True,
        check=True,
        env={**os.environ, **environment},
    )
    code, cpu, memory = json.loads(done.stdout)
    if code:
        last = log.read_text(errors="replace").strip().splitlines()
        raise RuntimeError(last[-1][:200] if last else f"exit code {code}")
    return Used(cpu, memory)
