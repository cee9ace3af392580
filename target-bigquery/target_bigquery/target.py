"""The command line: --about, --version, --config, and the exit code."""

from __future__ import annotations

import gc
import logging
import os
import sys
from typing import IO, TYPE_CHECKING, Any, ClassVar

import click
from singer_sdk import Target
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities

from target_bigquery import options
from target_bigquery.commands import NAMES, commands, parsed
from target_bigquery.errors import ConfigError, TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger("target-bigquery")


class TargetBigQuery(Target):
    """Singer target for BigQuery: every record exactly where it belongs."""

    name = "target-bigquery"
    config_jsonschema = options.SCHEMA
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        PluginCapabilities.ABOUT,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """The settings are complete as they are."""

    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: Any = None,
        file_input: IO[str] | None = None,
    ) -> None:
        """Load what the input brings; the reading loop is this package's own."""
        if about:
            cls.print_about(about_format)
            return
        settings = parsed(config)
        from target_bigquery.run import run  # noqa: PLC0415 (pyarrow and the client cost a second)

        gc.freeze()  # what was imported stays
        gc.enable()
        run(settings, (file_input or sys.stdin).fileno())


def main() -> None:
    """Run and exit with the code that ``command`` promises."""
    code = guarded(lambda: command_line(sys.argv[1:]).main(standalone_mode=False) or 0)
    sys.stderr.flush()
    os._exit(code)  # threads of the client may still wait for an answer


def command_line(arguments: Sequence[str]) -> click.Command:
    """Singer's own, or one of the commands if the first argument is its name."""
    singer: click.Command = TargetBigQuery.cli
    singer.epilog = f"Or {TargetBigQuery.name} {' | '.join(NAMES)}, each with --help."
    beside = arguments[:1] and arguments[0] in NAMES
    return commands(TargetBigQuery.name, TargetBigQuery.cb_config) if beside else singer


def guarded(act: Callable[[], int]) -> int:
    """The exit code; what fails is one line of the log."""
    try:
        return act()
    except TargetError as error:
        log.error("%s", error)  # noqa: TRY400 (one line)
        return error.exit_code
    except click.UsageError as error:
        log.error("%s", error.format_message())  # noqa: TRY400
        return ConfigError.exit_code
    except FileNotFoundError as error:
        log.error("%s", error)  # noqa: TRY400
        return ConfigError.exit_code
    except BrokenPipeError:
        return 1
    except Exception as error:
        log.error("unexpected %s: %s", type(error).__name__, " ".join(str(error).split())[:300])  # noqa: TRY400
        log.debug("details", exc_info=True)
        return 1
