"""The command line's outer edge: one line for each error, and an exit code that tells what happened."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from tap_kit.commands import NAMES, commands
from tap_kit.errors import ConfigError, InterruptedRunError, RunStoppedError, TapError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_kit.tap import TableTap

INTERRUPTED = 130


def run(tap: type[TableTap]) -> NoReturn:
    """Run a tap's command line and leave with its exit code."""
    leave(exit_code(tap, sys.argv[1:]))


def exit_code(tap: type[TableTap], arguments: Sequence[str]) -> int:
    """Run a tap's command line: Singer's, or one of the commands if it begins with its name.

    Returns:
        0: done. 1: the run failed. 2: command line, settings, catalog or state are wrong. 128 + n: signal n.
    """
    command = tap.cli
    command.epilog = f"Or {tap.name} {' | '.join(NAMES)}, each with --help."
    try:
        code: int = (commands(tap) if arguments[:1] and arguments[0] in NAMES else command).main(
            list(arguments), prog_name=tap.name, standalone_mode=False
        ) or 0
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
    return code


def leave(code: int) -> NoReturn:
    """End the process without waiting for requests that are still under way."""
    logging.shutdown()
    try:
        sys.stdout.flush()
    except OSError:
        code = code or TapError.exit_code
    os._exit(code)
