"""Every resource of the API as a row: where it is, who may read it, and how its list differs from the others."""

from __future__ import annotations

from sandbox.qonto import cards, incoming, office, purchases, sales, transfers
from sandbox.qonto.filters import day, flag, has, hide, month, one_of, time
from sandbox.qonto.paging import no_next_on_last, short, zero_when_empty
from sandbox.qonto.resource import BARE, Resource
from sandbox.qonto.shapes import beneficiary, bulk_transfer, client, external, plan, supplier_invoice

SMALL_PLANS = ("essential", "solo_basic", "none")

UPDATED, CREATED = time("updated_at"), time("created_at")
IN_FILTER = "filter[{}]"
INVOICE_TIMES = (time("created_at", IN_FILTER), time("updated_at", IN_FILTER))
STATUS = one_of("status", "status", "status[]")
FILTER_STATUS = one_of("status", "filter[status]", "filter[status][]")
CLIENT_INVOICES, LINKS, DEBITS = ("client_invoices.read",), ("payment_link.read",), ("sepa_direct_debit.read",)

RESOURCES = (
    # What the ledger knows; the API has a method for each.
    Resource(name="organization", path=None, envelope="organization"),
    Resource(name="bank_accounts", path=None, envelope="bank_accounts"),
    Resource(name="transactions", path=None, envelope="transactions"),
    Resource(
        name="attachments", path=None, envelope="attachments", one="attachment", style="milliseconds",
        scopes=("attachment.read", "organization.read"),
    ),
    # The company.
    Resource(name="labels", path="labels", envelope="labels", one="label"),
    Resource(name="memberships", path="memberships", envelope="memberships", make=office.membership),
    Resource(
        name="membership", path="membership", envelope="membership", only=True, scopes=("membership.read",),
        make=office.own_membership, size=1,
    ),
    Resource(
        name="teams", path="teams", envelope="teams", scopes=("team.read",), api_key=False, make=office.team, size=7
    ),
    Resource(
        name="cash_flow_categories", path="cash_flow_categories", envelope="cash_flow_categories", paged=False,
        scopes=("cash_flow_category.read",), make=office.cash_flow_category, size=2,
    ),
    Resource(
        name="subscription", path="subscription", envelope="plan", only=True, scopes=("subscription.read",),
        key="code", shape=plan, make=office.plan, size=1,
    ),
    Resource(
        name="user_organizations", path="user_organizations", envelope="organizations", paged=False,
        scopes=("openid",), api_key=False, make=office.user_organization, size=1,
    ),
    Resource(
        name="webhook_subscriptions", path="webhook_subscriptions", envelope="subscriptions", one=BARE,
        scopes=("webhook",), api_key=False, errors="flat", make=office.webhook_subscription, size=2,
    ),
    Resource(
        name="insurance_contracts", path=None, envelope="insurance_contracts", one="insurance_contract",
        scopes=("insurance_contract.read",), api_key=False, make=office.insurance_contract, size=2,
    ),
    Resource(
        name="statements", path="statements", envelope="statements", one="statement", errors="object",
        filters=(one_of("bank_account_id", "bank_account_ids[]", "bank_account_ids"),
                 one_of("_iban", "ibans[]", "ibans"), month("period")),
        sorts=("period",), order="period:desc", make=office.statement, size=20,
    ),
    # Invoices.
    Resource(
        name="clients", path="clients", envelope="clients", one="client", scopes=("client.read",),
        style="milliseconds",
        filters=(UPDATED, CREATED, *(has(f, f"filter[{f}]") for f in ("name", "email")),
                 *(one_of(f, f"filter[{f}]") for f in ("vat_number", "tax_identification_number"))),
        sorts=("created_at", "updated_at", "name"), order="name:asc", shape=client, make=sales.client, size=12,
        early=True,
    ),
    Resource(
        name="products", path="products", envelope="products", one="product", scopes=("product.read",),
        sorts=("created_at", "title"), order="created_at:desc", make=sales.product, size=10,
    ),
    Resource(
        name="requests", path="requests", envelope="requests", per_page=25, not_in_plans=SMALL_PLANS, errors="object",
        filters=(STATUS, one_of("request_type", "request_type", "request_type[]"), CREATED, time("processed_at")),
        sorts=("created_at", "processed_at", "status"), order="created_at:desc", style="milliseconds",
        make=office.request, size=12,
    ),
    Resource(
        name="client_invoices", path="client_invoices", envelope="client_invoices", one="client_invoice",
        scopes=CLIENT_INVOICES, style="offset", most_per_page=500, errors="status",
        filters=(*INVOICE_TIMES, day("due_date", IN_FILTER), FILTER_STATUS,
                 hide("exclude_imported", lambda record: record["_imported"], default=True)),
        sorts=("created_at",), order="created_at:desc", make=sales.client_invoice, size=40,
    ),
    Resource(
        name="credit_notes", path="credit_notes", envelope="credit_notes", one="credit_note",
        scopes=CLIENT_INVOICES, style="offset", filters=(time("created_at", IN_FILTER),),
        sorts=("created_at",), order="created_at:desc", make=sales.credit_note, size=5,
    ),
    Resource(
        name="quotes", path="quotes", envelope="quotes", one=BARE, scopes=CLIENT_INVOICES, api_key=False,
        style="offset", most_per_page=500, meta=short, errors="object",
        filters=(time("created_at", IN_FILTER), FILTER_STATUS),
        sorts=("created_at",), order="created_at:desc", make=sales.quote, size=8,
    ),
    # Money on its way.
    Resource(
        name="sepa_beneficiaries", path="sepa/beneficiaries", envelope="beneficiaries", one="beneficiary",
        style="milliseconds", per_page=25,
        filters=(UPDATED, one_of("iban", "iban", "iban[]"), STATUS, flag("trusted", lambda record: record["trusted"])),
        sorts=("updated_at",), order="updated_at:desc", shape=beneficiary, make=transfers.sepa_beneficiary, size=30,
        early=True,
    ),
    Resource(
        name="international_beneficiaries", path="international/beneficiaries", envelope="beneficiaries",
        api_key=False, required="currency", filters=(one_of("currency", "currency"),),
        make=transfers.international_beneficiary, size=6, early=True,
    ),
    Resource(
        name="international_currencies", path="international/currencies", envelope="currencies", api_key=False,
        required="source", paged=False, key="currency_code", make=transfers.currency, size=5,
    ),
    Resource(
        name="international_eligibility", path="international/eligibility", envelope=BARE, only=True, api_key=False,
        key="eligible", make=transfers.eligibility, size=1,
    ),
    Resource(
        name="sepa_transfers", path="sepa/transfers", envelope="transfers", one="transfer", style="milliseconds",
        filters=(UPDATED, day("scheduled_date"), STATUS, one_of("id", "ids", "ids[]"),
                 one_of("beneficiary_id", "beneficiary_ids", "beneficiary_ids[]"),
                 one_of("recurring_transfer_id", "recurring_transfer_ids", "recurring_transfer_ids[]")),
        sorts=("updated_at", "scheduled_date"), order="updated_at:desc", make=transfers.sepa_transfer, size=40,
    ),
    Resource(
        name="sepa_recurring_transfers", path="sepa/recurring_transfers", envelope="recurring_transfers",
        one="recurring_transfer", order="updated_at:desc", make=transfers.sepa_recurring_transfer, size=8,
    ),
    Resource(
        name="sepa_bulk_transfers", path="sepa/bulk_transfers", envelope="bulk_transfers", one="bulk_transfer",
        style="milliseconds", order="updated_at:desc", shape=bulk_transfer,
        make=transfers.sepa_bulk_transfer, size=6,
    ),
    Resource(
        name="external_transfers", path="external_transfers", envelope="external_transfers", meta=None,
        style="milliseconds", filters=(time("updated_at", source="_updated_at"), day("scheduled_date"), STATUS),
        sorts=("updated_at", "scheduled_date"), order="updated_at:desc", shape=external,
        headers=(("deprecation", "true"), ("sunset", "Tue, 31 Mar 2026 00:00:00 GMT")),
        make=transfers.external_transfer, size=4,
    ),
    Resource(
        name="supplier_invoices", path="supplier_invoices", envelope="supplier_invoices", one="supplier_invoice",
        scopes=("supplier_invoice.read",), not_in_plans=("solo_basic", "none"), style="offset",
        filters=(*INVOICE_TIMES, day("issue_date", IN_FILTER), FILTER_STATUS,
                 one_of("attachment_id", "filter[attachment_id]", "filter[attachment_id][]"),
                 flag("filter[matched_transactions]", lambda record: bool(record["matched_transactions"])),
                 hide("filter[exclude_credit_notes]", lambda record: record["is_credit_note"], default=False)),
        order="created_at:desc", shape=supplier_invoice, make=purchases.supplier_invoice, size=60,
    ),
    Resource(
        name="direct_debit_mandates", path="sepa/direct_debit_mandates", envelope="direct_debit_mandates",
        one="direct_debit_mandate", scopes=DEBITS, filters=(one_of("client_id", "client_id"),),
        order="created_at:desc", make=incoming.mandate, size=5, early=True,
    ),
    Resource(
        name="direct_debit_subscriptions", path="sepa/direct_debit_subscriptions",
        envelope="direct_debit_subscriptions", one="direct_debit_subscription", scopes=DEBITS, filters=(STATUS,),
        sorts=("amount",), order="created_at:desc", make=incoming.subscription, size=6,
    ),
    Resource(
        name="direct_debit_collections", path="sepa/direct_debit_collections", envelope="direct_debit_collections",
        one="direct_debit_collection", scopes=DEBITS,
        filters=(one_of("direct_debit_subscription_id", "direct_debit_subscription_id"),),
        sorts=("collection_date", "status", "amount"), order="collection_date:desc",
        make=incoming.collection, size=18,
    ),
    # Cards and payment links.
    Resource(
        name="cards", path="cards", envelope="cards", scopes=("card.read",), api_key=False, meta=no_next_on_last,
        meta_first=True, errors="object",
        filters=(*(one_of(field, f"{name}[]", name) for field, name in (
            ("id", "ids"), ("status", "statuses"), ("holder_id", "holder_ids"),
            ("bank_account_id", "bank_account_ids"), ("card_level", "card_levels"))), has("nickname", "query")),
        sorts=("status", "nickname", "last_activity_at", "created_at"), order="created_at:desc",
        make=cards.card, size=8, early=True,
    ),
    Resource(
        name="terminals", path="terminals", envelope="terminals", scopes=("terminal.read",), api_key=False,
        make=cards.terminal, size=2,
    ),
    Resource(
        name="payment_link_payment_methods", path="payment_links/payment_methods",
        envelope="payment_link_payment_methods", scopes=LINKS, api_key=False, paged=False, key="name",
        make=incoming.payment_method, size=4,
    ),
    Resource(
        name="payment_link_connection", path="payment_links/connections", envelope=BARE, only=True, scopes=LINKS,
        api_key=False, key="status", make=incoming.connection, size=1,
    ),
    Resource(
        name="payment_links", path="payment_links", envelope="payment_links", one=BARE, scopes=LINKS, api_key=False,
        meta=zero_when_empty, filters=(STATUS,), sorts=("amount", "expiration_date"), order="created_at:desc",
        make=incoming.payment_link, size=10,
    ),
    Resource(
        name="payment_link_payments", path="payment_links/{id}/payments", envelope="payments", scopes=LINKS,
        api_key=False, parent="payment_links", filters=(STATUS,), sorts=("creation_date",),
        order="creation_date:desc", make=incoming.payment, size=12,
    ),
    Resource(
        name="einvoicing_settings", path="einvoicing/settings", envelope=BARE, only=True, scopes=("einvoicing.read",),
        api_key=False, key="sending_status", make=office.einvoicing_settings, size=1,
    ),
)  # fmt: skip

BY_NAME = {resource.name: resource for resource in RESOURCES}
SCOPES = ("offline_access", *dict.fromkeys(scope for resource in RESOURCES for scope in resource.scopes))


def known(name: str) -> Resource:
    """The row of this name. ValueError where there is none."""
    if name not in BY_NAME:
        raise ValueError(f"no resource {name}")
    return BY_NAME[name]
