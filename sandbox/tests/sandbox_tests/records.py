"""All records of a list, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.qonto.resources import BY_NAME

if TYPE_CHECKING:
    from sandbox_tests.conftest import Json, Reader

PARAMS = {"international_beneficiaries": {"currency": "USD"}, "international_currencies": {"source": "EUR"}}


def every(reader: Reader, name: str, **params: Any) -> list[Json]:
    """All records that a question brings."""
    resource, page, records = BY_NAME[name], 1, []
    while page:
        answer = reader.granted(resource.path or "", page=page, **PARAMS.get(name, {}), **params).json()
        records += answer[resource.envelope]
        page = answer.get("meta", {}).get("next_page")
    return records
