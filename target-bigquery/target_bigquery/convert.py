"""A block as the arrays of a staged file: the record's columns and those that the target adds."""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from target_bigquery import values
from target_bigquery.arrow import SLICE, UTC, staged_schema
from target_bigquery.errors import InputError, RecordRefusedError, ValueRefusedError
from target_bigquery.lift import reader
from target_bigquery.native import NativeReader
from target_bigquery.rejected import Refusal
from target_bigquery.schema import Column
from target_bigquery.staging import staged

if TYPE_CHECKING:
    from pathlib import Path

    from target_bigquery.block import Block
    from target_bigquery.tables import Target


_WAY = "mend the tap or its catalog, or set on_invalid_record: quarantine"


@dataclass(frozen=True)
class Run:
    """What is the same for every record of a run; times in microseconds since 1970."""

    id: str
    started: int
    folder: Path


class Conversion:
    """Of one stream's blocks, all of one version."""

    def __init__(self, target: Target, run: Run, version: int | None) -> None:
        self._stream, self._run, self._version = target.stream, run, version
        self._reader = reader(target.columns)
        self.read = self._reader.columns  # those that come from the record
        self._native = NativeReader(self.read)
        self.columns = staged(target.columns)
        self.schema = staged_schema(self.columns)
        self._keys = ", ".join(c.source for c in target.columns if c.required)
        self._count = pa.array([], pa.int64())  # 0, 1, 2, …

    def arrays(self, block: Block) -> list[pa.Array]:
        """The block's records as arrays, one for each of ``columns``.

        Raises:
            RecordRefusedError: a record has no exact place in the table.
        """
        arrays, extracted = self._read(block)
        rows = len(block.lines)
        by_name = dict(zip([c.name for c in self.read], arrays, strict=True))
        now = int(time.time() * 1e6)
        constants: dict[str, tuple[int | str | None, pa.DataType]] = {
            "_sdc_received_at": (int(block.received * 1e6), UTC),
            "_sdc_batched_at": (now, UTC),
            "_sdc_table_version": (self._version, pa.int64()),
            "_sdc_run_id": (self._run.id, pa.string()),
            "_sdc_sync_started_at": (self._run.started // 1000, pa.int64()),
        }
        by_name["_sdc_extracted_at"] = extracted
        if rows > len(self._count):
            self._count = pa.array(range(rows), pa.int64())
        by_name["_sdc_sequence"] = pc.add(self._count[:rows], self._run.started + block.first)
        return [
            by_name[c.name] if c.name in by_name else pa.repeat(pa.scalar(*constants[c.name]), rows)
            for c in self.columns
        ]

    def own(self, arrays: list[pa.Array]) -> list[pa.Array]:
        """Of ``arrays`` those that come from the record."""
        names = {c.name for c in self.read}
        return [array for column, array in zip(self.columns, arrays, strict=True) if column.name in names]

    def _read(self, block: Block) -> tuple[list[pa.Array], pa.Array]:
        if block.pieces:
            made = self._native.messages(block.pieces, self._stream, self._version)
            if made is not None and len(made[1]) == len(block.lines):
                return made
            try:
                return self._reader.read_lines(block.whole(), len(block.lines), self._version)
            except pa.ArrowInvalid:
                block.divide(self._stream, self._version)
        native = None if block.release else self._native.bare(block.records)  # what is large is not copied
        return native or self._reader.read(block.records), times(block.extracted)

    def sift(self, block: Block) -> list[Refusal]:
        """Leave in the block what has a place in the table; the rest, with reasons."""
        if block.pieces:
            block.divide(self._stream, self._version)
        kept: list[int] = []
        refusals = []
        for start in range(0, len(block.records), SLICE):
            window = range(start, min(start + SLICE, len(block.records)))
            if self._refusal(block, window) is None:
                kept += window
                continue
            for index in window:
                cause = self._refusal(block, range(index, index + 1))
                if cause is None:
                    kept.append(index)
                else:
                    refusals.append(Refusal.of(cause, block.records[index], block.lines[index]))
        block.records, block.extracted = [block.records[i] for i in kept], [block.extracted[i] for i in kept]
        block.lines = array("q", [block.lines[i] for i in kept])
        return refusals

    def _refusal(self, block: Block, window: range) -> ValueRefusedError | None:
        try:
            self._reader.read(block.records[window.start : window.stop])
            times(block.extracted[window.start : window.stop])
        except RecordRefusedError as error:
            return error.cause
        return None

    def refused(self, block: Block, error: RecordRefusedError) -> InputError:
        """The error that names line, stream, key and column."""
        cause: ValueRefusedError = error.cause
        keys = f" (key {self._keys})" if self._keys else ""
        text = f"stream {self._stream}{keys}: column {cause.path} {cause.reason} ({_WAY})"
        line = block.lines[error.index]
        if block.file is None:
            return InputError(line, text)
        return InputError(block.file[0], f"BATCH file {block.file[1]}, line {line}: {text}")


def times(texts: list[str | None]) -> pa.Array:
    """``time_extracted`` of each record."""
    try:
        return pa.array(texts, pa.string()).cast(UTC)
    except pa.ArrowInvalid:
        column = Column("time_extracted", "time_extracted", "TIMESTAMP")
        moments = []
        for index, text in enumerate(texts):
            try:
                moments.append(values.row((column,), {"time_extracted": text})["time_extracted"])
            except ValueRefusedError as error:
                raise RecordRefusedError(index, error) from None
        return pa.array(moments, UTC)
