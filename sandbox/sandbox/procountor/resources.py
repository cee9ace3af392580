"""Every list of the API that records are kept for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.procountor.resources_documents import DOCUMENTS
from sandbox.procountor.resources_money import BANKING, LEDGER, PAYROLL
from sandbox.procountor.resources_registers import REGISTERS

if TYPE_CHECKING:
    from sandbox.procountor.resource import Resource

RESOURCES = (*DOCUMENTS, *REGISTERS, *BANKING, *PAYROLL, *LEDGER)
BY_NAME = {resource.name: resource for resource in RESOURCES}


def known(name: str) -> Resource:
    """ValueError for an unknown name."""
    if name not in BY_NAME:
        raise ValueError(f"no such resource: {name}")
    return BY_NAME[name]
