"""Which records were erased: keyed hashes in a table of the dataset, so that no later run brings them back."""

from __future__ import annotations

import datetime as dt
import hmac
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from google.api_core import exceptions as api
from google.cloud import bigquery

from target_bigquery.errors import ConfigError, ValueRefusedError
from target_bigquery.scalars import SCALARS
from target_bigquery.schema import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from target_bigquery.load import Jobs

TABLE = "singer_erased"
LABEL = "singer_erased"  # of a live table: the last erasure that changed it
COLUMNS = (
    Column("erasure", "erasure", "STRING", description="Id; the live table has it as label singer_erased."),
    Column("stream", "stream", "STRING", description="Where the record was."),
    Column("record", "record", "STRING", description="HMAC-SHA-256 of stream and key, made with erasure_key."),
    Column("secret", "secret", "STRING", description="HMAC-SHA-256 that shows whether a run has the same erasure_key."),
    Column("erased_at", "erased_at", "TIMESTAMP", description="When the erasure began."),
    Column("live_rows", "live_rows", "INT64", description="Rows removed from the live table; null: not completed."),
    Column("rejected_rows", "rejected_rows", "INT64", description="Rows removed from the rejected records."),
    Column("staged_rows", "staged_rows", "INT64", description="Rows removed from staging tables of other runs."),
)
_READ = [bigquery.SchemaField(c.name, c.type) for c in COLUMNS[:4]]
_decode = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal).decode


@dataclass(frozen=True)
class Erased:
    """The erased records of one stream; ``keys`` are the key columns of its table, in the order of their names."""

    secret: bytes
    stream: str
    keys: Sequence[Column]
    records: frozenset[str]

    def left(self, table: pa.Table) -> pa.Table:
        """The rows that were not erased."""
        keys = (table.column(c.name).to_pylist() for c in self.keys)
        kept = [digest(self.secret, self.stream, key) not in self.records for key in zip(*keys, strict=True)]
        return table if all(kept) else table.filter(pa.array(kept, pa.bool_()))

    def has(self, record: bytes) -> bool:
        """Is this one of them? A record whose key cannot be read is none."""
        try:
            values = _decode(record.decode(errors="replace"))
            key = [_scalar(c, values.get(c.source, values.get(c.name))) for c in self.keys]
        except (ValueError, AttributeError):
            return False
        return digest(self.secret, self.stream, key) in self.records


@dataclass(frozen=True)
class Erasures:
    """Every erasure of a dataset; ``records`` are the hashes by stream."""

    secret: bytes = b""
    ids: frozenset[str] = frozenset()
    records: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, stream: str, columns: Iterable[Column], keys: Sequence[str]) -> Erased | None:
        """Those of a stream, if there are any; ``keys`` name columns."""
        if not keys or stream not in self.records:
            return None
        found = sorted((c for c in columns if c.name in keys), key=by_name)
        return Erased(self.secret, stream, found, self.records[stream])


def by_name(column: Column) -> str:
    """The order in which the values of a key are hashed."""
    return column.name.lower()


def read(jobs: Jobs, dataset: bigquery.DatasetReference, erasure_key: str | None) -> Erasures:
    """The erasures of a dataset, with one request.

    Raises:
        ConfigError: there are some, and ``erasure_key`` is missing or is not the one they were made with.
    """
    secret = (erasure_key or "").encode()

    def listed(timeout: float) -> list[Any]:
        table = dataset.table(TABLE)
        return list(jobs.client.list_rows(table, selected_fields=_READ, timeout=timeout, retry=None))  # type: ignore[arg-type]  # ``call`` repeats

    try:
        rows = jobs.call(listed)
    except api.NotFound:
        return Erasures(secret)
    if rows and not secret:
        raise ConfigError(f"records of dataset {dataset.dataset_id} were erased: set erasure_key, or they come back")
    if any(row["secret"] != signature(secret) for row in rows):
        raise ConfigError(f"erasure_key is not the one with which records of dataset {dataset.dataset_id} were erased")
    records: dict[str, set[str]] = {}
    for row in rows:
        records.setdefault(row["stream"], set()).add(row["record"])
    return Erasures(secret, frozenset(row["erasure"] for row in rows), {s: frozenset(r) for s, r in records.items()})


def digest(secret: bytes, stream: str, key: Iterable[Any]) -> str:
    """The keyed hash of a record; a number has one spelling, whatever the type of its column."""
    text = json.dumps([stream, *map(_spelled, key)])
    return hmac.digest(secret, text.encode(), "sha256").hex()


def signature(secret: bytes) -> str:
    """What tells two secrets apart and gives neither away."""
    return hmac.digest(secret, b"[]", "sha256").hex()


def _scalar(column: Column, value: Any) -> Any:
    if column.type not in SCALARS:
        raise ValueRefusedError(column.name, f"is {column.type}, by which nothing can be erased")
    return SCALARS[column.type](column.type, value, column.name)


def key_of(columns: Sequence[Column], texts: Sequence[str]) -> list[Any]:
    """The values of key columns, from the command line.

    Raises:
        ConfigError: there is not one for each column, or one does not fit.
    """
    names = ", ".join(c.name for c in columns)
    if len(texts) != len(columns):
        raise ConfigError(f"the key is {names}: give --key {len(columns)} times, in this order")
    try:
        return [_scalar(column, text) for column, text in zip(columns, texts, strict=True)]
    except ValueRefusedError as error:
        raise ConfigError(f"--key for column {error.path} {error.reason}") from None


def _spelled(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            text = f"{value:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)
