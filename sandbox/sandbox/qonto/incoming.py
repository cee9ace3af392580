"""Records about money that comes in on request: direct debits and payment links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.qonto.values import Draw, Json, amount

if TYPE_CHECKING:
    from sandbox.qonto.store import Store

PAY = "https://pay.sample-bank.example"


def mandate(store: Store, draw: Draw) -> Json:
    """A client's permission to collect."""
    signed = draw.number % 5 != 4  # noqa: PLR2004 - one of five
    number, client = draw.id(), store.whole("clients", draw)
    created = max(draw.created, store.cut("direct_debit_mandates", client["created_at"])) if client else draw.created
    return {
        "id": number,
        "unique_mandate_reference": f"SAMPLE-UMR-{draw.number + 1:05d}",
        "client_id": client and client["id"],
        "status": "approved" if signed else "pending_signature",
        "created_at": created,
        "mandate_signature_date": created.date(2) if signed else None,
        "schedule_type": draw.turn("recurring", "one_off"),
        "notify_client": True,
        "sign_url": None if signed else f"{PAY}/sign/{number}",
    }


def subscription(store: Store, draw: Draw) -> Json:
    """What is collected under a mandate, and when."""
    mandates = store.records["direct_debit_mandates"]
    source = mandates[draw.number % len(mandates)] if mandates else None
    signed = source is None or source["mandate_signature_date"]
    monthly = source is None or source["schedule_type"] == "recurring"
    return {
        "id": draw.id(),
        "direct_debit_mandate_id": source and source["id"],
        "bank_account_id": store.books.company.accounts[0].id,
        "initial_collection_date": draw.created.date(7),
        "amount": amount(draw.cents(20_000)),
        "reference": f"Service contract {draw.number + 1}",
        "status": draw.turn("in_progress", "scheduled") if signed else "pending_mandate_signature",
        "schedule_type": "recurring" if monthly else "one_off",
        "notify_client": True,
        "created_at": draw.created,
        "sign_url": source and source["sign_url"],
        "schedule_total_collection_count": 12 if monthly else 1,
        "schedule_next_collection_date": draw.updated.date(10) if signed else None,
        "schedule_end_date": draw.created.date(372) if monthly else None,
    }


def collection(store: Store, draw: Draw) -> Json:
    """One payment of a subscription whose mandate is signed."""
    mandates = {record["id"]: record for record in store.records["direct_debit_mandates"]}
    ready = [s for s in store.records["direct_debit_subscriptions"] if s["status"] != "pending_mandate_signature"]
    source = ready[draw.number % len(ready)] if ready else None
    status = draw.turn("completed", "completed", "scheduled", "completed", "failed")
    return {
        "id": draw.id(),
        "direct_debit_subscription_id": source and source["id"],
        "amount": dict(source["amount"]) if source else amount(draw.cents(20_000)),
        "collection_date": source["created_at"].date(7 + 30 * (draw.number // len(ready))) if source else None,
        "status": status,
        "unique_mandate_reference": source and mandates[source["direct_debit_mandate_id"]]["unique_mandate_reference"],
        "status_reason": "insufficient_funds" if status == "failed" else None,
    }


def payment_link(store: Store, draw: Draw) -> Json:
    """For a basket of items, or for an invoice."""
    status = draw.turn("open", "paid", "expired", "canceled", "processing")
    invoices = [i for i in store.records["client_invoices"] if i["number"] and i["total_amount_cents"]]
    invoice = draw.choice(invoices) if draw.number % 3 == 2 and invoices else None  # noqa: PLR2004 - one of three
    number, quantity, price = draw.id(), draw.randrange(1, 4), draw.cents(5_000)
    cents = invoice["total_amount_cents"] if invoice else quantity * price
    item = {
        "title": f"Lamp {draw.number + 1}",
        "type": draw.turn("good", "service"),
        "description": None,
        "quantity": quantity,
        "measure_unit": "unit",
        "unit_price": amount(price),
        "vat_rate": "20.0",
    }
    return {
        "id": number,
        "status": status,
        "expiration_date": draw.created.later(30),
        "potential_payment_methods": ["credit_card", "ideal"][: draw.number % 2 + 1],
        "amount": amount(cents),
        "items": None if invoice else [item],
        "reusable": draw.percent(20) and not invoice,
        "created_at": draw.created,
        "url": f"{PAY}/{number}",
        "resource_type": "Invoice" if invoice else "Basket",
        "invoice_id": invoice and invoice["id"],
        "invoice_number": invoice and invoice["number"],
        "debitor_name": invoice and invoice["client"].get("name"),
    }


def payment(store: Store, draw: Draw) -> Json:
    """A try to pay a link; the paid links come first."""
    links = sorted(store.records["payment_links"], key=lambda link: link["status"] != "paid")
    link = links[draw.number % len(links)] if links else None
    paid = link is not None and link["status"] == "paid"
    created = link["created_at"].later(1) if link else draw.created
    return {
        "id": draw.id(),
        "amount": dict(link["amount"]) if link else amount(draw.cents(5_000)),
        "status": "paid" if paid else draw.turn("failed", "open"),
        "created_at": created,
        "payment_method": draw.turn("credit_card", "ideal"),
        "paid_at": created if paid else None,
        "debitor_email": f"buyer-{draw.number + 1}@example.com",
        "_parent": link and link["id"],
    }


def payment_method(_store: Store, draw: Draw) -> Json:
    """Of payment links."""
    names = ("credit_card", "ideal", "paypal", "apple_pay")
    name = names[draw.number] if draw.number < len(names) else f"method_{draw.number + 1}"
    return {"name": name, "enabled": draw.number < 2}  # noqa: PLR2004 - the first ones


def connection(store: Store, _draw: Draw) -> Json:
    """With the provider of payment links: a bare object."""
    return {
        "connection_location": f"{PAY}/connect",
        "status": "enabled",
        "bank_account_id": store.books.company.accounts[0].id,
    }
