"""What is paid of invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.fortnox import facts
from sandbox.fortnox.draw import Draw, kr, later, ore
from sandbox.fortnox.ledger import Posting, row
from sandbox.fortnox.sales import BOOKED_AFTER

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company

Json = dict[str, Any]
PAID, WRITTEN_OFF, PART = 88, 5, 6
"""Of a hundred invoices, or payments."""
SMALL = 200
"""Öre that are written off."""


def payment(company: Company, draw: Draw) -> Json | None:
    """Of one invoice: whole, a half, or all but some öre that are written off."""
    invoice = company.parent("invoices", draw)
    payable = invoice and not invoice["Cancelled"] and not invoice["Credit"] and invoice["Balance"]
    if invoice is None or not payable or not (draw.new or draw.percent(PAID)):
        return None
    day = later(invoice["InvoiceDate"], draw.randrange(BOOKED_AFTER + 1, 60)) if not draw.new else company.today
    if day > company.today:
        return None
    owed = ore(invoice["Balance"])
    paid = owed // 2 if draw.percent(PART) else owed
    written_off = SMALL if paid == owed > SMALL * 10 and draw.percent(WRITTEN_OFF) else 0
    paid -= written_off
    balance = owed - paid - written_off
    invoice.update(Balance=kr(balance), FinalPayDate=None if balance else day)
    return {
        "Number": str(draw.number + 1),
        "InvoiceNumber": int(invoice["DocumentNumber"]),
        "InvoiceCustomerName": invoice["CustomerName"],
        "InvoiceCustomerNumber": invoice["CustomerNumber"],
        "InvoiceDueDate": invoice["DueDate"],
        "InvoiceOCR": invoice["OCR"],
        "InvoiceTotal": str(invoice["Total"]),
        "PaymentDate": day,
        "Amount": kr(round(paid * invoice["CurrencyRate"])),
        "AmountCurrency": kr(paid),
        "Currency": invoice["Currency"],
        "CurrencyRate": invoice["CurrencyRate"],
        "CurrencyUnit": 1,
        "ModeOfPayment": "BG",
        "ModeOfPaymentAccount": facts.BANK,
        "Source": "manual",
        "WriteOffExist": bool(written_off),
        "WriteOffs": [write_off(written_off, invoice)] if written_off else [],
        "Booked": False,
        "_paid": ("invoices", (invoice["DocumentNumber"],)),
    }


def write_off(amount: int, invoice: Json) -> Json:
    """Öre that nobody asks for any more."""
    return {
        "AccountNumber": facts.ROUNDING,
        "Amount": kr(amount),
        "Currency": invoice["Currency"],
        "Description": facts.ACCOUNTS[facts.ROUNDING][0],
    }


def payment_posting(_company: Company, payment: Json) -> Posting:
    """Bank against receivables."""
    rate = payment["CurrencyRate"]
    written_off = [round(ore(item["Amount"]) * rate) for item in payment["WriteOffs"]]
    paid = ore(payment["Amount"])
    rows = [row(facts.BANK, paid), *(row(facts.ROUNDING, amount) for amount in written_off)]
    rows.append(row(facts.RECEIVABLES, -paid - sum(written_off)))

    text = f"Kundinbetalning {payment['InvoiceCustomerName']} ({payment['InvoiceNumber']})"
    number = str(payment["InvoiceNumber"])
    return Posting(payment["PaymentDate"], text, rows, "C", "INVOICEPAYMENT", number, payment)
