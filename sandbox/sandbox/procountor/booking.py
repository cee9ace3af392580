"""The sums of an invoice, and how it is booked."""

from __future__ import annotations

from typing import Any

from sandbox.procountor import facts
from sandbox.procountor.draw import cents, euros

Json = dict[str, Any]
Row = tuple[str, int, float | None]
"""Account, cents (debit is positive), VAT per cent."""


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
