"""Records that have no exact place in their table, with the reason: for the table ``<table>__rejected``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from target_bigquery.arrow import staged_schema
from target_bigquery.schema import Column
from target_bigquery.tables import Target

if TYPE_CHECKING:
    from pathlib import Path

    import msgspec

    from target_bigquery.errors import ValueRefusedError

SUFFIX = "__rejected"
COLUMNS = (
    Column("column", "column", "STRING", description="The column that cannot hold its value."),
    Column("reason", "reason", "STRING", description="Why; never the value."),
    Column("record", "record", "STRING", description="The record as it came, in JSON."),
    Column("line", "line", "INT64", description="Where it stood: line of the input, or of a BATCH message's file."),
    Column("_sdc_rejected_at", "_sdc_rejected_at", "TIMESTAMP", description="When the target rejected it."),
    Column("_sdc_run_id", "_sdc_run_id", "STRING", description="The run, as in its jobs' label singer_run."),
)
_SCHEMA = staged_schema(COLUMNS)


@dataclass(frozen=True)
class Refusal:
    """One record, and why it is not in its table."""

    column: str
    reason: str
    record: bytes
    line: int

    @classmethod
    def of(cls, cause: ValueRefusedError, record: bytes | msgspec.Raw, line: int) -> Refusal:
        """What a refused value says, and its record."""
        return cls(cause.path, cause.reason, bytes(record), line)


class Rejected:
    """The refused records of a batch, in a Parquet file at ``path`` once there are any."""

    def __init__(self, path: Path, run: str) -> None:
        self._path, self._run = path, run
        self._writer: pq.ParquetWriter | None = None
        self.count = 0

    def add(self, refusals: list[Refusal]) -> None:
        """Write them down. Bytes that are no UTF-8 are replaced by U+FFFD."""
        now = dt.datetime.now(dt.UTC)
        rows: list[dict[str, Any]] = [
            {
                "column": one.column,
                "reason": one.reason,
                "record": one.record.decode(errors="replace"),
                "line": one.line,
                "_sdc_rejected_at": now,
                "_sdc_run_id": self._run,
            }
            for one in refusals
        ]
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, _SCHEMA, compression="zstd", write_statistics=False)
        self._writer.write_table(pa.Table.from_pylist(rows, _SCHEMA))
        self.count += len(rows)

    def close(self) -> Path | None:
        """The complete file, if there is one."""
        if self._writer is None:
            return None
        self._writer.close()
        self._writer = None
        return self._path


def target(of: Target) -> Target:
    """The table of the records that were refused for another."""
    text = f"Records of stream {of.stream} that table {of.table} cannot hold."
    return Target(of.stream, of.table + SUFFIX, COLUMNS, (), text, log=True)
