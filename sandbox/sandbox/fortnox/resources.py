"""The table of resources, in the order in which they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.fortnox.resources_agreements import AGREEMENTS
from sandbox.fortnox.resources_books import BOOKS
from sandbox.fortnox.resources_newer import FOLDERS, NEWER
from sandbox.fortnox.resources_office import COMPANY, LISTS
from sandbox.fortnox.resources_purchases import PURCHASES
from sandbox.fortnox.resources_registers import REGISTERS
from sandbox.fortnox.resources_sales import SALES
from sandbox.fortnox.resources_staff import ASSETS, PAYROLL

if TYPE_CHECKING:
    from sandbox.fortnox.resource import Resource

RESOURCES: tuple[Resource, ...] = (
    *COMPANY,
    *LISTS,
    *REGISTERS,
    *SALES,
    *AGREEMENTS,
    *PURCHASES,
    *PAYROLL,
    *ASSETS,
    *BOOKS,
    *FOLDERS,
    *NEWER,
)
BY_NAME = {resource.name: resource for resource in RESOURCES}
SCOPES = tuple(sorted({resource.scope for resource in RESOURCES}))


def known(name: str) -> Resource:
    """ValueError for a name that no resource has."""
    if name not in BY_NAME:
        raise ValueError(f"no such resource: {name}")
    return BY_NAME[name]
