"""An array of many megabytes, from its text to Parquet pages some elements at a time.

A JSON reader holds its input several times, and a Parquet writer the elements of one row.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from target_bigquery.arrow import BlockReader, staged_schema
from target_bigquery.splice import Leaf, Pages, continued, pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from target_bigquery.schema import Column

PIECE = 1 << 20  # bytes of elements that are read at once
TRIALS = 20  # commas that may turn out to be inside of an element before more is taken
_BEGINS = {"RECORD": b"{", "STRING": b'"'}  # an element after its comma, where commas stand within elements, too
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode


def write(text: memoryview, column: Column, folder: Path, name: str) -> dict[Leaf, Pages]:
    """The pages of a repeated column's one row, in files that are called after ``name``.

    Raises:
        RecordRefusedError: an element has no exact place in the column.
        OSError: a file cannot be written.
    """
    column = replace(column, required=False)
    reader, schema = BlockReader([column]), staged_schema([column])
    source = msgspec.json.encode(column.source)
    made: dict[Leaf, Pages] = {}
    for piece in _pieces(text[1:-1], _BEGINS.get(column.type, b"")):
        row = reader.read([b"".join((b"{", source, b":[", piece, b"]}"))])
        file = BytesIO()
        pq.write_table(pa.table(row, schema), file, compression="none", use_dictionary=False, write_statistics=False)
        for number, (leaf, values, content) in enumerate(pages(file)):
            first = leaf not in made
            kept = made.setdefault(leaf, Pages(folder / f"{name}-{number}"))
            kept.values += values
            with kept.path.open("wb" if first else "ab") as target:
                target.write(content if first else continued(content))
    return made


def _pieces(text: memoryview, begins: bytes) -> Iterator[bytes]:
    at, size = 0, PIECE
    while len(text) - at > size:
        piece = bytes(text[at : at + size])
        end = _boundary(piece, begins)
        if end:
            yield piece[:end]
            at, size = at + end + 1, PIECE
        else:
            size *= 2
    yield bytes(text[at:])


def _boundary(text: bytes, begins: bytes) -> int:
    """Where the last comma stands that is known to part elements, or 0.

    What comes before a comma within an element is no JSON, as something in it has not ended.
    """
    at = len(text)
    for _ in range(TRIALS):
        at = text.rfind(b",", 0, at)
        while at > 0 and not text[at + 1 : at + 99].lstrip().startswith(begins):
            at = text.rfind(b",", 0, at)
        if at <= 0:
            break
        try:
            _elements(b"[%b]" % text[:at])
        except msgspec.DecodeError:
            continue
        return at
    return 0
