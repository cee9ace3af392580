"""Orders, offers and contracts: nothing of them is in the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.fortnox.draw import kr, later
from sandbox.fortnox.sales import customer_fields, lines, totals

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company
    from sandbox.fortnox.draw import Draw

Json = dict[str, Any]


def document(company: Company, draw: Draw, rows: str) -> Json:
    """What an order, an offer and a contract have in common."""
    customer = draw.choice(company.all("customers"))
    made = lines(company, draw, customer)
    return {
        "DocumentNumber": str(draw.number + 1),
        rows: made,
        **customer_fields(customer),
        **totals(made),
        "Cancelled": draw.percent(5),
        "Sent": draw.percent(70),
        "OurReference": "Förnamn Exempelsson",
        "TaxReductionType": "none",
        "EmailInformation": {"EmailSubject": "{no} bifogas", "EmailBody": " "},
    }


def order(company: Company, draw: Draw) -> Json:
    """Every second one has become an invoice."""
    number = str(draw.number + 1)
    return {
        **document(company, draw, "OrderRows"),
        "OrderDate": draw.day,
        "DeliveryDate": later(draw.day, 7) if draw.percent(50) else None,
        "DeliveryState": draw.turn("delivery", "registration", "reservation"),
        "OrderType": "Order",
        "OutboundDate": draw.day,
        "InvoiceReference": company.draw_key("invoices", draw) if draw.number % 2 else None,
        "@urlTaxReductionList": company.link(f"3/taxreductions?filter=orders&referencenumber={number}"),
    }


def offer(company: Company, draw: Draw) -> Json:
    """Some have become an order."""
    number = str(draw.number + 1)
    return {
        **document(company, draw, "OfferRows"),
        "OfferDate": draw.day,
        "ExpireDate": later(draw.day, 30),
        "NotCompleted": draw.percent(30),
        "OrderReference": company.draw_key("orders", draw) if draw.number % 3 else None,
        "@urlTaxReductionList": company.link(f"3/taxreductions?filter=offers&referencenumber={number}"),
    }


def contract(company: Company, draw: Draw) -> Json:
    """Invoiced every month."""
    template = company.nth("contracttemplates", draw.number)
    return {
        **document(company, draw, "InvoiceRows"),
        "ContractDate": draw.day,
        "PeriodStart": draw.day,
        "PeriodEnd": later(draw.day, 29),
        "ContractLength": 12,
        "Continuous": draw.percent(50),
        "InvoiceInterval": 1,
        "InvoicesRemaining": draw.randrange(12),
        "LastInvoiceDate": draw.day,
        "Status": draw.turn("ACTIVE", "INACTIVE", "FINISHED"),
        "Active": not draw.number % 3,
        "TemplateNumber": template["TemplateNumber"],
        "TemplateName": template["TemplateName"],
        "@urlTaxReductionList": company.link("3/taxreductions"),
    }


def contract_template(company: Company, draw: Draw) -> Json:
    """What a contract starts from."""
    article = company.nth("articles", draw.number)
    return {
        "TemplateNumber": draw.number + 1,
        "TemplateName": f"Avtalsmall {draw.number + 1}",
        "ContractLength": 12,
        "InvoiceInterval": 1,
        "Continuous": True,
        "InvoiceRows": [
            {
                "ArticleNumber": article["ArticleNumber"],
                "Description": article["Description"],
                "DeliveredQuantity": 1,
                "Price": kr(article["_price"]),
            }
        ],
    }
