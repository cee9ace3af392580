"""Text cut out of records without decoding it: what JSON columns hold."""

from __future__ import annotations

from array import array
from itertools import accumulate
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
    record: dict[str, msgspec.Raw]


_record = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_line = msgspec.json.Decoder(_Envelope).decode
_inner = msgspec.json.Decoder(dict[str, msgspec.Raw] | None).decode
_MISSING, _NULL = msgspec.Raw(), b"null"


class JsonColumns:
    """The text of JSON columns as Arrow arrays, in the order of ``columns``."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns

    def of_records(self, records: Iterable[bytes | msgspec.Raw]) -> list[pa.Array]:
        """Those of single records.

        Raises:
            RecordRefusedError: a value is not what BigQuery's JSON holds.
        """
        return self._arrays(_record, records) if self.columns else []

    def of_lines(self, lines: bytes) -> list[pa.Array]:
        """Those of whole RECORD lines.

        Raises:
            RecordRefusedError: a value is not what BigQuery's JSON holds.
        """
        return self._arrays(lambda line: _line(line).record, lines[:-1].split(b"\n")) if self.columns else []

    def _arrays(
        self, decode: Callable[[Any], dict[str, msgspec.Raw]], given: Iterable[bytes | msgspec.Raw]
    ) -> list[pa.Array]:
        cuts: list[list[msgspec.Raw]] = [[] for _ in self.columns]
        for index, text in enumerate(given):
            try:
                properties = decode(text)
                for column, raws in zip(self.columns, cuts, strict=True):
                    raws.append(_found(properties, column))
            except msgspec.DecodeError:
                raise RecordRefusedError(index, ValueRefusedError("record", "is not an object")) from None
        return [texts(column.source, raws) for column, raws in zip(self.columns, cuts, strict=True)]


def _found(properties: dict[str, msgspec.Raw], column: Column) -> msgspec.Raw:
    *objects, name = column.path or (column.source,)
    for inside in objects:
        properties = _inner(properties.get(inside, _NULL)) or {}
    return properties.get(name, _MISSING)


def texts(path: str, raws: list[msgspec.Raw]) -> pa.Array:
    """The texts of a JSON column as they stand in the record; null where they are null or missing.

    Raises:
        RecordRefusedError: a value is not what BigQuery's JSON holds.
    """
    raws = [_MISSING if len(raw) == len(_NULL) and bytes(raw) == _NULL else raw for raw in raws]
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
    return pc.if_else(pc.equal(array_, ""), pa.scalar(None, pa.string()), array_)


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
