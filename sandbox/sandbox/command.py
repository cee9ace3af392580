"""Runs a command as a shell would, and leaves nothing of it behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import watchdog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORWARDED = (signal.SIGINT, signal.SIGTERM)
NOT_EXECUTABLE, NOT_FOUND = 126, 127
SIGNALLED = 128


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """The command's exit code, 128+n after signal n. It gets our signals; its descendants end with us."""
    received: list[int] = []
    groups: list[int] = []

    def forward(number: int, _frame: object) -> None:
        received.append(number)
        for group in groups:
            os.killpg(group, number)

    handlers = {number: signal.signal(number, forward) for number in FORWARDED}
    dog = subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", Path(watchdog.__file__)],
        stdin=subprocess.PIPE,
        process_group=0,
        text=True,
    )
    try:
        process = subprocess.Popen(  # noqa: S603
            command, env={**os.environ, **environment}, process_group=0
        )
        groups.append(process.pid)
        for number in received:
            os.killpg(process.pid, number)
        print(process.pid, file=dog.stdin, flush=True)
        code = process.wait()
        return code if code >= 0 else SIGNALLED - code
    except FileNotFoundError:
        return _complain(f"{command[0]}: not found", NOT_FOUND)
    except PermissionError:
        return _complain(f"{command[0]}: not executable", NOT_EXECUTABLE)
    finally:
        groups.clear()
        dog.communicate()
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _complain(line: str, code: int) -> int:
    sys.stderr.write(f"{line}\n")
    return code
