"""Records of one batch, from blocks to Parquet files on disk."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xxhash

from target_bigquery import large
from target_bigquery.arrow import UTC
from target_bigquery.convert import Conversion, Run
from target_bigquery.errors import RecordRefusedError, TargetError, TooNarrowError, ValueRefusedError
from target_bigquery.fingerprint import Fingerprint
from target_bigquery.rejected import Refusal, Rejected
from target_bigquery.schema import wider, widths
from target_bigquery.splice import splice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from target_bigquery.block import Block
    from target_bigquery.erasures import Erased
    from target_bigquery.schema import Column
    from target_bigquery.splice import Leaf, Pages
    from target_bigquery.tables import Target

BOUNDED = {pa.int64(), pa.string(), pa.date32(), UTC}
PAGE_VALUES = 8192  # values of a column that are encoded at once


@dataclass(frozen=True)
class Written:
    """What a batch's files hold; ``deleted`` of the ``records`` are tombstones.

    Two batches with one ``fingerprint`` have the same rows in the same order.
    """

    records: int
    deleted: int
    fingerprint: str
    bounds: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)  # least and greatest value of each key
    rejected: Sequence[Path] | None = None
    erased: int = 0  # records left out because they were erased


@dataclass(frozen=True)
class File:
    """A complete Parquet file; ``content`` says what is in it and which file of its batch it is."""

    path: Path
    content: str
    rows: int


class Spool:
    """Writes blocks to Parquet files of about ``file_bytes`` or ``file_rows``; each full file goes to ``sealed``.

    ``target`` is their table: where a number has more digits than its column holds, the column becomes wider, if
    ``widened`` says that the table may be so from there on.
    """

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
        widened: Callable[[Target], bool],
        fingerprint: bool,
        erased: Erased | None = None,
        quarantine: bool = False,
    ) -> None:
        self._name, self._run, self.target, self._version = name, run, target, version
        self._file_bytes, self._file_rows, self._sealed = file_bytes, file_rows or math.inf, sealed
        self._widened = widened
        self._conversion = Conversion(target, run, version)
        self._writer: pq.ParquetWriter | None = None
        self._sink: Any = None
        self._path = run.folder
        self._files = 0
        self.chunks = 0  # of columns in the open file
        self._fingerprint = Fingerprint() if fingerprint else None
        self._deleted_at = target.deleted
        self._rows = self._rows_before = self._deleted = self._left_out = 0
        self._erased = erased
        self._keyed = target.keys
        self._bounds: dict[str, tuple[Any, Any]] = {}
        self.rejected = Rejected(run.folder, name, run.id) if quarantine else None

    @property
    def written(self) -> Written:
        """All that was written so far."""
        return Written(self._rows, self._deleted, str(self._fingerprint or ""), self._bounds, erased=self._left_out)

    def follow(self, other: Spool) -> None:
        """Go on where a spool with older columns ended, as wide as they became."""
        self._fit(wider(self.target.columns, widths(other.target.columns)))
        self._rows = self._rows_before = other._rows
        self._deleted = other._deleted
        if self._fingerprint is not None:
            self._fingerprint = Fingerprint(str(other._fingerprint))
        self._bounds, self.rejected, self._left_out = other._bounds, other.rejected, other._left_out

    def write(self, block: Block) -> None:
        """Add a block.

        Raises:
            InputError: a record has no exact place in the table; names line, stream, key and column.
            TargetError: the disk is full or cannot be written.
        """
        if block.release is not None:
            if self._fingerprint is not None:
                self._fingerprint.add_large(block.records[0])
            self._write_large(block, block.release)
            return
        try:
            arrays = self._conversion.arrays(block)
        except RecordRefusedError as error:
            if self._widen(error.cause):
                self.write(block)
                return
            if self.rejected is None:
                raise self._conversion.refused(block, error) from None
            self._refuse(self._conversion.sift(block))
            arrays = self._conversion.arrays(block) if block.lines else []
        if arrays:
            if self._fingerprint is not None:
                self._fingerprint.add(self._conversion.own(arrays))
            self._write(arrays)
        if self._writer is None:
            return
        if self._sink.tell() >= self._file_bytes or self._rows - self._rows_before >= self._file_rows:
            self.seal()

    def _widen(self, cause: ValueRefusedError) -> bool:
        """Whether the column that refused a number is wider now."""
        if not isinstance(cause, TooNarrowError):
            return False
        columns = wider(self.target.columns, {cause.path: cause.wider})
        if columns == self.target.columns:
            return False
        self.seal()
        if not self._widened(replace(self.target, columns=columns)):
            return False
        self._fit(columns)
        return True

    def _fit(self, columns: tuple[Column, ...]) -> None:
        bounded = {c.name for c in columns if c in self.target.columns}  # decimals have no bounds
        self._bounds = {name: pair for name, pair in self._bounds.items() if name in bounded}
        self.target = replace(self.target, columns=columns)
        self._conversion = Conversion(self.target, self._run, self._version)

    def _write_large(self, block: Block, release: Callable[[], None]) -> None:
        """A file for one record; what is long in it is not compressed."""
        self.seal()
        try:
            with TemporaryDirectory(dir=self._run.folder) as folder:
                cut = large.cut(block.records[0], self._conversion.read, Path(folder))
                arrays = self._conversion.arrays(replace(block, records=[cut.rest]))
                block.records = []
                release()
                self._write(arrays, compression="none" if cut.leaves else "lz4")
                self.seal(cut.leaves)
        except (ValueRefusedError, RecordRefusedError) as error:
            cause = error.cause if isinstance(error, RecordRefusedError) else error
            if self._widen(cause):
                self._write_large(block, release)
                return
            self._refuse_large(block, cause)
            block.records = []
            release()
        except OSError as error:
            raise self._disk(error) from None

    def _refuse_large(self, block: Block, cause: ValueRefusedError) -> None:
        if self.rejected is None:
            raise self._conversion.refused(block, RecordRefusedError(0, cause)) from None
        (record,) = block.records
        if self._erased is not None and self._erased.has(record):
            self._left_out += 1
        else:
            self.rejected.add_large(Refusal(cause.path, cause.reason, record, block.lines[0]))

    def _refuse(self, refusals: list[Refusal]) -> None:
        assert self.rejected is not None  # noqa: S101 (the caller's question)
        kept = [one for one in refusals if self._erased is None or not self._erased.has(one.record)]
        self._left_out += len(refusals) - len(kept)
        if kept:
            self.rejected.add(kept)

    def _write(self, arrays: list[pa.Array], compression: str = "lz4") -> None:
        table = pa.table(arrays, schema=self._conversion.schema)
        if self._erased is not None:
            rows, table = table.num_rows, self._erased.left(table)
            self._left_out += rows - table.num_rows
            if not table.num_rows:
                return
        try:
            if self._writer is None:
                self._open(compression)
            assert self._writer is not None  # noqa: S101 (opened above)
            self._writer.write_table(table)
            self.chunks += table.num_columns
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

    def seal(self, leaves: Mapping[Leaf, Pages] | None = None) -> None:
        """Finish the current file, if there is one; ``leaves`` are the columns of its one row in files of their own."""
        if self._writer is None:
            return
        try:
            self._writer.close()
            self._sink.close()
            if leaves:
                splice(self._path, leaves)
            with self._path.open("rb") as file:
                content = hashlib.file_digest(file, xxhash.xxh3_128).hexdigest()
        except OSError as error:
            raise self._disk(error) from None
        self._writer, self.chunks = None, 0
        self._sealed(File(self._path, f"{self._files}-{content}", self._rows - self._rows_before))
        self._rows_before = self._rows

    def drop(self) -> None:
        """Forget the file that is not complete."""
        if self._writer is not None:
            self._writer.close()
            self._sink.close()
            self._writer, self.chunks = None, 0

    def _open(self, compression: str) -> None:
        self._files += 1
        self._path = self._run.folder / f"{self._name}-{self._files}.parquet"
        self._sink = self._path.open("wb")
        # Dictionaries cost more CPU than they save bytes under zstd, and BigQuery reads no statistics.
        self._writer = pq.ParquetWriter(
            self._sink,
            self._conversion.schema,
            compression=compression,
            use_dictionary=False,
            write_statistics=False,
            write_batch_size=PAGE_VALUES,
        )

    def _disk(self, error: OSError) -> TargetError:
        reason = error.strerror or str(error)
        return TargetError(f"cannot write staged files to {self._run.folder.parent}: {reason}; set staging_dir")
