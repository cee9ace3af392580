"""The compiled part, where it is installed: without a C compiler at installation there is none, and all else works."""

from __future__ import annotations

from typing import Any

try:
    from target_bigquery import _records as found
except ImportError:
    found = None  # type: ignore[assignment]

RECORDS: Any = found
"""The module ``_records``, or None."""
