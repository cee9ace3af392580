"""The base of the taps: settings, catalog and state are checked before anything is asked or sent."""

from __future__ import annotations

import os
from contextlib import nullcontext
from datetime import UTC
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, ClassVar

from singer_sdk import Tap
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.helpers._classproperty import classproperty
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities
from singer_sdk.plugin_base import JSONSchemaValidator, _ConfigInput
from singer_sdk.singerlib import Schema

from tap_kit.client import Client
from tap_kit.errors import ConfigError, InterruptedRunError, StreamsSkippedError
from tap_kit.inputs import check_catalog, check_state, read_columns, read_json, read_state
from tap_kit.preflight import ready
from tap_kit.progress import Progress
from tap_kit.redact import redact
from tap_kit.report import last_run, reported
from tap_kit.stream import TableStream
from tap_kit.times import moment
from tap_kit.vault import Hold
from tap_kit.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from types import FrameType

    import click

    from tap_kit.api import Api
    from tap_kit.contract import Contract
    from tap_kit.table import Stream


class TableTap(Tap):
    """A tap whose streams are the rows of a table."""

    table: ClassVar[Sequence[Stream]]
    schema_package: ClassVar[str]
    service_accounts: ClassVar[bool] = False  # whether the vendor lets an app in as one
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

    @classproperty
    def _env_var_config(cls) -> dict[str, Any]:  # noqa: N805 - of the class
        """The settings in the environment, and nothing else.

        The SDK puts `.env` above it, which Meltano has read already: there, what the environment says is what is right
        for one connection of several.
        """
        cls.append_builtin_config(schema := cls.config_jsonschema)
        return parse_environment_config(schema, cls._env_var_prefix, os.devnull)

    def __init__(self, *, validate_config: bool = True, **options: Any) -> None:
        self.skipped: list[str] = []
        self.constants: dict[str, Any] = {}  # fields that every record gets
        super().__init__(validate_config=validate_config, **options)
        secrets = [name for name, spec in self.config_jsonschema["properties"].items() if spec.get("secret")]
        redact(str(self.config.get(name) or "") for name in secrets)
        if validate_config:
            check_catalog(self.input_catalog, self.table, self.name)
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

    @cached_property
    def contract(self) -> Contract | None:
        """What may be sent, if the setting `columns_file` says so."""
        return read_columns(self.config, self.table, self.name)

    def setup_mapper(self) -> None:
        """Let a catalog choose among the tap's columns; what they are is the tap's, whatever an older catalog says.

        Fields that columns_file alone knows of are chosen there.
        """
        entries = dict(self.input_catalog or {})
        for stream in self.discover_streams() if entries else ():
            if (entry := entries.get(stream.name)) is not None:
                known = self.contract.undeclared(stream.name) if self.contract else set()
                chosen = known.union(entry.schema.to_dict().get("properties", {}))
                columns = {name: column for name, column in stream.schema["properties"].items() if name in chosen}
                entry.schema = Schema.from_dict({**stream.schema, "properties": columns})
        super().setup_mapper()

    def discover_streams(self) -> Sequence[TableStream]:
        """Return a stream for each row of the table that the contract has. Asks the vendor nothing."""
        return [TableStream(self, row) for row in self.table if not self.contract or row.name in self.contract.streams]

    def load_state(self, state: dict[str, Any]) -> None:
        """Take the bookmarks of an earlier run.

        Raises:
            ConfigError: they are not of this tap.
        """
        check_state(state, self.table, self.name)
        super().load_state(state)

    def run(self) -> None:
        """Sync what is selected.

        Raises:
            StreamsSkippedError: streams that could not be read were skipped.
        """
        with reported(self), Progress(self.table_streams, last_run(self)):
            self._run()
            self.say_skipped()

    @property
    def table_streams(self) -> list[TableStream]:
        """The streams that are selected."""
        return [stream for stream in self.streams.values() if isinstance(stream, TableStream) and stream.selected]

    def connect(self) -> None:
        """Make sure that the vendor's company is the one that is meant, before anything is asked or sent.

        Raises:
            ConfigError: it is another one.
        """

    def say_skipped(self) -> None:
        """Raise StreamsSkippedError if streams were skipped."""
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
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """Read one record of each stream that is selected by default; the SDK would try all there are."""
        if value != "all":
            super().cb_test(ctx, param, value)
            return
        config: _ConfigInput = ctx.params.get("config", _ConfigInput())
        tap = cls(config=config.config, parse_env_config=config.parse_env)
        tap.run_sync_dry_run(1, [stream for stream in tap.streams.values() if stream.selected])
        tap.say_skipped()
        ctx.exit()

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
            state=read_state(state),
            catalog=read_json("catalog", catalog.read()) if catalog else None,
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

    def _run(self) -> None:
        try:
            ready(self)
            with self._alone() as hold:
                self.client.hold = self._writer.hold = hold
                self.api.sign_in.headers()  # who cannot sign in has nothing to send
                self.connect()
                self.sync_all()
                self._log_requests()
        except InterruptedRunError:
            self._writer.flush()
            self.state_writer.write_state(self.state)
            raise
        finally:
            self.client.close()

    def _alone(self) -> AbstractContextManager[Hold]:
        store = self.api.sign_in.store
        return store.run(stream.name for stream in self.table_streams) if store else nullcontext(Hold())

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
