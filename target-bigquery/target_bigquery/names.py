"""Singer names to BigQuery names: deterministic, and never two made one."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SEPARATOR = "__"  # between the names of a path; the SDK's
LONGEST_COLUMN = 300  # characters
LONGEST_LABEL = 63  # https://cloud.google.com/bigquery/docs/labels-intro#requirements
LONGEST_TABLE = 900  # of BigQuery's 1,024 bytes: a staging table's suffix has to fit too
# https://cloud.google.com/bigquery/docs/schemas#column_names
_RESERVED = re.compile(r"^(_CHANGE_|_COLIDENTIFIER|_FILE_|_PARTITION|_ROW_TIMESTAMP|_TABLE_|__ROOT__)", re.IGNORECASE)
_INVALID = re.compile(r"[^A-Za-z0-9_]")


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _clean(name: str, longest: int) -> str:
    """Letters, digits and underscores; a hash where that loses more than punctuation."""
    clean = _INVALID.sub("_", name)
    if not clean or clean[0].isdigit():
        clean = "_" + clean
    if _RESERVED.match(clean):
        clean = "x" + clean
    if not name.strip() or not name.isascii() or len(clean) > longest:
        clean = f"{clean[: longest - 9]}_{_digest(name)}"
    return clean


def table_name(stream: str) -> str:
    """The table of a stream: ``public-orders`` becomes ``public_orders``."""
    return _clean(stream, LONGEST_TABLE)


def dataset_part(namespace: str) -> str:
    """The namespace of a stream as a part of a dataset's name."""
    return _clean(namespace, LONGEST_COLUMN)


def label_value(name: str) -> str:
    """A stream's name as the value of a label: 63 characters of a-z, 0-9, _ and -."""
    return _clean(name, LONGEST_LABEL).lower()


def column_names(properties: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Map every property to its column; see ``path_names``."""
    return {path[0]: name for path, name in path_names(((name,) for name in properties), taken).items()}


def path_names(paths: Iterable[tuple[str, ...]], taken: Iterable[str] = ()) -> dict[tuple[str, ...], str]:
    """Map every property to its column; one inside of objects has their names before its own: ``address__city``.

    BigQuery compares column names without case. Properties that would meet in one column
    all get a hash of their own spelling, so that no column depends on the order of the schema.
    """
    clean = {path: _clean(SEPARATOR.join(path), LONGEST_COLUMN) for path in paths}
    seen = Counter(column.lower() for column in clean.values())
    seen.update(name.lower() for name in taken)
    return {
        path: column if seen[column.lower()] == 1 else f"{column[: LONGEST_COLUMN - 9]}_{_spelling(path)}"
        for path, column in clean.items()
    }


def _spelling(path: tuple[str, ...]) -> str:
    return _digest(path[0] if len(path) == 1 else json.dumps(path))
