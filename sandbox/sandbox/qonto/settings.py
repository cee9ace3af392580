"""Choices for what Qonto's documentation leaves open. Each default is the kinder reading."""

from __future__ import annotations

from typing import Literal

import msgspec


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Set through `/_sandbox/qonto/settings`."""

    bounds: Literal["inclusive", "exclusive"] = "inclusive"
    """Whether `…_from` and `…_to` include a time that equals them."""
    page_past_end: Literal["empty", "unprocessable"] = "empty"
    """What a page behind the last one answers: an empty list, or 422."""
    several_statuses: Literal["all", "first"] = "all"
    """What several `status[]` in one request bring."""
    range_across_years: Literal["accepted", "refused"] = "accepted"
    """Whether `…_from` and `…_to` may lie in different calendar years."""
    oldest_updated_at_from: str | None = None
    """An earlier `updated_at_from` is refused."""
    fractional_seconds: Literal["accepted", "refused"] = "accepted"
    """Whether a time in a filter may have a fraction of a second."""
    current_page: Literal["ignored", "honoured"] = "ignored"
    """What the old name of `page` does."""
    ties: Literal["stable", "shuffled"] = "stable"
    """The order of transactions with the same time: that of creation, or another for every request."""
    external_bank_accounts: Literal["on_request", "always"] = "on_request"
    """When `/bank_accounts` lists accounts at other banks; the documentation has them on request in
    `/organization`."""
    bank_accounts_meta: Literal["absent", "present"] = "absent"
    """Whether `/bank_accounts` has a `meta`."""
