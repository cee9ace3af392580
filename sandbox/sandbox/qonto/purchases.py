"""Records about what the company buys: supplier invoices, and what was matched with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.qonto.sales import SEEN
from sandbox.qonto.values import Draw, Json, amount, moment

if TYPE_CHECKING:
    from sandbox.qonto.store import Store


def supplier_invoice(store: Store, draw: Draw) -> Json:
    """A fresh one has almost no content until it was read; a paid one belongs to a transaction of its amount."""
    status = draw.turn(
        "paid", "to_review", "to_pay", "paid", "scheduled", "paid", "archived", "to_approve", "discarded"
    )
    fresh = status == "to_review" and draw.number % 2 == 1
    done = store.outgoing(draw.number) if status == "paid" else None
    if done:
        draw.created = store.cut("supplier_invoices", moment(done["created_at"])).later(-7)
        draw.updated = max(draw.updated, store.cut("supplier_invoices", moment(done["settled_at"])))
    name = f"supplier-invoice-{draw.number + 1}.pdf"
    attachment = store.attach(draw, name)
    file: Json = {
        "id": draw.id(),
        "organization_id": store.books.company.id,
        "status": status,
        "source_type": draw.turn("email", "e_invoicing", "direct_upload"),
        "source": draw.turn("email_forward", "e_invoicing", "supplier_invoices"),
        "attachment_id": attachment,
        "display_attachment_id": attachment,
        "created_at": draw.created,
        "updated_at": draw.updated,
        "analyzed_at": None if fresh else draw.created.later(0.01),
        "file_name": name,
        "is_einvoice": draw.percent(20),
        "e_invoice_type": None,
        "is_credit_note": False,
        "has_discrepancies": False,
        "has_duplicates": draw.percent(5),
        "has_suggested_credit_notes": False,
        "initiator_id": store.books.company.initiators[0],
        "declined_note": "",
        "is_attachment_invoice": None if fresh else True,
        "is_attachment_non_financial": None if fresh else False,
        "attachment_category": None if fresh else "INVOICE",
        "available_actions": {
            "delete": status != "paid",
            "archive": True,
            "unarchive": False,
            "pay": status == "to_pay",
            "reasons": {"pay": [], "delete": [], "archive": [], "unarchive": ["invalid_status"]},
        },
        "approval_workflow": None,
        "einvoicing_lifecycle_events": SEEN if draw.percent(10) else [],
        "meta": {"integration_type": "sample", "connector": "sample"} if draw.percent(20) else None,
        "related_invoices": [],
        "suggested_transactions": [],
        "self_invoice_id": None,
    }
    return file | _content(store, draw, done, fresh=fresh, status=status)


def _content(store: Store, draw: Draw, done: Json | None, *, fresh: bool, status: str) -> Json:
    """What was read from the document, and what was matched with it."""
    supplier = draw.choice(store.books.company.counterparties)
    cents = done["amount_cents"] if done else draw.cents(30_000)
    vat = cents * 20 // 120
    transfer = store.transfer(done) if done else None
    asked = (
        [r["id"] for r in store.records["requests"] if r["request_type"] == "transfer"] if status == "to_pay" else []
    )
    content: dict[str, Any] = {
        "invoice_number": f"SUP-{draw.number + 1:06d}",
        "supplier_name": done["clean_counterparty_name"] if done else supplier.name,
        "issuer_name": done["clean_counterparty_name"] if done else supplier.name,
        "supplier_id": draw.id(),
        "iban": done["transfer"]["counterparty_account_number"] if done else supplier.iban,
        "vat_number": None,
        "tin": None,
        "description": f"Supplies {draw.number + 1}",
        "total_amount": amount(cents),
        "payable_amount": amount(0 if done else cents),
        "total_amount_excluding_taxes": amount(cents - vat),
        "total_tax_amount": amount(vat),
        "total_amount_credit_notes": amount(0),
        "taxes": [{"tax_amount": amount(vat), "tax_rate": "20"}],
        "issue_date": draw.created.date(-5),
        "due_date": draw.created.date(25) if draw.percent(80) else None,
        "payment_date": done["settled_at"][:10] if done else None,
        "scheduled_date": draw.updated.date(10) if status == "scheduled" else None,
    }
    matched = {
        "matched_transactions": [
            {"subject_id": transfer, "subject_type": "Transfer", "transaction_id": done["id"]},
        ]
        if done
        else [],
        "matched_transactions_ids": [transfer] if transfer else [],
        "transfer_ids": [transfer] if transfer else [],
        "request_transfer": {"id": asked[0], "initiator_id": store.books.company.initiators[0]} if asked else None,
    }
    return {name: None if fresh else value for name, value in content.items()} | matched
