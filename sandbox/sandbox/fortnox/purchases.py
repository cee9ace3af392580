"""Supplier invoices, what is paid of them, and what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.fortnox import facts
from sandbox.fortnox.draw import kr, later, ore
from sandbox.fortnox.ledger import Posting, row
from sandbox.fortnox.sales import BOOKED_AFTER

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company
    from sandbox.fortnox.draw import Draw

Json = dict[str, Any]
PAID = 90
COST_ACCOUNTS = (4000, 5410, 6540, 6110, 5010)


def supplier_invoice(company: Company, draw: Draw) -> Json:
    """The supplier's own number may be missing; one in fifty is cancelled."""
    supplier = draw.choice(company.all("suppliers"))
    net = draw.ore(300_000)
    vat = net // 4
    account = draw.choice(COST_ACCOUNTS)
    total = net + vat
    return {
        "GivenNumber": str(draw.number + 1),
        "InvoiceNumber": None if draw.percent(10) else str(draw.randrange(1000, 99_999)),
        "SupplierNumber": supplier["SupplierNumber"],
        "SupplierName": supplier["Name"],
        "InvoiceDate": draw.day,
        "DueDate": later(draw.day, 30),
        "Currency": "SEK",
        "CurrencyRate": 1,
        "CurrencyUnit": 1,
        "Total": kr(total),
        "Balance": kr(total),
        "VAT": kr(vat),
        "VATType": "NORMAL",
        "SalesType": "STOCK",
        "AccountingMethod": "ACCRUAL",
        "OCR": f"{draw.randrange(10**9)}",
        "AuthorizerName": "Förnamn Exempelsson" if draw.percent(20) else None,
        "CostCenter": draw.choice(tuple(facts.COST_CENTERS)) if draw.percent(30) else None,
        "Cancelled": draw.percent(2),
        "Booked": False,
        "Vouchers": [],
        "SupplierInvoiceRows": [
            {"Code": "TOT", **invoice_row(facts.PAYABLES, -total)},
            {"Code": "VAT", **invoice_row(facts.INPUT_VAT, vat)},
            {"Code": "ACC", **invoice_row(account, net)},
        ],
    }


def invoice_row(account: int, amount: int) -> Json:
    """`amount` in öre, debit above zero. Numbers, unlike the sums of the invoice."""
    debit, credit = kr(max(amount, 0)), kr(max(-amount, 0))
    return {
        "Account": account,
        "AccountDescription": facts.ACCOUNTS[account][0],
        "Debit": debit,
        "DebitCurrency": debit,
        "Credit": credit,
        "CreditCurrency": credit,
        "Total": kr(amount),
    }


def supplier_invoice_posting(company: Company, invoice: Json) -> Posting | None:
    """Payables against input VAT and costs."""
    if invoice["Cancelled"] or later(invoice["InvoiceDate"], BOOKED_AFTER) > company.today:
        return None
    rows = [
        row(line["Account"], ore(line["Total"]), invoice["CostCenter"] if line["Code"] == "ACC" else None)
        for line in invoice["SupplierInvoiceRows"]
    ]

    text = f"Levfakt {invoice['SupplierName']} ({invoice['GivenNumber']})"
    return Posting(invoice["InvoiceDate"], text, rows, "D", "SUPPLIERINVOICE", invoice["GivenNumber"], invoice)


def supplier_payment(company: Company, draw: Draw) -> Json | None:
    """Of one supplier invoice, whole."""
    invoice = company.parent("supplierinvoices", draw)
    if invoice is None or invoice["Cancelled"] or not invoice["Balance"] or not (draw.new or draw.percent(PAID)):
        return None
    day = company.today if draw.new else later(invoice["InvoiceDate"], draw.randrange(BOOKED_AFTER + 1, 45))
    if day > company.today:
        return None
    amount = invoice["Balance"]
    invoice.update(Balance=0, FinalPayDate=day)
    return {
        "Number": draw.number + 1,
        "InvoiceNumber": invoice["GivenNumber"],
        "InvoiceSupplierName": invoice["SupplierName"],
        "InvoiceSupplierNumber": invoice["SupplierNumber"],
        "InvoiceDueDate": invoice["DueDate"],
        "InvoiceOCR": invoice["OCR"],
        "InvoiceTotal": str(invoice["Total"]),
        "PaymentDate": day,
        "Amount": amount,
        "AmountCurrency": amount,
        "Currency": "SEK",
        "CurrencyRate": 1,
        "CurrencyUnit": 1,
        "ModeOfPayment": "BG",
        "Source": draw.turn("manual", "direct"),
        "WriteOffExist": False,
        "Booked": False,
        "_paid": ("supplierinvoices", (invoice["GivenNumber"],)),
    }


def supplier_payment_posting(_company: Company, payment: Json) -> Posting:
    """Payables against the bank. What the vendor books itself may still say MANUAL (recorded answers)."""
    amount = ore(payment["Amount"])

    rows = [row(facts.BANK, -amount), row(facts.PAYABLES, amount)]
    text = f"Levbet {payment['InvoiceSupplierName']} ({payment['InvoiceNumber']})"
    return Posting(payment["PaymentDate"], text, rows, "E", "MANUAL", None, payment)


def supplier_file(company: Company, draw: Draw) -> Json:
    """The scan of an invoice."""
    invoice = company.nth("supplierinvoices", draw.number)
    return {
        "FileId": draw.id(),
        "Name": f"faktura-{invoice['GivenNumber']}.pdf",
        "SupplierInvoiceNumber": invoice["GivenNumber"],
        "SupplierName": invoice["SupplierName"],
    }


def supplier_url(company: Company, draw: Draw) -> Json:
    """A page elsewhere about an invoice."""
    invoice = company.nth("supplierinvoices", draw.number)
    return {
        "Id": draw.number + 1,
        "SupplierInvoiceNumber": int(invoice["GivenNumber"]),
        "ExternalURLConnection": f"https://example.com/invoices/{invoice['GivenNumber']}",
        "Url": f"https://example.com/invoices/{invoice['GivenNumber']}",
    }
