"""Runs a command as a shell would, and leaves nothing of it behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import watchdog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORWARDED = (signal.SIGINT, signal.SIGTERM)
STDIN = 0


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """The command's exit code, 128+n after signal n. It gets our signals; its descendants end with us."""
    ours, theirs = os.pipe()
    stdin = os.dup(STDIN)

    def forward(number: int, _frame: object) -> None:
        with suppress(BrokenPipeError):
            os.write(theirs, b"%d\n" % number)

    handlers = {number: signal.signal(number, forward) for number in FORWARDED}
    try:
        dog = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", Path(watchdog.__file__), str(stdin), *command],
            stdin=ours,
            pass_fds=[stdin],
            env={**os.environ, **environment},
            process_group=0,
        )
        os.close(ours)
        return dog.wait()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        os.close(theirs)
        os.close(stdin)
