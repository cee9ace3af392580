"""Meltano as a command: where it is, and what it says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tap_kit.errors import ConfigError


class Said(NamedTuple):
    """What a command of Meltano said: its exit code, the lines of its output, and the last error of its log."""

    code: int
    lines: list[str]
    error: str


def find() -> str:
    """Return where Meltano is: on the PATH, or beside this Python.

    Raises:
        ConfigError: it is not there.
    """
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)))
    found = shutil.which("meltano", path=places)
    if not found:
        raise ConfigError("meltano is not on the PATH: `make setup` puts it into .venv/bin")
    return found


def ask(*arguments: str) -> Said:
    """Run a command of Meltano to its end."""
    done = subprocess.run(  # noqa: S603 - names are checked
        [find(), *arguments],
        env={**os.environ, "MELTANO_CLI_LOG_FORMAT": "json"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [event for line in done.stderr.splitlines() if (event := _error(line))]
    failed = f"meltano {arguments[0]} ended with {done.returncode}"
    return Said(done.returncode, done.stdout.splitlines(), errors[-1] if errors else failed)


def _error(line: str) -> str:
    """Return what a line of Meltano's log says, if that is an error."""
    try:
        entry = json.loads(line)
        return str(entry["event"]) if entry["level"] == "error" else ""
    except (ValueError, LookupError, TypeError):
        return ""
