"""The rows of a Parquet file of a BATCH message, as the records that a tap would have sent in JSON."""

from __future__ import annotations

import math
from typing import IO, TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from target_bigquery.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 2000  # as Python values at once
# Decimals with all their digits, moments and dates in ISO 8601, bytes in base64.
_encode = msgspec.json.Encoder(decimal_format="number").encode


def read(opened: IO[bytes], name: str, line: int) -> Iterator[tuple[int, list[bytes | msgspec.Raw]]]:
    """Blocks of records, each with the number of its first row in the file, from 1.

    Raises:
        InputError: the file is no Parquet, or has values that JSON has no text for.
    """
    first = 1
    try:
        with pq.ParquetFile(opened) as file:
            schema = _microseconds(file.schema_arrow)
            floats = any(_floating(field.type) for field in schema)
            for batch in file.iter_batches(ROWS):
                rows = pa.Table.from_batches([batch]).cast(schema, safe=False).to_pylist(maps_as_pydicts="strict")
                yield first, [_encode(_named(row) if floats else row) for row in rows]
                first += len(rows)
    except pa.ArrowException:
        raise InputError(line, f"{name}: is cut off or no Parquet file") from None
    except (ValueError, TypeError, KeyError):
        raise InputError(line, f"{name}: rows from {first} on have values that are none in JSON") from None


def _microseconds(schema: pa.Schema) -> pa.Schema:
    """Moments as BigQuery holds them: digits past the microsecond are cut."""
    fields = [
        field.with_type(pa.timestamp("us", field.type.tz)) if pa.types.is_timestamp(field.type) else field
        for field in schema
    ]
    return pa.schema(fields)


def _floating(type_: pa.DataType) -> bool:
    if pa.types.is_dictionary(type_):
        return _floating(type_.value_type)
    return pa.types.is_floating(type_) or any(_floating(type_.field(n).type) for n in range(type_.num_fields))


def _named(value: Any) -> Any:
    """NaN and the infinities as texts, which their columns then refuse by name. In JSON they would be null."""
    match value:
        case float():
            return value if math.isfinite(value) else str(value)
        case dict():
            return {key: _named(item) for key, item in value.items()}
        case list():
            return [_named(item) for item in value]
        case _:
            return value
