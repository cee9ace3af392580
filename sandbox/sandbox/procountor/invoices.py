"""Invoices of every type, their sums, and how they are booked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procountor import facts
from sandbox.procountor.draw import cents, euros, reference
from sandbox.procountor.times import later

if TYPE_CHECKING:
    from sandbox.procountor.books import Books
    from sandbox.procountor.draw import Draw

Json = dict[str, Any]
Row = tuple[str, int, float | None]
"""Account, cents (debit is positive), VAT per cent."""

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
    if kind == "PERIODIC_TAX_RETURN":
        invoice["sum"] = euros(draw.cents(150_000))
        del invoice["invoiceRows"]
    else:
        fill(books, draw, invoice)
    total(invoice)
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


def parts(invoice: Json) -> list[tuple[str, int, int, float]]:
    """For each row: account, net and VAT in cents of the invoice's currency, VAT per cent."""
    found = []
    for row, account in zip(invoice.get("invoiceRows", ()), invoice.get("_accounts", ()), strict=True):
        amount = round(row["quantity"] * cents(row["unitPrice"]) * (100 - row["discountPercent"]) / 100)
        share = row["vatPercent"] / 100
        included = invoice["extraInfo"]["unitPricesIncludeVat"]
        vat = round(amount * share / (1 + share)) if included else round(amount * share)
        found.append((account, amount - vat if included else amount, vat, row["vatPercent"]))
    return found


def total(invoice: Json) -> None:
    """Set `invoiceSumInfo`: in the accounting currency, and in the invoice's if that is another."""
    currency, rate = invoice["paymentInfo"]["currency"], invoice["paymentInfo"]["currencyRate"]
    rows = parts(invoice)
    net, vat = sum(row[1] for row in rows), sum(row[2] for row in rows)
    if "sum" in invoice:
        net = cents(invoice["sum"])
    sums = [(currency, net, vat)] if currency != "EUR" else []
    invoice["invoiceSumInfo"] = [
        {
            "currency": code,
            "inAccountingCurrency": code == "EUR",
            "excludingVatTotal": euros(own_net),
            "vatSumTotal": euros(own_vat),
            "invoiceSumTotal": euros(own_net + own_vat),
        }
        for code, own_net, own_vat in (("EUR", round(net / rate), round(vat / rate)), *sums)
    ]


def gross(invoice: Json) -> int:
    """Cents in the accounting currency."""
    return cents(invoice["invoiceSumInfo"][0]["invoiceSumTotal"])


def booked(invoice: Json) -> list[Row]:
    """The rows of its receipt, which add up to nothing. The first is the other party's."""
    sign = 1 if invoice["type"].startswith("SALES") else -1
    due = facts.RECEIVABLES if sign > 0 else facts.PAYABLES
    if invoice["type"] == "PERIODIC_TAX_RETURN":
        return [(due, -gross(invoice), 0), (facts.VAT_DUE, gross(invoice), None)]
    rate, whole = invoice["paymentInfo"]["currencyRate"], gross(invoice)
    rows: list[Row] = [(account, -sign * round(net / rate), percent) for account, net, _, percent in parts(invoice)]
    vat = -sign * cents(invoice["invoiceSumInfo"][0]["vatSumTotal"])
    if vat:
        rows.append((facts.VAT_OUT if sign > 0 else facts.VAT_IN, vat, 0))
    left = -(sign * whole + sum(row[1] for row in rows))
    if left:
        account, amount, percent = rows[0]
        rows[0] = (account, amount + left, percent)
    return [(due, sign * whole, 0), *rows]


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
