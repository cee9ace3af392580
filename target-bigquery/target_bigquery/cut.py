"""Text cut out of records without decoding it: what JSON columns hold, and whole records for a fingerprint."""

from __future__ import annotations

from array import array
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from target_bigquery import values
from target_bigquery.errors import RecordRefusedError, ValueRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from target_bigquery.schema import Column


class _Envelope(msgspec.Struct, gc=False):
    record: msgspec.Raw


_envelope = msgspec.json.Decoder(_Envelope).decode


def records(lines: bytes) -> list[msgspec.Raw]:
    """The records of whole RECORD lines.

    Raises:
        msgspec.DecodeError: a line is not JSON, or has no record.
    """
    return [_envelope(line).record for line in lines[:-1].split(b"\n")]


class JsonColumns:
    """The text of JSON columns as Arrow arrays, in the order of ``columns``."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self._names = [f"c{i}" for i in range(len(columns))]
        raw = msgspec.defstruct(
            "JsonColumns",
            [(name, msgspec.Raw, msgspec.Raw()) for name in self._names],
            rename=dict(zip(self._names, (c.source for c in columns), strict=True)),
            gc=False,
        )
        self._record = msgspec.json.Decoder(raw).decode
        envelope: Any = msgspec.defstruct("JsonEnvelope", [("record", raw)], gc=False)
        self._line = msgspec.json.Decoder(envelope).decode

    def of_records(self, records: Iterable[bytes | msgspec.Raw]) -> list[pa.Array]:
        """Those of single records.

        Raises:
            RecordRefusedError: a value is not what BigQuery's JSON holds.
        """
        return self._arrays(self._cut(self._record, records)) if self.columns else []

    def of_lines(self, lines: bytes) -> list[pa.Array]:
        """Those of whole RECORD lines.

        Raises:
            RecordRefusedError: a value is not what BigQuery's JSON holds.
        """
        if not self.columns:
            return []
        get = attrgetter("record")
        return self._arrays([get(one) for one in self._cut(self._line, lines[:-1].split(b"\n"))])

    def _cut(self, decode: Callable[[Any], Any], texts: Iterable[bytes | msgspec.Raw]) -> list[Any]:
        made: list[Any] = []
        try:
            made.extend(map(decode, texts))  # keeps what came before an error
        except msgspec.DecodeError:
            raise RecordRefusedError(len(made), ValueRefusedError("record", "is not an object")) from None
        return made

    def _arrays(self, cuts: list[Any]) -> list[pa.Array]:
        return [texts(c.source, list(map(attrgetter(n), cuts))) for c, n in zip(self.columns, self._names, strict=True)]


def texts(path: str, raws: list[msgspec.Raw]) -> pa.Array:
    """The texts of a JSON column as they stand in the record; null where they are null or missing.

    Raises:
        RecordRefusedError: a value is not what BigQuery's JSON holds.
    """
    ends = array("i", accumulate(map(len, raws), initial=0))
    array_ = pa.StringArray.from_buffers(len(raws), pa.py_buffer(ends), pa.py_buffer(b"".join(raws)))
    try:
        array_.validate(full=True)
        suspicious = pc.indices_nonzero(pc.match_substring_regex(array_, values.LONG_NUMBER)).to_pylist()
    except pa.ArrowInvalid:  # not UTF-8
        suspicious = range(len(raws))
    for index in suspicious:
        try:
            values.json_text(path, bytes(raws[index]))
        except ValueRefusedError as error:
            raise RecordRefusedError(index, error) from None
    missing = pc.is_in(array_, pa.array(["", "null"]))
    return pc.if_else(missing, pa.scalar(None, pa.string()), array_)


def check(path: str, texts: pa.StringArray) -> None:
    """Look at the long numbers in the texts of a JSON column.

    Raises:
        RecordRefusedError: one has more digits than BigQuery's JSON holds.
    """
    for index in pc.indices_nonzero(pc.match_substring_regex(texts, values.LONG_NUMBER)).to_pylist():
        try:
            values.json_text(path, texts[index].as_buffer().to_pybytes())
        except ValueRefusedError as error:
            raise RecordRefusedError(index, error) from None
