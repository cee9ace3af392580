"""Runs a command, and ends it with all that it started when the one who asked for it is done, or was killed.

`python watchdog.py STDIN_FD COMMAND ARGS…` reads signals to pass on from its own stdin, one number a line. Nobody
has to tell it when to act: its stdin ends when the last holder of the other end has gone, for whatever reason.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

GRACE = 5.0
STEP = 0.02
NOT_EXECUTABLE, NOT_FOUND = 126, 127
SIGNALLED = 128


def run(stdin: int, command: Sequence[str]) -> int:
    """The command's exit code, as a shell tells it."""
    try:
        process = subprocess.Popen(command, stdin=stdin, process_group=0)  # noqa: S603
    except FileNotFoundError:
        return complain(f"{command[0]}: not found", NOT_FOUND)
    except PermissionError:
        return complain(f"{command[0]}: not executable", NOT_EXECUTABLE)
    threading.Thread(target=listen, args=[process.pid], daemon=True).start()
    code = process.wait()
    end(process.pid)
    return code if code >= 0 else SIGNALLED - code


def listen(group: int) -> None:
    """Pass signals on, until there is nobody left to send them."""
    for line in sys.stdin:
        with suppress(ProcessLookupError):
            os.killpg(group, int(line))
    end(group)


def end(group: int) -> None:
    """Ask every process of the group to end, and kill those that do not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + GRACE
        try:
            os.killpg(group, number)
            while time.monotonic() < deadline:
                time.sleep(STEP)
                os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return


def complain(line: str, code: int) -> int:
    """Say why there is no exit code of the command."""
    sys.stderr.write(f"{line}\n")
    return code


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), sys.argv[2:]))
