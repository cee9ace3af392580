"""Records about what the company sells. Every sum is that of its items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.qonto.values import Draw, Json, amount, amounts

if TYPE_CHECKING:
    from sandbox.qonto.store import Store

RATES = (2000, 1000, 550)
"""Of value added tax, in hundredths of a percent."""
UNITS = ("unit", "hour", "meter")
EMPTY_DRAFT = 14
"""The first of so many invoices that is a draft is an empty one."""
SEEN = [
    {"status_code": 200, "reason": "DEPOSITED", "reason_message": "seen", "timestamp": "2024-12-04T11:05:16.4497Z"},
]


def address(number: int) -> Json:
    """As the newer fields have it."""
    return {
        "street_address": f"{number + 1} Imaginary Road",
        "city": "Nowhere",
        "zip_code": "00000",
        "province_code": None,
        "country_code": "FR",
    }


def client(_store: Store, draw: Draw) -> Json:
    """A company, a freelancer or a person; a person has no `name`."""
    kind = draw.turn("company", "individual", "freelancer", "company")
    person = kind != "company"
    number = draw.number
    flat = {name: value for name, value in address(number).items() if name != "street_address"}
    record = {
        "id": draw.id(),
        "name": f"Client Sample {number + 1}",
        "first_name": f"Client-{number + 1}" if person else None,
        "last_name": "Sample" if person else None,
        "phone_number": "+33600000000",
        "phone": {"country_code": "+33", "number": "600000000"},
        "kind": kind,
        "type": kind,
        "email": f"client-{number + 1}@example.com",
        "extra_emails": [f"books-{number + 1}@example.com"] if draw.percent(30) else [],
        "currency": "EUR",
        "e_invoicing_address": None if person else "000000000",
        "vat_number": None if person else f"FR00{number:09d}",
        "tax_identification_number": None,
        "address": address(number)["street_address"],
        **flat,
        "billing_address": address(number),
        "delivery_address": address(number) if draw.percent(50) else None,
        "recipient_code": None,
        "created_at": draw.created,
        "updated_at": draw.updated,
        "locale": "fr",
        "e_invoicing_reachable": not person,
    }
    if kind == "individual":
        del record["name"]
    return record


def _embedded(client: Json | None) -> Json | None:
    """The client inside a document."""
    left_out = {"phone", "phone_number", "kind", "extra_emails", "currency", "e_invoicing_address"}
    left_out |= {"created_at", "updated_at", "e_invoicing_reachable"}
    return client and {name: value for name, value in client.items() if name not in left_out}


def _organization(store: Store) -> Json:
    company = store.books.company.organization()
    return {
        "id": company["id"],
        "legal_name": company["legal_name"],
        "legal_number": company["legal_number"],
        "legal_country": company["legal_country"],
        "address_line_1": "1 Imaginary Quay",
        "address_line_2": None,
        "address_zipcode": "00000",
        "address_city": "Nowhere",
        "address_country": "FR",
        "company_leadership": None,
        "district_court": None,
        "commercial_register_number": None,
        "vat_number": "FR00000000000",
        "tax_number": None,
        "legal_capital_share": amount(1_000_000),
        "transaction_type": "goods_and_services",
        "vat_payment_condition": "on_receipts",
    }


def _item(draw: Draw, *, percent: bool) -> Json:
    """One line: quantity × price, less a discount, and the tax on the rest. The rate is a fraction, or in percent."""
    price, tenths, rate = draw.cents(20_000), draw.randrange(5, 60, 5), draw.choice(RATES)
    gross = price * tenths // 10
    off = gross // 10 if draw.percent(20) else 0
    subtotal = gross - off
    vat = subtotal * rate // 10_000
    discount = {"type": "percentage", "value": "0.1", "amount": amount(off), "amount_cents": off}
    return {
        "title": draw.choice(("Lantern", "Lamp post", "Repair", "Installation")),
        "description": None,
        "quantity": f"{tenths / 10:g}",
        "unit": draw.choice(UNITS),
        "unit_price": amount(price),
        "unit_price_cents": price,
        "vat_rate": f"{rate / 100:g}" if percent else f"{rate / 10_000:g}",
        "vat_exemption_reason": None,
        "discount": discount if off else None,
        **amounts("total_vat", vat),
        **amounts("total_amount", subtotal + vat),
        **amounts("subtotal", subtotal),
    }


def _sums(items: list[Json]) -> Json:
    return {
        **amounts("total_amount", sum(item["total_amount_cents"] for item in items)),
        **amounts("vat_amount", sum(item["total_vat_cents"] for item in items)),
    }


def _texts(number: str, name: str) -> Json:
    return {
        "contact_email": "billing@sample-lantern-works.example",
        "terms_and_conditions": "This is a sample.",
        "header": None,
        "footer": "Sample Lantern Works",
        name: f"https://pay.sample-bank.example/invoices/{number}",
    }


NO_ITALY: Json = {"welfare_fund": None, "withholding_tax": None, "stamp_duty_amount": None}


def client_invoice(store: Store, draw: Draw) -> Json:
    """A draft has no number yet, an empty one no items; imported ones are hidden unless asked for."""
    status = draw.turn("paid", "unpaid", "paid", "draft", "paid", "unpaid", "canceled")
    draft, number = status == "draft", draw.id()
    empty = draft and draw.number % EMPTY_DRAFT == 3  # noqa: PLR2004 - the first draft
    items = [] if empty else [_item(draw, percent=False) for _ in range(draw.randrange(1, 4))]
    account = store.books.company.accounts[0]
    label = None if draft else f"INV-{draw.number + 1:05d}"
    sums = _sums(items)
    return {
        "id": number,
        "organization_id": store.books.company.id,
        "attachment_id": None if draft else store.attach(draw, f"{label}.pdf"),
        "number": label,
        "purchase_order": None,
        "status": status,
        **_texts(number, "invoice_url"),
        "discount_conditions": None,
        "late_payment_penalties": None,
        "legal_fixed_compensation": None,
        "currency": "EUR",
        **sums,
        "amount_paid": sums["total_amount"] if status == "paid" else amount(0),
        "issue_date": draw.created.date(),
        "due_date": draw.created.date(30),
        "performance_date": None,
        "performance_start_date": None,
        "performance_end_date": None,
        "created_at": draw.created,
        "updated_at": draw.updated,
        "finalized_at": None if draft else draw.created,
        "paid_at": draw.updated if status == "paid" else None,
        "items": items or None,
        "client": _embedded(store.whole("clients", draw)),
        "payment_methods": [
            {"type": "transfer", "beneficiary_name": "Sample Lantern Works", "bic": "SMPLFRP0XXX", "iban": account.iban}
        ],
        "credit_notes_ids": [],
        "organization": _organization(store),
        "invoice_type": "standard",
        "einvoicing_status": draw.turn("pending", None, "not_delivered") if not draft else None,
        "einvoicing_lifecycle_events": SEEN if draw.percent(20) else [],
        "payment_reporting": None,
        "deposit_amount": None,
        "discount": None,
        **NO_ITALY,
        "_imported": draw.number % 7 == 5,  # noqa: PLR2004 - one of seven
    }


def credit_note(store: Store, draw: Draw) -> Json:
    """Takes back a canceled invoice, or a paid one when there is none left."""
    order = {"canceled": 0, "paid": 1, "unpaid": 2}
    issued = [i for i in store.records["client_invoices"] if i["number"] and not i["credit_notes_ids"]]
    invoice: Json = min(issued, key=lambda i: order[i["status"]], default={})
    label, number = f"CN-{draw.number + 1:05d}", draw.id()
    items = invoice.get("items") or [_item(draw, percent=False)]
    created = max(draw.created, invoice["created_at"].later(3)) if invoice else draw.created
    if invoice:
        invoice["credit_notes_ids"].append(number)
    return {
        "id": number,
        "invoice_id": invoice.get("id"),
        "attachment_id": store.attach(draw, f"{label}.pdf"),
        "issue_date": created.date(),
        "invoice_issue_date": invoice.get("issue_date"),
        "number": label,
        **_texts(number, "invoice_url"),
        **_sums(items),
        "currency": "EUR",
        "created_at": created,
        "finalized_at": created,
        "einvoicing_status": draw.turn("pending", "not_delivered"),
        "einvoicing_lifecycle_events": [],
        "items": items,
        "client": invoice.get("client"),
        "reason": None,
        **NO_ITALY,
    }


def quote(store: Store, draw: Draw) -> Json:
    """An approved one leads to invoices."""
    status = draw.turn("approved", "pending_approval", "canceled")
    label, number = f"Q-{draw.number + 1:05d}", draw.id()
    items = [_item(draw, percent=True) for _ in range(draw.randrange(1, 3))]
    invoice = store.whole("client_invoices", draw) if status == "approved" else None
    created = invoice["created_at"].later(-5) if invoice else draw.created
    return {
        "id": number,
        "organization_id": store.books.company.id,
        "number": label,
        "status": status,
        "currency": "EUR",
        **_sums(items),
        "issue_date": created.date(),
        "expiry_date": created.date(60),
        "created_at": created,
        "approved_at": created.later(2) if status == "approved" else None,
        "canceled_at": created.later(2) if status == "canceled" else None,
        "items": items,
        "client": invoice["client"] if invoice else _embedded(store.whole("clients", draw)),
        "organization": _organization(store),
        "attachment_id": store.attach(draw, f"{label}.pdf"),
        **_texts(number, "quote_url"),
        "discount": None,
        "invoice_ids": [invoice["id"]] if invoice else [],
        **NO_ITALY,
    }


def product(store: Store, draw: Draw) -> Json:
    """From the catalogue."""
    return {
        "id": draw.id(),
        "title": f"Lantern {draw.number + 1}",
        "description": None,
        "internal_note": None,
        "type": draw.turn("good", "service"),
        "unit_price": amount(draw.cents(10_000)),
        "vat_rate": "20",
        "unit": draw.turn(*UNITS),
        "vat_exemption_code": None,
        "links": [{"title": "Shop", "url": "https://shop.sample-lantern-works.example"}] if draw.percent(40) else [],
        "organization_id": store.books.company.id,
        "created_at": draw.created,
        "updated_at": draw.updated,
    }
