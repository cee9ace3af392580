"""What there is to say about a resource of the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.qonto.paging import usual

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.qonto.errors import Shape
    from sandbox.qonto.filters import Filter
    from sandbox.qonto.paging import Meta
    from sandbox.qonto.settings import Settings
    from sandbox.qonto.store import Store
    from sandbox.qonto.values import Draw, Style

Json = dict[str, Any]
BARE = ""
"""An answer without an envelope."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """The ordinary case is the default."""

    name: str
    """In mutations, records and settings."""
    path: str | None
    """Below `/v2/`; None: not a list of its own."""
    envelope: str
    """Key of the list, or of the object when `only` is set."""
    scopes: tuple[str, ...] = ("organization.read",)
    """One of them is enough."""
    api_key: bool = True
    """False: OAuth only."""
    not_in_plans: tuple[str, ...] = ()
    one: str | None = None
    """Envelope of `/{id}`; None: there is no such path."""
    only: bool = False
    """One object instead of a list."""
    parent: str | None = None
    """Resource whose id is in the path."""
    required: str | None = None
    """Parameter that must be there."""
    paged: bool = True
    per_page: int = 100
    most_per_page: int = 100
    meta: Meta | None = usual
    meta_first: bool = False
    filters: tuple[Filter, ...] = ()
    sorts: tuple[str, ...] = ()
    """Values of `sort_by`; none: the parameter is ignored."""
    order: str | None = None
    """Without `sort_by`; None: as they were made."""
    style: Style = "seconds"
    """How times are written."""
    errors: Shape = "list"
    key: str = "id"
    shape: Callable[[Json, Settings], Json | None] | None = None
    """What a setting does to a record."""
    headers: tuple[tuple[str, str], ...] = ()
    make: Callable[[Store, Draw], Json] | None = None
    size: int = 0
    early: bool = False
    """Made before the first transaction, as others need it."""
