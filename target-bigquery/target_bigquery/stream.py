"""What the reading thread knows about one stream."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from target_bigquery import evolve
from target_bigquery.batch import Batch, Mode
from target_bigquery.block import Block
from target_bigquery.datasets import place
from target_bigquery.errors import InputError
from target_bigquery.layout import layout
from target_bigquery.schema import columns, wider
from target_bigquery.tables import Target

if TYPE_CHECKING:
    from target_bigquery.lane import Lane
    from target_bigquery.messages import Message
    from target_bigquery.settings import Settings
    from target_bigquery.stage import Spool

_schema = json.JSONDecoder(parse_float=Decimal).decode


class Open:
    """A batch that still takes records."""

    def __init__(self, batch: Batch, spool: Spool, line: int) -> None:
        self.batch, self.spool, self.line = batch, spool, line
        # Of a full table: the tap said that this version becomes the live one.
        self.announced = batch.version is None
        self.records = 0  # that have left the block
        self.since = time.monotonic()


class Stream:
    """One stream: its table, its lane and the batch that is being filled."""

    def __init__(self, target: Target, lane: Lane, described: tuple[bytes, ...], settings: Settings) -> None:
        self.target, self.lane, self.described, self.settings = target, lane, described, settings
        self.open: Open | None = None
        self.block = Block()  # of the open batch
        self.version: int | None = None  # of the open batch's records
        self.last_record = 0  # line
        self.wide: dict[str, str] = {}  # the types that properties have turned out to need
        self.widens = True  # as far as is known, BigQuery lets columns become wider
        self._live_version: str | None = None

    def widened(self, target: Target) -> Target:
        """The table with the columns as wide as they have turned out to be needed."""
        return replace(target, columns=wider(target.columns, self.wide))

    def live_version(self) -> str | None:
        """The version of the rows that the live table will have when all before is committed."""
        if self._live_version is None:
            self._live_version = self.lane.version(self.target.stream)
        return self._live_version

    def activated(self, version: int | None) -> None:
        """A snapshot is on its way into the live table."""
        self._live_version = "" if version is None else str(version)

    def mode(self, version: int | None) -> Mode:
        """How records of this version get into the table.

        A version that the live table does not have yet is a full table; records of the version that it has are
        changes to it (database taps keep one version over many incremental runs).
        """
        method = self.settings.load_method
        if method == "append-only":
            return Mode.APPEND
        if method == "overwrite" or (version is not None and str(version) != self.live_version()):
            return Mode.SWAP
        return Mode.UPSERT if self.target.keys else Mode.APPEND


def describe(message: Message, line: int, settings: Settings) -> Target:
    """The table that a SCHEMA message asks for.

    Raises:
        InputError: there is no schema, or no table can be made of it.
    """
    name = message.stream
    try:
        schema: Any = _schema(bytes(message.schema).decode() or "null")
    except ValueError:
        schema = None
    if not name or not isinstance(schema, dict):
        raise InputError(line, "SCHEMA without a stream or a schema")
    keys = tuple(dict.fromkeys(message.key_properties or ()))
    try:
        dataset, table = place(settings.dataset, name)
    except ValueError as error:
        raise InputError(line, f"stream {name} {error}") from None
    try:
        made = columns(
            schema,
            keys,
            metadata=settings.add_record_metadata,
            deletes=settings.hard_delete,
            nested=settings.nested,
            levels=settings.flattening_max_depth,
            number=settings.number_type,
        )
        laid_out = layout(made, keys, settings)
    except ValueError as error:
        raise InputError(line, f"SCHEMA of stream {name}: {error}") from None
    if not made:
        raise InputError(line, f"SCHEMA of stream {name} has no properties, so its table would have no columns")
    by_source = {c.source: c.name for c in made if not c.path}
    return Target(
        stream=name,
        table=table,
        columns=made,
        keys=tuple(by_source[key] for key in keys),
        description=str(schema.get("description") or ""),
        hard_delete=settings.hard_delete,
        log=settings.load_method == "append-only",
        layout=laid_out,
        dataset=dataset,
    )


def merged(old: Target, new: Target, line: int) -> Target:
    """The columns of both; for a full table whose SCHEMA changes while it is being sent.

    Raises:
        InputError: a column changed its type, so that the rows already sent do not fit.
    """
    plan = evolve.plan([evolve.api_field(c) for c in old.columns], new.columns)
    if plan.refused or plan.widened or plan.boxed:
        names = "; ".join(plan.refused) or ", ".join([*plan.widened, *plan.boxed])
        raise InputError(line, f"SCHEMA of stream {new.stream} changes a type within one full table: {names}")
    have = {c.name.lower() for c in new.columns}
    kept = tuple(c for c in old.columns if c.name.lower() not in have)
    return replace(new, columns=(*kept, *new.columns))
