"""Invoices of every type, their sums, and how they are booked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procountor import booking, facts
from sandbox.procountor.draw import euros, reference
from sandbox.procountor.times import later

if TYPE_CHECKING:
    from sandbox.procountor.books import Books
    from sandbox.procountor.draw import Draw

Json = dict[str, Any]

TYPES = (
    *("SALES_INVOICE", "PURCHASE_INVOICE", "SALES_INVOICE", "SALES_INVOICE", "PURCHASE_INVOICE", "TRAVEL_INVOICE"),
    *("SALES_INVOICE", "PURCHASE_INVOICE", "SALES_ORDER", "SALES_INVOICE", "BILL_OF_CHARGES", "SALES_INVOICE"),
    *("PURCHASE_INVOICE", "SALES_INVOICE", "PURCHASE_ORDER", "PURCHASE_INVOICE", "SALES_INVOICE", "SALES_ORDER"),
    *("PURCHASE_INVOICE", "PERIODIC_TAX_RETURN"),
)
"""One after the other."""
ORDERS = ("SALES_ORDER", "PURCHASE_ORDER")
"""Not booked: there is no receipt."""
RATES = {"EUR": 1.0, "SEK": 11.2475, "USD": 1.0815}
"""Units of the currency for one euro."""


def standard_vat(day: str) -> float:
    """The standard rate was raised in September 2024."""
    return 25.5 if day >= "2024-09-01" else 24.0


def reduced_vat(day: str) -> float:
    """The reduced rate was lowered in January 2026."""
    return 13.5 if day >= "2026-01-01" else 14.0


def make(books: Books, draw: Draw, number: int, created: str, *, day: str, kind: str | None = None) -> Json:
    """A new one, as sent or received, of a type or of the next; nothing is paid or booked yet."""
    kind = kind or TYPES[number % len(TYPES)]
    selling = kind.startswith("SALES")
    partners = books.partners("CUSTOMER" if selling else "PERSON" if kind in facts.DISCUSSED[:2] else "SUPPLIER")
    partner = draw.choice(partners) if partners and kind != "PERIODIC_TAX_RETURN" and number % 11 else None
    currency = partner["paymentInfo"]["currency"] if partner and selling else "EUR"
    due = later(day, draw.choice((7, 14, 14, 30)))
    invoice: Json = {
        "id": books.id("invoices"),
        "partnerId": partner["id"] if partner else None,
        "type": kind,
        "status": "SENT" if selling else "RECEIVED",
        "date": day,
        "counterParty": books.counter_party(partner),
        "billingAddress": partner["billingAddress"] if partner else {},
        "paymentInfo": {
            "paymentMethod": "BANK_TRANSFER",
            "currency": currency,
            "bankAccount": {"accountNumber": books.main_iban, "bic": "SBXXFIHH"},
            "dueDate": due,
            "currencyRate": RATES[currency],
            "bankReferenceCode": reference(10_000 + number),
            "bankReferenceCodeType": "RF" if draw.percent(10) else "FI",
        },
        "extraInfo": {"accountingByRow": False, "unitPricesIncludeVat": kind in facts.DISCUSSED[:2]},
        "discountPercent": 0,
        "orderReference": "",
        "invoiceRows": [],
        "invoiceNumber": number + 1,
        "vatStatus": 1,
        "originalInvoiceNumber": f"{draw.digits(4)}-{number}" if not selling else str(number + 1),
        "invoiceChannel": draw.choice(facts.CHANNELS[:3]) if selling else "ELECTRONIC_INVOICE",
        "language": "FINNISH",
        "additionalInformation": "",
        "vatCountry": "FINLAND",
        "ledgerReceiptId": None,
        "notes": "",
        "factoringContractId": None,
        "attachments": [],
        "version": created,
        "creatorId": facts.USER_ID,
        "isOffer": kind == "SALES_ORDER" and number % 2 == 1,
        "created": created,
        "dueDate": due,
    }
    if kind == "PURCHASE_INVOICE":
        checker = {"userId": facts.USER_ID, "eventPerformed": day}
        invoice["invoiceApprovalInformation"] = {"acceptors": [checker], "verifiers": []}
    elif kind == "TRAVEL_INVOICE":
        trip = {
            "departure": f"{day} 8:00",
            "arrival": f"{day} 21:30",
            "places": "Helsinki-Turku",
            "purpose": "Customer",
        }
        invoice["travelInformationItems"] = [trip]
    elif selling:
        invoice["deliveryAddress"] = partner["deliveryAddress"] if partner else {}
    if kind == "PERIODIC_TAX_RETURN":
        invoice["sum"] = euros(draw.cents(150_000))
        del invoice["invoiceRows"]
    else:
        fill(books, draw, invoice)
    booking.total(invoice)
    return invoice


def fill(books: Books, draw: Draw, invoice: Json) -> None:
    """One to three rows, of products or of free text."""
    selling, abroad = invoice["type"].startswith("SALES"), invoice["paymentInfo"]["currency"] != "EUR"
    products = books.products("SALES" if selling else "PURCHASE")
    rows, accounts = [], []
    for _ in range(draw.choice((1, 1, 2, 3))):
        product = draw.choice(products) if products and draw.percent(85) else None
        reduced = draw.percent(15)
        day = invoice["date"]
        vat = 0.0 if abroad else reduced_vat(day) if reduced else standard_vat(day)
        row: Json = {
            "id": books.id("invoice_rows"),
            "productId": product["id"] if product else None,
            "product": product["name"] if product else "Other",
            "productCode": product["code"] if product else "",
            "quantity": draw.choice((1, 1, 2, 3.5, 10)),
            "unit": "PIECE",
            "unitPrice": euros(draw.cents(110_000 if selling else 9_000)),
            "discountPercent": draw.choice((0, 0, 0, 0, 10)),
            "vatPercent": vat,
            "vatStatus": 1,
        }
        rows.append(row)
        own = facts.SALES_ABROAD if abroad else facts.SALES_REDUCED if reduced else facts.SALES
        accounts.append(own if selling else cost(draw, invoice["type"]))
    invoice["invoiceRows"], invoice["_accounts"] = rows, accounts


def cost(draw: Draw, kind: str) -> str:
    """Where a row of a purchase goes."""
    if kind == "TRAVEL_INVOICE":
        return facts.ALLOWANCES
    return facts.TRAVEL if kind == "BILL_OF_CHARGES" else draw.choice(facts.EXPENSES)


def trail(invoice: Json) -> list[Json]:
    """What happened to it, oldest first; empty for one that nobody has touched."""
    selling, status = invoice["type"].startswith("SALES"), invoice["status"]
    if status in {"EMPTY", "UNFINISHED"} or invoice["type"] == "PERIODIC_TAX_RETURN":
        return []
    steps = ["SEND"] if selling else ["RECEIVED_AS_EINVOICE", "VERIFICATION", "APPROVAL"]
    if status in {"PAID", "PARTLY_PAID"}:
        steps.append("ALLOCATE_INVOICE_TO_REFERENCE_PAYMENT" if selling else "SENT_FOR_PAYMENT")
    return [
        {
            "action": action,
            "name": "Aino Reader",
            "date": invoice["version"] if place else invoice["created"],
            "details": "",
        }
        for place, action in enumerate(steps)
    ]
