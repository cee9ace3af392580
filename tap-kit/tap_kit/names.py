"""The vendor's field names as column names."""

from __future__ import annotations

import re
from functools import lru_cache

# Boundaries: aB -> a_b, ABc -> a_bc (VATNumber -> vat_number), a1B -> a1_b
_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER = re.compile(r"[^A-Za-z0-9]+")


@lru_cache(maxsize=4096)
def snake_case(name: str) -> str:
    """Return the name in snake_case: DocumentNumber -> document_number, @url -> url, IBAN -> iban."""
    return _OTHER.sub("_", _BOUNDARY.sub("_", name)).strip("_").lower()
