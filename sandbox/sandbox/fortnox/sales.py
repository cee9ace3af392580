"""Invoices, and what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.fortnox import facts
from sandbox.fortnox.draw import Draw, kr, later, ore
from sandbox.fortnox.ledger import Posting, row

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company

Json = dict[str, Any]
BOOKED_AFTER = 5
"""Days until an invoice is in the books."""


def customer_fields(customer: Json) -> Json:
    """What a document takes over from its customer."""
    return {
        "CustomerNumber": customer["CustomerNumber"],
        "CustomerName": customer["Name"],
        "OrganisationNumber": customer.get("OrganisationNumber"),
        "Address1": customer.get("Address1"),
        "City": customer.get("City"),
        "ZipCode": customer.get("ZipCode"),
        "Country": customer.get("Country"),
        "Currency": customer["Currency"],
        "CurrencyRate": facts.CURRENCIES[customer["Currency"]][1],
        "CurrencyUnit": 1,
        "TermsOfPayment": customer["TermsOfPayment"],
        "PriceList": "A",
        "Language": "SV",
        "VATIncluded": vat_included(customer),
        "PrintTemplate": "st",
    }


def lines(company: Company, draw: Draw, customer: Json, sign: int = 1) -> list[Json]:
    """Rows of a document. To a person, Price and Total have the VAT in them; RowId counts through the whole company."""
    export = customer["VATType"] == "EXPORT"
    rows = []
    for _ in range(draw.choice((1, 1, 2, 3))):
        article = draw.choice(company.all("articles"))
        pieces = draw.randrange(1, 12)
        rate = 0 if export else article["VAT"]
        gross = 100 + rate if vat_included(customer) else 100
        price, total = article["_price"], sign * pieces * article["_price"]
        rows.append(
            {
                "RowId": company.row_id(),
                "AccountNumber": facts.EXPORT_ACCOUNT if export else facts.VAT_ACCOUNTS[rate][0],
                "ArticleNumber": article["ArticleNumber"],
                "Description": article["Description"],
                "Discount": 0,
                "DiscountType": "PERCENT",
                "Price": kr(round(price * gross / 100)),
                "PriceExcludingVAT": kr(price),
                "Total": kr(round(total * gross / 100)),
                "TotalExcludingVAT": kr(total),
                "DeliveredQuantity": sign * pieces,
                "OrderedQuantity": sign * pieces,
                "Quantity": sign * pieces,
                "Unit": article["Unit"],
                "VAT": rate,
                "VATCode": {25: "MP1", 12: "MP2", 6: "MP3"}.get(rate, "MF"),
            }
        )
    return rows


def vat_included(customer: Json) -> bool:
    """Whether its documents say prices as a person pays them."""
    return bool(customer["Type"] == "PRIVATE")


def totals(rows: list[Json]) -> Json:
    """Net, VAT, and whole kronor to pay."""
    net = sum(ore(line["TotalExcludingVAT"]) for line in rows)
    vat = sum(vat_of(rows).values())
    total = round((net + vat) / 100) * 100
    return {
        "Net": kr(net),
        "Gross": kr(net),
        "TotalVAT": kr(vat),
        "RoundOff": kr(total - net - vat),
        "Total": kr(total),
        "TotalToPay": kr(total),
    }


def vat_of(rows: list[Json]) -> dict[int, int]:
    """Öre, by rate."""
    net: dict[int, int] = {}
    for line in rows:
        net[line["VAT"]] = net.get(line["VAT"], 0) + ore(line["TotalExcludingVAT"])
    return {rate: round(amount * rate / 100) for rate, amount in net.items() if rate}


def invoice(company: Company, draw: Draw) -> Json:
    """One in forty credits another; one in fifty is cancelled; the newest are not yet booked."""
    customer = draw.choice(company.all("customers"))
    number = str(draw.number + 1)
    credit = draw.number % 40 == 39  # noqa: PLR2004
    rows = lines(company, draw, customer, sign=-1 if credit else 1)
    money = totals(rows)
    return {
        "DocumentNumber": number,
        "InvoiceType": "INVOICE",
        "InvoiceDate": draw.day,
        "DueDate": later(draw.day, facts.PAYMENT_TERMS[customer["TermsOfPayment"]]),
        "OCR": f"{number}{len(number) + 2}",
        "OutboundDate": draw.day,
        "AccountingMethod": "ACCRUAL",
        "InvoiceRows": rows,
        **customer_fields(customer),
        **money,
        "Labels": [{"Id": 1}] if draw.percent(10) else [],
        "Balance": money["Total"],
        "Credit": credit,
        "CreditInvoiceReference": str(draw.randrange(1, draw.number + 1)) if credit else None,
        "Cancelled": draw.percent(2),
        "CostCenter": draw.choice(tuple(facts.COST_CENTERS)) if draw.percent(30) else None,
        "Project": draw.choice(tuple(facts.PROJECTS)) if draw.percent(20) else None,
        "Sent": draw.percent(90),
        "EDIInformation": {"EDIStatus": ""},
        "EmailInformation": {"EmailSubject": "Faktura {no} bifogas", "EmailBody": " "},
        "ContributionPercent": draw.randrange(10, 60),
        "ContributionValue": kr(ore(money["Net"]) // 3),
        "TaxReductionType": "none",
        "@urlTaxReductionList": company.link(f"3/taxreductions?filter=invoices&referencenumber={number}"),
        "Booked": False,
    }


def invoice_posting(company: Company, invoice: Json) -> Posting | None:
    """Receivables against sales and VAT, in kronor."""
    if invoice["Cancelled"] or later(invoice["InvoiceDate"], BOOKED_AFTER) > company.today:
        return None
    rate = invoice["CurrencyRate"]
    cost_center, project = invoice["CostCenter"], invoice["Project"]
    rows = [
        row(line["AccountNumber"], -round(ore(line["TotalExcludingVAT"]) * rate), cost_center, project)
        for line in invoice["InvoiceRows"]
    ]
    for percent, vat in vat_of(invoice["InvoiceRows"]).items():
        rows.append(row(facts.VAT_ACCOUNTS[percent][1] or 0, -vat))
    if round_off := ore(invoice["RoundOff"]):
        rows.append(row(facts.ROUNDING, -round(round_off * rate)))
    total = -sum(ore(line["Debit"]) - ore(line["Credit"]) for line in rows)
    rows.insert(0, row(facts.RECEIVABLES, total))

    text = f"Kundfaktura {invoice['CustomerName']} ({invoice['DocumentNumber']})"
    return Posting(invoice["InvoiceDate"], text, rows, "B", "INVOICE", invoice["DocumentNumber"], invoice)


def tax_reduction(company: Company, draw: Draw) -> Json:
    """Of an invoice to a person."""
    invoice = company.nth("invoices", draw.number)
    asked = ore(invoice["Total"]) // 3
    return {
        "Id": draw.number + 1,
        "ReferenceDocumentType": "INVOICE",
        "ReferenceNumber": int(invoice["DocumentNumber"]),
        "CustomerName": invoice["CustomerName"],
        "SocialSecurityNumber": f"19000101-{draw.number:04d}",
        "AskedAmount": kr(asked),
        "ApprovedAmount": kr(asked),
        "BilledAmount": kr(asked),
        "TaxReductionAmounts": [{"AskedAmount": kr(asked), "WorkType": "SOLARCELLS"}],
    }


def nox_invoice(company: Company, draw: Draw) -> Json:
    """An invoice that was sold to Nox Finans."""
    invoice = company.nth("invoices", draw.number)
    invoice["NoxFinans"] = True
    return {
        "InvoiceNumber": int(invoice["DocumentNumber"]),
        "OCRNumber": invoice["OCR"],
        "Status": "PAID",
        "Service": "LEDGERBASE",
        "ServiceName": "Nox",
        "NextEvent": "NONE",
        "NextEventDate": None,
        **dict.fromkeys(
            (
                "BalanceIncludeFees",
                "BalanceIncludeFeesCurrency",
                "CurrentCapitalBalance",
                "CurrentCapitalBalanceCurrency",
            ),
            0,
        ),
    }
