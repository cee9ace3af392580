"""Documents whose amounts belong to several months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.fortnox.draw import kr, later, ore

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company
    from sandbox.fortnox.draw import Draw

Json = dict[str, Any]


def invoice_accrual(company: Company, draw: Draw) -> Json:
    """An invoice whose sales belong to three months."""
    invoice = company.nth("invoices", draw.number)
    total = ore(invoice["Net"])
    return {
        "InvoiceNumber": int(invoice["DocumentNumber"]),
        "Description": f"Periodisering faktura {invoice['DocumentNumber']}",
        "Period": "MONTHLY",
        "StartDate": invoice["InvoiceDate"],
        "EndDate": later(invoice["InvoiceDate"], 90),
        "Times": 3,
        "Total": kr(total),
        "AccrualAccount": 2970,
        "RevenueAccount": 3001,
        "InvoiceAccrualRows": [row(2970, total), row(3001, -total)],
    }


def supplier_accrual(company: Company, draw: Draw) -> Json:
    """Costs that belong to three months."""
    invoice = company.nth("supplierinvoices", draw.number)
    total = ore(invoice["Total"]) - ore(invoice["VAT"])
    return {
        "SupplierInvoiceNumber": int(invoice["GivenNumber"]),
        "Description": f"Periodisering leverantörsfaktura {invoice['GivenNumber']}",
        "Period": "MONTHLY",
        "StartDate": invoice["InvoiceDate"],
        "EndDate": later(invoice["InvoiceDate"], 90),
        "Times": 3,
        "Total": kr(total),
        "AccrualAccount": 1790,
        "CostAccount": 5010,
        "SupplierInvoiceAccrualRows": [row(1790, total), row(5010, -total)],
    }


def contract_accrual(company: Company, draw: Draw) -> Json:
    """A contract that belongs to three months."""
    contract = company.nth("contracts", draw.number)
    total = ore(contract["Net"])
    return {
        "DocumentNumber": int(contract["DocumentNumber"]),
        "Description": f"Periodisering avtal {contract['DocumentNumber']}",
        "Period": "MONTHLY",
        "Times": 3,
        "Total": kr(total),
        "AccrualAccount": 2970,
        "CostAccount": 3001,
        "AccrualRows": [row(2970, total), row(3001, -total)],
    }


def row(account: int, amount: int) -> Json:
    """`amount` in öre, debit above zero."""
    return {"Account": account, "Debit": kr(max(amount, 0)), "Credit": kr(max(-amount, 0))}
