"""Readings of the documentation, and what a company may lack."""

from __future__ import annotations

from typing import Literal

import msgspec

Refusal = Literal["licence", "api_licence", "scope", "right", "login", "gateway", "feature", "internal"]


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The defaults are what the documentation says, or what is likely where it says nothing."""

    refused: dict[str, Refusal] = msgspec.field(default_factory=dict)
    """Resources that are not answered, and why."""
    refusal_status: Literal[400, 403] = 403
    """Of these, where the body is the vendor's usual one."""
    no_right: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Fields, also of rows, that say API_NORIGHT instead of a value."""
    lastmodified: dict[str, Literal["honoured", "ignored", "rejected"]] = msgspec.field(default_factory=dict)
    """What the parameter does to a resource, where it shall not be what is known of it."""
    lastmodified_bound: Literal["inclusive", "exclusive"] = "inclusive"
    """Whether a change at the very second counts."""
    unreported: tuple[Literal["struck_rows", "payments", "bookings"], ...] = ()
    """Changes that `lastmodified` keeps silent about: rows of a voucher, and what happens to an invoice."""
    vouchers_without_year: Literal["current", "all"] = "current"
    """Which vouchers are listed when no year is named."""
    unknown_parameters: Literal["rejected", "ignored"] = "rejected"
    page_ignored: tuple[str, ...] = ()
    """Resources that give their first page for ever."""
    most_per_page: int = 500
    meta: Literal["first", "last"] = "first"
    """Where MetaInformation stands."""
    prices_envelope: Literal["Prices", "Price"] = "Prices"
    """Key of the list of prices: as clients read it, or as the specification has it."""
    sie_struck_rows: Literal["marked", "left_out"] = "marked"
    """Whether the export tells of struck rows, by #BTRANS."""
    client_credentials: Literal["allowed", "refused"] = "allowed"
    """Whether a service account was agreed to."""
    sizes: dict[str, int] = msgspec.field(default_factory=dict)
    """How many records of a resource there were at the start; of accounts, for each year. Changing it makes all of
    them anew."""
