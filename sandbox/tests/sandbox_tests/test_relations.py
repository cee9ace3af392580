"""Records know each other: every id that a record mentions is that of something."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from sandbox.clock import milliseconds

from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox_tests.conftest import Json

LINKS = [
    # resource, field, resource it points to, may be null
    ("memberships", "team_id", "teams", True),
    ("cards", "holder_id", "memberships", False),
    ("cards", "bank_account_id", "bank_accounts", False),
    ("requests", "initiator_id", "memberships", False),
    ("requests", "approver_id", "memberships", True),
    ("statements", "bank_account_id", "bank_accounts", False),
    ("sepa_transfers", "initiator_id", "memberships", False),
    ("sepa_transfers", "beneficiary_id", "sepa_beneficiaries", False),
    ("sepa_transfers", "transaction_id", "transactions", True),
    ("sepa_transfers", "recurring_transfer_id", "sepa_recurring_transfers", True),
    ("sepa_transfers", "bank_account_id", "bank_accounts", False),
    ("sepa_recurring_transfers", "beneficiary_id", "sepa_beneficiaries", False),
    ("external_transfers", "beneficiary_id", "international_beneficiaries", False),
    ("external_transfers", "transaction_id", "transactions", True),
    ("client_invoices", "attachment_id", "attachments", True),
    ("credit_notes", "attachment_id", "attachments", False),
    ("credit_notes", "invoice_id", "client_invoices", False),
    ("quotes", "attachment_id", "attachments", False),
    ("supplier_invoices", "attachment_id", "attachments", False),
    ("supplier_invoices", "display_attachment_id", "attachments", False),
    ("direct_debit_mandates", "client_id", "clients", False),
    ("direct_debit_subscriptions", "direct_debit_mandate_id", "direct_debit_mandates", False),
    ("direct_debit_collections", "direct_debit_subscription_id", "direct_debit_subscriptions", False),
    ("payment_links", "invoice_id", "client_invoices", True),
]
MANY = [
    ("transactions", "attachment_ids", "attachments"),
    ("client_invoices", "credit_notes_ids", "credit_notes"),
    ("quotes", "invoice_ids", "client_invoices"),
    ("supplier_invoices", "transfer_ids", "sepa_transfers"),
]

Records = dict[str, dict[str, "Json"]]


@pytest.fixture(scope="module")
def records() -> Iterator[Records]:
    with Sandbox(transactions=1500, seed=3) as sandbox:
        names = [name for name in sandbox.qonto.counts() if name not in {"membership", "international_currencies"}]
        yield {name: {r.get("id", name): r for r in sandbox.qonto.records(name)} for name in names}


@pytest.mark.parametrize(("name", "field", "target", "nullable"), LINKS)
def test_ids(records: Records, name: str, field: str, target: str, nullable: bool) -> None:  # noqa: FBT001
    values = {record[field] for record in records[name].values()}
    assert values - {None} <= set(records[target])
    assert values != {None}
    assert nullable or None not in values


@pytest.mark.parametrize(("name", "field", "target"), MANY)
def test_lists_of_ids(records: Records, name: str, field: str, target: str) -> None:
    values = {value for record in records[name].values() for value in record[field]}
    assert values
    assert values <= set(records[target])


def test_ids_are_unique(records: Records) -> None:
    ids = [key for name in records if name != "user_organizations" for key in records[name]]
    assert len(ids) == len(set(ids))


def test_settled_transfers_are_the_transactions(records: Records) -> None:
    settled = [t for t in records["sepa_transfers"].values() if t["status"] == "settled"]
    assert len(settled) == len({t["transaction_id"] for t in settled}) > 20
    for transfer in settled:
        transaction = records["transactions"][transfer["transaction_id"]]
        payee = records["sepa_beneficiaries"][transfer["beneficiary_id"]]
        assert transaction["amount_cents"] == transfer["amount_cents"]
        assert transaction["bank_account_id"] == transfer["bank_account_id"]
        assert transaction["transfer"]["counterparty_account_number"] == payee["iban"]


def test_paid_supplier_invoices_are_matched(records: Records) -> None:
    matched = [i for i in records["supplier_invoices"].values() if i["matched_transactions"]]
    assert matched
    for invoice in matched:
        (match,) = invoice["matched_transactions"]
        transaction = records["transactions"][match["transaction_id"]]
        assert match["subject_id"] is None or match["subject_id"] in records["sepa_transfers"]
        assert invoice["total_amount"]["value"] == f"{transaction['amount_cents'] / 100:.2f}"
        assert invoice["iban"] == transaction["transfer"]["counterparty_account_number"]
    asked = [i["request_transfer"]["id"] for i in records["supplier_invoices"].values() if i["request_transfer"]]
    assert {records["requests"][number]["request_type"] for number in asked} == {"transfer"}


def test_sums(records: Records) -> None:
    for name in ("client_invoices", "credit_notes", "quotes"):
        for document in records[name].values():
            items = document["items"] or []
            assert document["total_amount_cents"] == sum(item["total_amount_cents"] for item in items)
            assert document["vat_amount_cents"] == sum(item["total_vat_cents"] for item in items)
            for item in items:
                assert item["subtotal_cents"] + item["total_vat_cents"] == item["total_amount_cents"]
    for bulk in records["sepa_bulk_transfers"].values():
        assert bulk["total_count"] == sum(bulk[f"{name}_count"] for name in ("completed", "pending", "failed"))
        assert {r["transfer_id"] for r in bulk["results"]} - {None} <= set(records["sepa_transfers"])


def test_documents_name_their_client(records: Records) -> None:
    for name in ("client_invoices", "credit_notes", "quotes"):
        for document in records[name].values():
            client = records["clients"][document["client"]["id"]]
            assert document["client"]["email"] == client["email"]
    for quote in records["quotes"].values():
        for number in quote["invoice_ids"]:
            assert records["client_invoices"][number]["client"]["id"] == quote["client"]["id"]


def test_direct_debits_are_a_chain(records: Records) -> None:
    for collection in records["direct_debit_collections"].values():
        subscription = records["direct_debit_subscriptions"][collection["direct_debit_subscription_id"]]
        mandate = records["direct_debit_mandates"][subscription["direct_debit_mandate_id"]]
        assert collection["unique_mandate_reference"] == mandate["unique_mandate_reference"]
        assert collection["amount"] == subscription["amount"]
        assert mandate["status"] == "approved"


def test_categories_are_those_of_the_transactions(records: Records) -> None:
    tree = {
        top["id"]: {part["id"] for part in top["subcategories"]} for top in records["cash_flow_categories"].values()
    }
    for transaction in records["transactions"].values():
        assert transaction["cashflow_subcategory"]["id"] in tree[transaction["cashflow_category"]["id"]]


def test_nothing_is_changed_before_it_is_made(records: Records) -> None:
    shared = defaultdict(set)
    for name, found in records.items():
        for record in found.values():
            if record.get("updated_at") and record.get("created_at"):
                assert milliseconds(record["created_at"]) <= milliseconds(record["updated_at"]), name
                shared[name, record["updated_at"]].add(record["id"])
    assert max(len(ids) for (name, _), ids in shared.items() if name == "supplier_invoices") > 10


def test_a_credit_note_follows_its_invoice(records: Records) -> None:
    for note in records["credit_notes"].values():
        invoice = records["client_invoices"][note["invoice_id"]]
        assert note["id"] in invoice["credit_notes_ids"]
        assert milliseconds(invoice["finalized_at"]) < milliseconds(note["created_at"])
        assert note["invoice_issue_date"] == invoice["issue_date"]


def test_one_more_record_changes_no_other() -> None:
    def invoices(size: int) -> list[str]:
        with Sandbox(transactions=100) as sandbox:
            sandbox.qonto.settings(sizes={"products": size})
            return [product["id"] for product in sandbox.qonto.records("products")]

    assert invoices(300)[:20] == invoices(20)


def test_a_company_without_transactions() -> None:
    with Sandbox(transactions=0) as sandbox:
        assert {t["transaction_id"] for t in sandbox.qonto.records("sepa_transfers")} == {None}
        assert all(not i["matched_transactions"] for i in sandbox.qonto.records("supplier_invoices"))
