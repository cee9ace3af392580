"""The command line's outer edge: one line for each error, and an exit code that tells what happened."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from tap_kit.errors import ConfigError, InterruptedRunError, RunStoppedError, TapError

if TYPE_CHECKING:
    from tap_kit.tap import TableTap

INTERRUPTED = 130


def run(tap: type[TableTap]) -> NoReturn:
    """Run a tap's command line and leave with its exit code.

    0: done. 1: the run failed. 2: command line, settings, catalog or state are wrong. 128 + n: signal n.
    """
    try:
        code = tap.cli.main(standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        code = ConfigError.exit_code
    except (RunStoppedError, TapError) as error:
        failure = error.error if isinstance(error, RunStoppedError) else error
        tap.logger.error("%s", failure)  # noqa: TRY400 - the user can act on the line, not on a trace
        code = failure.exit_code
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else error
        tap.logger.error("%s", said)  # noqa: TRY400
        code = ConfigError.exit_code
    except (InterruptedRunError, KeyboardInterrupt, click.Abort) as error:
        code = error.exit_code if isinstance(error, InterruptedRunError) else INTERRUPTED
        tap.logger.warning("Stopped by signal %d", code - 128)
    leave(code)


def leave(code: int) -> NoReturn:
    """End the process without waiting for requests that are still under way."""
    logging.shutdown()
    try:
        sys.stdout.flush()
    except OSError:
        code = code or TapError.exit_code
    os._exit(code)
