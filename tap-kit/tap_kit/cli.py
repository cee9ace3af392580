"""The command line's outer edge: one line for each error, and an exit code that tells what happened."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from tap_kit.commands import NAMES, commands
from tap_kit.ending import ending
from tap_kit.errors import ConfigError, TapError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_kit.tap import TableTap


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
    except BaseException as error:
        if (end := ending(error)) is None:
            raise
        tap.logger.log(end.level, "%s", end.line)  # the user can act on the line, not on a trace
        code = end.exit_code
    return code


def leave(code: int) -> NoReturn:
    """End the process without waiting for requests that are still under way."""
    logging.shutdown()
    try:
        sys.stdout.flush()
    except OSError:
        code = code or TapError.exit_code
    os._exit(code)
