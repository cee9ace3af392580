"""Which records were erased: keyed hashes in a table of the dataset, so that no later run brings them back."""

from __future__ import annotations

import datetime as dt
import hmac
import json
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from google.api_core import exceptions as api
from google.cloud import bigquery

from target_bigquery import json_parts
from target_bigquery.errors import ConfigError, TargetError, ValueRefusedError
from target_bigquery.scalars import SCALARS
from target_bigquery.schema import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import msgspec

    from target_bigquery.jobs import Jobs

TABLE = "singer_erased"
LABEL = "singer_erased"  # of a live table: the last erasure that changed it
COLUMNS = (
    Column("erasure", "erasure", "STRING", description="Id; the live table has it as label singer_erased."),
    Column("stream", "stream", "STRING", description="Where the record was."),
    Column("columns", "columns", "STRING", description="The columns of its key, as a JSON array."),
    Column("record", "record", "STRING", description="HMAC-SHA-256 of stream and key, made with erasure_key."),
    Column("secret", "secret", "STRING", description="HMAC-SHA-256 that shows whether a run has the same erasure_key."),
    Column("erased_at", "erased_at", "TIMESTAMP", description="When the erasure began."),
    Column("live_rows", "live_rows", "INT64", description="Rows removed from the live table; null: not completed."),
    Column("rejected_rows", "rejected_rows", "INT64", description="Rows removed from the rejected records."),
    Column("staged_rows", "staged_rows", "INT64", description="Rows removed from staging tables of other runs."),
)
_READ = [bigquery.SchemaField(c.name, c.type) for c in COLUMNS[:5]]
_decode = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal).decode


@dataclass(frozen=True)
class Erased:
    """The erased records of one stream: their hashes, by the columns of the key, which are in the order of their names.

    All have the same columns as a rule: those of the primary key.
    """

    secret: bytes
    stream: str
    records: Mapping[tuple[Column, ...], frozenset[str]]

    def left(self, table: pa.Table) -> pa.Table:
        """The rows that were not erased."""
        for keys, records in self.records.items():
            values = zip(*(table.column(c.name).to_pylist() for c in keys), strict=True)
            kept = [None in key or digest(self.secret, self.stream, key) not in records for key in values]
            table = table if all(kept) else table.filter(pa.array(kept, pa.bool_()))
        return table

    def has(self, record: bytes | msgspec.Raw) -> bool:
        """Is this one of them? A record whose key cannot be read is none."""
        names = {name for keys in self.records for c in keys for name in (c.source, c.name, c.source.split(".")[0])}
        try:
            found = json_parts.properties(record, names)
            values = {name: _decode(bytes(value).decode(errors="replace")) for name, value in found}
        except ValueError:
            return False
        return any(self._among(values, *item) for item in self.records.items())

    def _among(self, values: Any, keys: tuple[Column, ...], records: frozenset[str]) -> bool:
        try:
            key = [_scalar(c, _found(values, c)) for c in keys]
        except (ValueError, LookupError, TypeError):  # no object, or nothing there that tells it
            return False
        return digest(self.secret, self.stream, key) in records


def _found(values: dict[str, Any], column: Column) -> Any:
    """The value of a column in a record as it came; one of a flattened object stands inside of it."""
    for name in (column.source, column.name):
        if name in values:
            return values[name]
    return reduce(lambda inside, name: inside[name], column.source.split("."), values)


@dataclass(frozen=True)
class Erasures:
    """Every erasure of a dataset; ``records`` are the hashes by stream and names of columns."""

    secret: bytes = b""
    ids: frozenset[str] = frozenset()
    records: Mapping[str, Mapping[tuple[str, ...], frozenset[str]]] = field(default_factory=dict)

    def of(self, stream: str, columns: Iterable[Column]) -> Erased | None:
        """Those of a stream, if there are any.

        Raises:
            TargetError: the stream does not have the columns that tell them.
        """
        if stream not in self.records:
            return None
        by_lower = {c.name.lower(): c for c in columns}
        if lost := {name for names in self.records[stream] for name in names if name not in by_lower}:
            raise TargetError(
                f"stream {stream}: records were erased by {', '.join(sorted(lost))}, which its SCHEMA does not have: "
                "without it they would come back"
            )
        found = {tuple(by_lower[n] for n in names): hashes for names, hashes in self.records[stream].items()}
        return Erased(self.secret, stream, found)


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
    records: dict[str, dict[tuple[str, ...], frozenset[str]]] = {}
    for row in rows:
        by_columns = records.setdefault(row["stream"], {})
        columns = tuple(json.loads(row["columns"]))
        by_columns[columns] = by_columns.get(columns, frozenset()) | {row["record"]}
    return Erasures(secret, frozenset(row["erasure"] for row in rows), records)


def digest(secret: bytes, stream: str, key: Iterable[Any]) -> str:
    """The keyed hash of a record; a number has one spelling, whatever the type of its column."""
    text = json.dumps([stream, *map(_spelled, key)])
    return hmac.digest(secret, text.encode(), "sha256").hex()


def signature(secret: bytes) -> str:
    """What tells two secrets apart and gives neither away."""
    return hmac.digest(secret, b"[]", "sha256").hex()


def _scalar(column: Column, value: Any) -> Any:
    if column.type not in SCALARS or column.repeated:
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
