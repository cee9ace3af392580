"""Records of one batch, from raw bytes to Parquet files on disk."""

from __future__ import annotations

import hashlib
import math
import time
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xxhash

from target_bigquery import cut, large, messages, values
from target_bigquery.arrow import SLICE, UTC, BlockReader, staged_schema
from target_bigquery.errors import InputError, RecordRefusedError, TargetError, ValueRefusedError
from target_bigquery.rejected import Refusal, Rejected
from target_bigquery.schema import Column
from target_bigquery.splice import splice
from target_bigquery.tables import Target, staged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


_FINGERPRINT = 1 << 128
BOUNDED = {pa.int64(), pa.string(), pa.date32(), UTC}
PAGE_VALUES = 8192  # values of a column that are encoded at once


@dataclass
class Block:
    """Consecutive records of one stream, as they came, with the line each one stood on.

    Either ``records`` and their ``extracted``, or whole RECORD lines in ``pieces``. ``first`` is the number of the
    first one in its stream. ``lines`` are those of ``file`` (with the line of its BATCH message), or of the input.
    """

    first: int = 0
    file: tuple[int, Path] | None = None
    pieces: list[bytes | memoryview] = field(default_factory=list)
    records: list[bytes | msgspec.Raw] = field(default_factory=list)
    lines: array[int] = field(default_factory=lambda: array("q"))
    extracted: list[str | None] = field(default_factory=list)
    received: float = 0.0
    size: int = 0
    release: Callable[[], None] | None = None  # of a single large record: its memory is free again

    def whole(self) -> bytes | memoryview:
        """The lines of all pieces."""
        return self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)

    def divide(self, stream: str, version: int | None) -> None:
        """Cut the records out of the lines.

        Raises:
            InputError: a line is not what its beginning promised.
        """
        for number, line in zip(self.lines, bytes(self.whole()).split(b"\n"), strict=False):
            try:
                message = messages.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError):
                raise messages.unreadable(number) from None
            if (message.type, message.stream) != ("RECORD", stream) or not message.record:
                raise InputError(number, "names a property twice")
            if message.version != version:
                raise InputError(number, f"RECORD of stream {stream!r} has another version than those around it")
            self.records.append(message.record)
            self.extracted.append(message.time_extracted)
        self.pieces = []


@dataclass(frozen=True)
class Run:
    """What is the same for every record of a run; times in microseconds since 1970."""

    id: str
    started: int
    folder: Path


@dataclass(frozen=True)
class Written:
    """What a batch's files hold; ``deleted`` of the ``records`` are tombstones.

    Two batches with one ``fingerprint`` have the same records, in whatever order, each as often.
    """

    records: int
    deleted: int
    fingerprint: str
    bounds: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)  # least and greatest value of each key
    rejected: Path | None = None


@dataclass(frozen=True)
class File:
    """A complete Parquet file; ``content`` says what is in it and which file of its batch it is."""

    path: Path
    content: str
    rows: int


class Spool:
    """Writes blocks to Parquet files of about ``file_bytes`` or ``file_rows``; each full file goes to ``sealed``."""

    def __init__(
        self,
        name: str,
        target: Target,
        run: Run,
        *,
        version: int | None,
        file_bytes: int,
        file_rows: int | None,
        sealed: Callable[[File], None],
        fingerprint: bool,
        quarantine: bool = False,
    ) -> None:
        self._name, self._stream, self._run, self._version = name, target.stream, run, version
        self._file_bytes, self._file_rows, self._sealed = file_bytes, file_rows or math.inf, sealed
        self._reader = BlockReader(target.columns)
        self._columns = staged(target.columns)
        self._schema = staged_schema(self._columns)
        self._keys = ", ".join(c.source for c in target.columns if c.required)
        self._writer: pq.ParquetWriter | None = None
        self._sink: Any = None
        self._path = run.folder
        self._files = 0
        self._sum: int | None = 0 if fingerprint else None
        self._deleted_at = target.deleted
        self._count = pa.array([], pa.int64())  # 0, 1, 2, …
        self._rows = self._rows_before = self._deleted = 0
        self._keyed = target.keys
        self._bounds: dict[str, tuple[Any, Any]] = {}
        self.rejected = Rejected(run.folder / f"{name}-rejected.parquet", run.id) if quarantine else None

    @property
    def written(self) -> Written:
        """All that was written so far."""
        return Written(self._rows, self._deleted, f"{self._sum or 0:032x}", self._bounds)

    def follow(self, other: Spool) -> None:
        """Go on where a spool with older columns ended."""
        self._rows = self._rows_before = other._rows
        self._deleted, self._sum = other._deleted, other._sum
        self._bounds, self.rejected = other._bounds, other.rejected

    def write(self, block: Block) -> None:
        """Add a block.

        Raises:
            InputError: a record has no exact place in the table; names line, stream, key and column.
            TargetError: the disk is full or cannot be written.
        """
        if block.release is not None:
            self._write_large(block)
            return
        arrays = self._arrays(block)
        self._digest(block)
        if not block.lines:  # all were rejected
            return
        self._write(arrays)
        if self._sink.tell() >= self._file_bytes or self._rows - self._rows_before >= self._file_rows:
            self.seal()

    def _digest(self, block: Block) -> None:
        if self._sum is not None:
            for record in block.records or cut.records(bytes(block.whole())):
                self._sum = (self._sum + xxhash.xxh3_128_intdigest(memoryview(record))) % _FINGERPRINT

    def _write_large(self, block: Block) -> None:
        """A file for one record, its long texts not compressed."""
        assert block.release is not None  # noqa: S101 (see ``write``)
        self.seal()
        self._digest(block)
        try:
            (record,) = block.records
            rest, texts = large.cut(record, self._reader.columns, self._run.folder)
            del record
            block.records = [rest]
            block.release()
            arrays = self._arrays(block)
            for index, column in enumerate(self._columns):
                if column.name in texts:
                    arrays[index] = pa.array([""])
            self._write(arrays, compression="none" if texts else "zstd")
            self.seal(texts)
        except ValueRefusedError as error:
            raise self._refused(block, RecordRefusedError(0, error)) from None
        except OSError as error:
            raise self._disk(error) from None

    def _write(self, arrays: list[pa.Array], compression: str = "zstd") -> None:
        table = pa.table(arrays, schema=self._schema)
        try:
            if self._writer is None:
                self._open(compression)
            assert self._writer is not None  # noqa: S101 (opened above)
            self._writer.write_table(table)
        except OSError as error:
            raise self._disk(error) from None
        self._rows += table.num_rows
        self._bound(table)
        if self._deleted_at:
            self._deleted += table.num_rows - table.column(self._deleted_at).null_count

    def _bound(self, table: pa.Table) -> None:
        for name in self._keyed:
            column = table.column(name)
            if column.type in BOUNDED:
                least, greatest = pc.min_max(column).as_py().values()
                before = self._bounds.get(name, (least, greatest))
                self._bounds[name] = (min(before[0], least), max(before[1], greatest))

    def seal(self, texts: Mapping[str, Path] | None = None) -> None:
        """Finish the current file, if there is one; ``texts`` are those of its one row that stand in files."""
        if self._writer is None:
            return
        try:
            self._writer.close()
            self._sink.close()
            if texts:
                splice(self._path, texts)
                for text in texts.values():
                    text.unlink()
            with self._path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise self._disk(error) from None
        self._writer = None
        self._sealed(File(self._path, f"{self._files}-{content}", self._rows - self._rows_before))
        self._rows_before = self._rows

    def drop(self) -> None:
        """Forget the file that is not complete."""
        if self._writer is not None:
            self._writer.close()
            self._sink.close()
            self._writer = None

    def _open(self, compression: str) -> None:
        self._files += 1
        self._path = self._run.folder / f"{self._name}-{self._files}.parquet"
        self._sink = self._path.open("wb")
        # Dictionaries cost more CPU than they save bytes under zstd, and BigQuery reads no statistics.
        self._writer = pq.ParquetWriter(
            self._sink,
            self._schema,
            compression=compression,
            use_dictionary=False,
            write_statistics=False,
            write_batch_size=PAGE_VALUES,
        )

    def _disk(self, error: OSError) -> TargetError:
        reason = error.strerror or str(error)
        return TargetError(f"cannot write staged files to {self._run.folder.parent}: {reason}; set staging_dir")

    def _arrays(self, block: Block) -> list[pa.Array]:
        try:
            arrays, extracted = self._read(block)
        except RecordRefusedError as error:
            if self.rejected is None:
                raise self._refused(block, error) from None
            self._sift(block, self.rejected)
            if not block.lines:
                return []
            arrays, extracted = self._read(block)
        rows = len(block.lines)
        by_name = dict(zip([c.name for c in self._reader.columns], arrays, strict=True))
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
            for c in self._columns
        ]

    def _read(self, block: Block) -> tuple[list[pa.Array], pa.Array]:
        if block.pieces:
            try:
                return self._reader.read_lines(block.whole(), len(block.lines), self._version)
            except pa.ArrowInvalid:
                block.divide(self._stream, self._version)
        return self._reader.read(block.records), _times(block.extracted)

    def _sift(self, block: Block, rejected: Rejected) -> None:
        """Leave in the block what has a place in the table."""
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
                    record = bytes(block.records[index])
                    refusals.append(Refusal(cause.path, cause.reason, record, block.lines[index]))
        rejected.add(refusals)
        block.records, block.extracted = [block.records[i] for i in kept], [block.extracted[i] for i in kept]
        block.lines = array("q", [block.lines[i] for i in kept])

    def _refusal(self, block: Block, window: range) -> ValueRefusedError | None:
        try:
            self._reader.read(block.records[window.start : window.stop])
            _times(block.extracted[window.start : window.stop])
        except RecordRefusedError as error:
            return error.cause
        return None

    def _refused(self, block: Block, error: RecordRefusedError) -> InputError:
        cause: ValueRefusedError = error.cause
        keys = f" (key {self._keys})" if self._keys else ""
        text = f"stream {self._stream}{keys}: column {cause.path} {cause.reason}"
        line = block.lines[error.index]
        if block.file is None:
            return InputError(line, text)
        return InputError(block.file[0], f"BATCH file {block.file[1]}, line {line}: {text}")


def _times(texts: list[str | None]) -> pa.Array:
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
