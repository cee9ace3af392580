"""Ends process groups when the one who started them is done, or was killed.

`python watchdog.py` reads their numbers from stdin, one a line. Nobody has to tell it when to act: its stdin
ends when the last holder of the other end has gone, for whatever reason.
"""

from __future__ import annotations

import os
import signal
import sys
import time

GRACE = 5.0
STEP = 0.02


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


if __name__ == "__main__":
    for started in [int(line) for line in sys.stdin]:
        end(started)
