"""The base of the taps: settings, catalog and state are checked before anything is asked or sent."""

from __future__ import annotations

import json
from datetime import UTC
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, ClassVar

from singer_sdk import Tap
from singer_sdk import typing as th
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities
from singer_sdk.plugin_base import JSONSchemaValidator, _ConfigInput

from tap_kit.client import Client
from tap_kit.errors import ConfigError, InterruptedRunError, StreamsSkippedError
from tap_kit.redact import redact
from tap_kit.stream import TableStream
from tap_kit.times import moment
from tap_kit.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from types import FrameType

    import click

    from tap_kit.api import Api
    from tap_kit.table import Stream

START_DATE = th.Property(
    "start_date",
    th.StringType,
    title="Start date",
    description="Nothing older than this day or moment (ISO 8601, UTC unless it says otherwise) is read. "
    "Without it everything is.",
)
USER_AGENT = th.Property(
    "user_agent",
    th.StringType,
    title="User agent",
    description="How the tap introduces itself to the vendor.",
)

_NO_STATE = 'the state is not a Singer state: expected {"bookmarks": {stream: …}}'


class TableTap(Tap):
    """A tap whose streams are the rows of a table."""

    table: ClassVar[Sequence[Stream]]
    schema_package: ClassVar[str]
    message_writer_class = Writer
    capabilities: ClassVar = [  # BATCH would go around selection and stream maps
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        TapCapabilities.ACTIVATE_VERSION,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

    def __init__(self, *, validate_config: bool = True, **options: Any) -> None:
        self.skipped: list[str] = []
        super().__init__(validate_config=validate_config, **options)
        secrets = [name for name, spec in self.config_jsonschema["properties"].items() if spec.get("secret")]
        redact(str(self.config.get(name) or "") for name in secrets)
        if validate_config:
            self._check_catalog()
            _ = self.start, self.api

    @cached_property
    def api(self) -> Api:
        """The vendor's API as configured.

        Raises:
            ConfigError: a setting cannot be right.
        """
        raise NotImplementedError

    @cached_property
    def client(self) -> Client:
        """The one client of this run."""
        agent = self.config.get("user_agent") or f"{self.name}/{self.plugin_version}"
        return Client(self.api, user_agent=agent)

    @cached_property
    def start(self) -> datetime | None:
        """The setting `start_date`, in UTC."""
        text = self.config.get("start_date")
        try:
            return moment(text).astimezone(UTC) if text else None
        except (ValueError, TypeError) as error:
            message = "start_date is not a date: write it as 2026-01-31 or 2026-01-31T08:00:00Z"
            raise ConfigError(message) from error

    @property
    def _writer(self) -> Writer:
        assert isinstance(self.message_writer, Writer)  # noqa: S101 - message_writer_class above
        return self.message_writer

    def discover_streams(self) -> Sequence[TableStream]:
        """Return a stream for each row of the table. Asks the vendor nothing."""
        return [TableStream(self, row) for row in self.table]

    def load_state(self, state: dict[str, Any]) -> None:
        """Take the bookmarks of an earlier run.

        Raises:
            ConfigError: they are not of this tap.
        """
        bookmarks = state.get("bookmarks", {})
        if not isinstance(bookmarks, dict) or not all(isinstance(entry, dict) for entry in bookmarks.values()):
            raise ConfigError(_NO_STATE)
        known = {row.name: row for row in self.table}
        if bookmarks and not known.keys() & bookmarks.keys():
            raise ConfigError(f"the state is of another tap: {self.name} has no stream {', '.join(sorted(bookmarks))}")
        for name, entry in bookmarks.items():
            if name not in known:
                self.logger.warning("The state names a stream that %s does not have: %s", self.name, name)
            elif not _is_bookmark(entry, known[name]):
                raise ConfigError(f"the state of {name} was not written by {self.name}: remove it to read {name} anew")
        super().load_state(state)

    def run(self) -> None:
        """Sync what is selected.

        Raises:
            StreamsSkippedError: streams that could not be read were skipped.
        """
        try:
            self.sync_all()
            self._log_requests()
        except InterruptedRunError:
            self._writer.flush()
            self.state_writer.write_state(self.state)
            raise
        finally:
            self.client.close()
        if self.skipped:
            raise StreamsSkippedError(f"not read: {', '.join(self.skipped)} (reasons above); all other streams were")

    @classmethod
    def cb_config(cls, ctx: click.Context, param: click.Option, value: tuple[str, ...]) -> _ConfigInput:
        """Read the files of --config."""
        try:
            return super().cb_config(ctx, param, value)
        except (ValueError, TypeError) as error:
            raise ConfigError(f"{', '.join(value)}: not a JSON object with settings") from error

    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: _ConfigInput | None = None,
        state: IO[str] | None = None,
        catalog: IO[str] | None = None,
    ) -> None:
        """Run the command line."""
        super(Tap, cls).invoke(about=about, about_format=about_format)
        config = config or _ConfigInput()
        cls(
            config=config.config,
            state=_read_state(state),
            catalog=_read_json("catalog", catalog.read()) if catalog else None,
            parse_env_config=config.parse_env,
        ).run()

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Check the settings against their schema. Unlike the SDK's, the message never holds a value."""
        self.append_builtin_config(self.config_jsonschema)
        errors = [
            error.message
            if error.validator == "required"
            else f"{'.'.join(map(str, error.path))} must be {error.validator_value}"
            for error in JSONSchemaValidator(self.config_jsonschema).iter_errors(self._config)
        ]
        if errors and raise_errors:
            raise ConfigError(f"settings of {self.name}: {'; '.join(errors)}")
        return errors

    def _check_catalog(self) -> None:
        names = {row.name for row in self.table}
        entries = self.input_catalog.items() if self.input_catalog else ()
        selected = [name for name, entry in entries if entry.metadata.resolve_selection().get((), False)]
        if unknown := sorted(set(selected) - names):
            raise ConfigError(f"the catalog selects streams that {self.name} does not have: {', '.join(unknown)}")

    def _log_requests(self) -> None:
        counts = self.client.counts
        self.logger.info(
            "%d requests, %d retries, %d × 429, %.1f s waited for the rate limit",
            *(counts[name] for name in ("requests", "retries", "429")),
            self.client.limiter.waited,
        )

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        """Stop at once, or right after the block of messages that is being written."""
        del frame
        if self._writer.writing:
            self._writer.stop = InterruptedRunError(signum)
        else:
            raise InterruptedRunError(signum)


def _read_json(what: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ConfigError(f"the {what} is not JSON: {error}") from error


def _read_state(file: IO[str] | None) -> dict[str, Any]:
    """Return the state; of a target's output, which is a line a state, the last one."""
    lines = [line for line in file.read().splitlines() if line.strip()] if file else []
    if not lines:
        return {}
    try:
        state: dict[str, Any] = json.loads("\n".join(lines))
    except ValueError:
        state = _read_json("state", lines[-1])
    if not isinstance(state, dict):
        raise ConfigError(_NO_STATE)
    return state


def _is_bookmark(entry: dict[str, Any], row: Stream) -> bool:
    parts = entry.get("partitions", [])
    if not isinstance(parts, list):
        return False
    for part in [entry, *parts]:
        if not isinstance(part, dict):
            return False
        value, column = part.get("replication_key_value"), part.get("replication_key")
        if value is None and column is None:
            continue
        if row.cursor is None or column not in (None, row.cursor.column):
            return False
        try:
            moment(value)  # type: ignore[arg-type]
        except (ValueError, TypeError):
            return False
    return True
