"""Records that have no exact place in their table, with the reason: for the table ``<table>__rejected``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from target_bigquery import json_parts
from target_bigquery.arrow import staged_schema
from target_bigquery.errors import ValueRefusedError
from target_bigquery.leaves import Leaves, Place
from target_bigquery.schema import Column
from target_bigquery.splice import splice
from target_bigquery.tables import Target

if TYPE_CHECKING:
    import msgspec

SUFFIX = "__rejected"
COLUMNS = (
    Column("column", "column", "STRING", description="The column that cannot hold its value."),
    Column("reason", "reason", "STRING", description="Why; never the value."),
    Column("record", "record", "STRING", description="The record as it came, in JSON; null where it is too large."),
    Column("line", "line", "INT64", description="Where it stood: line of the input, or of a BATCH message's file."),
    Column("_sdc_rejected_at", "_sdc_rejected_at", "TIMESTAMP", description="When the target rejected it."),
    Column("_sdc_run_id", "_sdc_run_id", "STRING", description="The run, as in its jobs' label singer_run."),
)
_SCHEMA, _RECORD = staged_schema(COLUMNS), COLUMNS[2]


@dataclass(frozen=True)
class Refusal:
    """One record, and why it is not in its table."""

    column: str
    reason: str
    record: bytes | msgspec.Raw
    line: int

    @classmethod
    def of(cls, cause: ValueRefusedError, record: bytes | msgspec.Raw, line: int) -> Refusal:
        """What a refused value says, and its record."""
        return cls(cause.path, cause.reason, bytes(record), line)


class Rejected:
    """The refused records of a batch, in Parquet files in ``folder`` that are called after ``name``.

    Bytes that are no UTF-8 are replaced by U+FFFD.
    """

    def __init__(self, folder: Path, name: str, run: str) -> None:
        self._folder, self._name, self._run = folder, name, run
        self._writer: pq.ParquetWriter | None = None
        self._files: list[Path] = []
        self.count = 0

    def _open(self, compression: str) -> pq.ParquetWriter:
        self._files.append(self._folder / f"{self._name}-rejected-{len(self._files)}.parquet")
        return pq.ParquetWriter(
            self._files[-1], _SCHEMA, compression=compression, use_dictionary=False, write_statistics=False
        )

    def add(self, refusals: list[Refusal]) -> None:
        """Write them down."""
        if self._writer is None:
            self._writer = self._open("zstd")
        self._writer.write_table(self._table([(one, bytes(one.record).decode(errors="replace")) for one in refusals]))
        self.count += len(refusals)

    def add_large(self, refusal: Refusal) -> None:
        """Write down one of many megabytes, without its text where that is more than BigQuery takes."""
        with TemporaryDirectory(dir=self._folder) as folder, self._open("none") as writer:
            leaves, text = Leaves(Path(folder)), memoryview(refusal.record)
            try:
                leaves.add_text(Place(), _RECORD, lambda: json_parts.readable(text))
                writer.write_table(self._table([(refusal, "")]))
            except ValueRefusedError:
                writer.write_table(self._table([(refusal, None)]))
                leaves.made.clear()
            writer.close()
            splice(self._files[-1], leaves.made)
        self.count += 1

    def _table(self, refusals: list[tuple[Refusal, str | None]]) -> pa.Table:
        now = dt.datetime.now(dt.UTC)
        rows: list[dict[str, Any]] = [
            {
                "column": one.column,
                "reason": one.reason,
                "record": record,
                "line": one.line,
                "_sdc_rejected_at": now,
                "_sdc_run_id": self._run,
            }
            for one, record in refusals
        ]
        return pa.Table.from_pylist(rows, _SCHEMA)

    def close(self) -> list[Path]:
        """The complete files."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        files, self._files = self._files, []
        return files


def target(of: Target) -> Target:
    """The table of the records that were refused for another."""
    text = f"Records of stream {of.stream} that table {of.table} cannot hold."
    return Target(of.stream, of.table + SUFFIX, COLUMNS, (), text, log=True)
