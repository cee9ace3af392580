"""How a run ends: in what state, with which line for its user, and with which exit code."""

from __future__ import annotations

import logging
from typing import Literal, NamedTuple

import click

from tap_kit.errors import ConfigError, InterruptedRunError, RunStoppedError, TapError

INTERRUPTED = 130

State = Literal["ok", "failed", "interrupted"]


class Ending(NamedTuple):
    """The end of a run."""

    state: State
    line: str
    exit_code: int

    @property
    def level(self) -> int:
        """The level that the line has in the log."""
        return logging.WARNING if self.state == "interrupted" else logging.ERROR


def ending(error: BaseException) -> Ending | None:
    """Return the end that an error makes, or None if it is the tap's own mistake, which wants a trace."""
    match error:
        case RunStoppedError():
            return ending(error.error)
        case TapError():
            return Ending("failed", str(error), error.exit_code)
        case FileNotFoundError() | IsADirectoryError() | PermissionError():
            said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            return Ending("failed", said, ConfigError.exit_code)
        case InterruptedRunError():
            return _stopped(error.exit_code)
        case KeyboardInterrupt() | click.Abort():
            return _stopped(INTERRUPTED)
    return None


def _stopped(code: int) -> Ending:
    return Ending("interrupted", f"Stopped by signal {code - 128}", code)
