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
    matched_transactions: Literal["objects", "strings"] = "objects"
    """Of supplier invoices: today's form, or that of early 2026."""
    client_kind: Literal["both", "kind", "type"] = "both"
    """Which key says whether a client is a company or a person."""
    beneficiary_bank_account: Literal["flat", "nested"] = "flat"
    """Where a SEPA beneficiary has its IBAN."""
    bulk_errors: Literal["nested", "flat"] = "nested"
    """Of the results of bulk transfers."""
    quote_envelope: Literal["absent", "present"] = "absent"
    """Whether a single quote is wrapped."""
    einvoicing_settings_envelope: Literal["absent", "present"] = "absent"
    """Whether the e-invoicing settings are wrapped."""
    external_transfers: Literal["served", "gone"] = "served"
    """Whether the path still answers after its sunset."""
    unfiltered: tuple[str, ...] = ()
    """Resources that ignore `updated_at_from` and `updated_at_to`, as older versions of the API do."""
    refuse_api_key: tuple[str, ...] = ()
    """Resources that an API key does not open, besides those that it never does."""
    forbidden: tuple[str, ...] = ()
    """Resources that the member's role or an add-on does not allow."""
    plan: Literal["business", "essential", "solo_basic", "none"] = "business"
    """The company's price plan; some resources need a larger one."""
    staging_token: str | None = None
    """What `X-Qonto-Staging-Token` must say; without it every call ends at a sign-on page."""
    link_seconds: int = 1800
    """How long a link to a file is good for."""
    sizes: dict[str, int] = msgspec.field(default_factory=dict)
    """How many records of a resource there were at the start. Changing it makes all of them anew."""
