"""Choices for what Procountor's documentation leaves open, and for how the company has set itself up."""

from __future__ import annotations

from typing import Literal

import msgspec


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Set through `/_sandbox/procountor/settings`."""

    total_count: Literal["present", "absent"] = "present"
    """Whether `meta` has `totalCount`."""
    empty_results: Literal["present", "missing"] = "present"
    """Whether an empty page has `results`."""
    meta: Literal["present", "absent"] = "present"
    """Of paged lists."""
    bounds: Literal["inclusive", "exclusive"] = "inclusive"
    """Whether `…StartDate` and `…EndDate` include a value that equals them."""
    previous_id: Literal["in_order", "ascending"] = "in_order"
    """What `previousId` asks for in descending order: the rows behind it, or always those with a greater id."""
    unnamed_lists: Literal["array", "results"] = "array"
    """Lists that the specification declares as one object: journals, invoice templates, e-invoice addresses, Swedish
    factoring contracts, customers of an integration."""
    nested_events: Literal["events", "event"] = "events"
    """The key under which an event of a bank statement holds others."""
    report_names: Literal["name", "with_code"] = "name"
    """Rows of the report on ledger accounts: `Bank account` or `1910 Bank account`."""
    refresh_tokens: Literal["kept", "rotated"] = "kept"
    """Whether a refresh brings another refresh token, which ends the old one."""
    redirect_uri: Literal["optional", "required"] = "optional"
    """In the request for a token with an API key."""
    invoiceable_clients: Literal["allowed", "refused", "no_token"] = "allowed"
    """The company's "Allow the usage of invoiceable API clients"; off, calls are refused, or tokens already."""
    payroll_rights: Literal["all", "none"] = "all"
    """Without, payroll answers 403 and receipts of payroll are not shown, without an error."""
    edition: Literal["FI", "SE"] = "FI"
    """The country of the environment: what belongs to the other one answers 403."""
    documents: Literal["active", "inactive"] = "active"
    """The company's "Activate Documents in environment"; off, the list of attachments answers 403."""
    refused: tuple[str, ...] = ()
    """Resources that the user's rights do not open: 403."""
    sizes: dict[str, int] = msgspec.field(default_factory=dict)
    """How many invoices, ledger_receipts, business_partners, products and persons there were at the start. Changing it
    makes all records anew."""
