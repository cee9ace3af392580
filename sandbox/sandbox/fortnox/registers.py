"""Customers, suppliers, articles, prices, and the files that belong to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.fortnox import facts
from sandbox.fortnox.draw import kr

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company
    from sandbox.fortnox.draw import Draw

Json = dict[str, Any]
FOREIGN, PRIVATE, RETIRED = 12, 10, 13
"""Every so manieth customer is abroad, a person, or no longer in use."""
BASE_PRICE_LIST = "A"
TEMPLATE = "DEFAULTTEMPLATE"


def name(number: int) -> str:
    """Of a company that does not exist."""
    first, second = facts.COUNTERPARTIES
    return f"{first[number % 10]} {second[number // 10 % 10]} {number} AB"


def address(draw: Draw) -> Json:
    """In a town that does not exist."""
    return {
        "Address1": f"Påhittade vägen {draw.number + 1}",
        "City": draw.turn("Ingenstans", "Övre Lyktan", "Fyrby"),
        "ZipCode": f"{draw.randrange(100, 999)} {draw.randrange(10, 99)}",
        "CountryCode": "SE",
        "Country": "Sverige",
    }


def customer(_company: Company, draw: Draw) -> Json:
    """Most are Swedish companies; the last of the first dozen has nothing but a name."""
    number = draw.number + 1
    base = {
        "CustomerNumber": str(number),
        "Name": f"Kund {name(draw.number)}",
        "Active": number % RETIRED != 0,
        "Currency": "SEK",
        "Type": "COMPANY",
        "VATType": "SEVAT",
        "PriceList": BASE_PRICE_LIST,
        "TermsOfPayment": draw.choice(tuple(facts.PAYMENT_TERMS)),
        "DefaultDeliveryTypes": {"Invoice": "PRINT", "Order": "PRINT", "Offer": "PRINT"},
        "DefaultTemplates": dict.fromkeys(("Order", "Offer", "Invoice", "CashInvoice"), TEMPLATE),
    }
    if number == FOREIGN:
        return base
    foreign = number % FOREIGN == 0
    private = number % PRIVATE == 0 and not foreign
    return {
        **base,
        **address(draw),
        "Email": f"kund-{number}@example.com",
        "EmailInvoice": f"faktura-{number}@example.com",
        "Phone1": f"070-000 {number % 100:02d} {draw.randrange(100):02d}",
        "OrganisationNumber": f"000000-{number % 10_000:04d}",
        "Type": "PRIVATE" if private else "COMPANY",
        "ShowPriceVATIncluded": private,
        "SalesAccount": "3001" if draw.percent(20) else None,
        "CostCenter": draw.choice(tuple(facts.COST_CENTERS)) if draw.percent(20) else None,
        **({"Currency": "EUR", "CountryCode": "NO", "Country": "Norge", "VATType": "EXPORT"} if foreign else {}),
    }


def supplier(_company: Company, draw: Draw) -> Json:
    """The third has nulls where all others have values."""
    number = draw.number + 1
    base = {"SupplierNumber": str(number), "Name": f"Leverantör {name(draw.number + 37)}", "Active": True}
    if number == 3:  # noqa: PLR2004
        return base
    return {
        **base,
        **address(draw),
        "Currency": "SEK",
        "Email": f"leverantor-{number}@example.com",
        "Phone1": f"08-000 {number:03d}",
        "OrganisationNumber": f"000001-{number % 10_000:04d}",
        "BG": f"{draw.randrange(100, 999)}-{draw.randrange(1000, 9999)}",
        "TermsOfPayment": "30",
        "PreDefinedAccount": "4000",
        "VATType": "NORMAL",
        "OurCustomerNumber": str(draw.randrange(1000, 9999)),
    }


def article(_company: Company, draw: Draw) -> Json:
    """Numbers may have letters, a slash, a plus and Swedish letters."""
    number = draw.number + 1
    price = draw.ore(40_000)
    rate = draw.choice((25, 25, 25, 12, 6))
    plain = number % 7
    return {
        "ArticleNumber": str(number) if plain else f"Å/{number}+B",
        "Description": f"{facts.GOODS[draw.number % 10]} nr {number}",
        "Active": number % RETIRED != 0,
        "Type": "STOCK" if plain else "SERVICE",
        "StockGoods": bool(plain),
        "Unit": draw.choice(tuple(facts.UNITS)),
        "VAT": rate,
        "SalesPrice": kr(price) if draw.percent(90) else None,
        "PurchasePrice": kr(price // 2),
        "QuantityInStock": draw.randrange(200) / 2,
        "DisposableQuantity": draw.randrange(100),
        "StockValue": kr(price // 2 * 10),
        "SalesAccount": facts.VAT_ACCOUNTS[rate][0],
        "PurchaseAccount": 4000,
        "EUAccount": 3108,
        "EUVATAccount": 3106,
        "ExportAccount": facts.EXPORT_ACCOUNT,
        "EAN": f"{7_310_000_000_000 + number}" if draw.percent(50) else None,
        "_price": price,
    }


def price(company: Company, draw: Draw) -> Json:
    """Every article has one in the first price list, from the first piece on."""
    article = company.nth("articles", draw.number)
    return {
        "ArticleNumber": article["ArticleNumber"],
        "PriceList": BASE_PRICE_LIST,
        "FromQuantity": 0,
        "Price": kr(article["_price"]),
        "Percent": 0,
        "Date": f"{draw.day} 00:00:00",
    }


def price_list(_company: Company, draw: Draw) -> Json:
    """The first is the one that is used unless another is said."""
    code = chr(ord(BASE_PRICE_LIST) + draw.number)
    return {"Code": code, "Description": f"Prislista {code}", "PreSelected": not draw.number}


def cost_center(_company: Company, draw: Draw) -> Json:
    """One of the facts, and then numbered ones."""
    known = list(facts.COST_CENTERS.items())
    number = draw.number
    code, text = known[number] if number < len(known) else (f"K{number}", f"Kostnadsställe {number}")
    return {"Code": code, "Description": text, "Active": True}


def project(_company: Company, draw: Draw) -> Json:
    """One of the facts, and then numbered ones."""
    known = list(facts.PROJECTS.items())
    number = draw.number
    code, text = known[number] if number < len(known) else (str(number + 1), f"Projekt {number + 1}")
    return {
        "ProjectNumber": code,
        "Description": text,
        "Status": draw.turn("ONGOING", "COMPLETED", "NOTSTARTED"),
        "StartDate": draw.day,
        "EndDate": None,
        "ProjectLeader": "Förnamn Exempelsson" if draw.percent(50) else None,
        "Comments": f"Om {text}",
    }


def customer_reference(company: Company, draw: Draw) -> Json:
    """A person at a customer."""
    customer = company.nth("customers", draw.number)
    return {
        "Id": draw.number + 1,
        "CustomerNumber": customer["CustomerNumber"],
        "Reference": f"Referens {draw.number + 1}",
    }


def article_file(company: Company, draw: Draw) -> Json:
    """A picture of an article."""
    return {"FileId": draw.id(), "ArticleNumber": company.nth("articles", draw.number)["ArticleNumber"]}


def article_url(company: Company, draw: Draw) -> Json:
    """A page about an article."""
    number = company.nth("articles", draw.number)["ArticleNumber"]
    return {"Id": draw.number + 1, "ArticleNumber": number, "URLConnection": f"https://example.com/{draw.number}"}
