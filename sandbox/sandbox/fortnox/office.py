"""The company's own data, its settings and small lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.fortnox import facts

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company
    from sandbox.fortnox.draw import Draw

Json = dict[str, Any]
ADDRESS = {"Address": "Påhittade kajen 1", "City": "Ingenstans", "ZipCode": "000 00", "CountryCode": "SE"}
TERMS_OF_DELIVERY = (("FVL", "Fritt vårt lager", "Ex works"), ("FL", "Fritt levererat", "Delivered"))
WAYS_OF_DELIVERY = (("P", "Post", "Mail"), ("H", "Hämtas", "Pick-up"))
MODES_OF_PAYMENT = (("BG", "Bankgiro", "1930"), ("KASSA", "Kontant", "1910"))
TEMPLATES = ("invoice", "order", "offer")
ACCOUNT_CHARTS = ("Bas 2017", "Bas 2019", "Bas 2020", "K1 Mini")
PREDEFINED_ACCOUNTS = (
    ("CUSTOMERCLAIM", facts.RECEIVABLES),
    ("SUPPLIERDEBT", facts.PAYABLES),
    ("INVAT", facts.INPUT_VAT),
    ("OUTVAT_MP1", 2611),
    ("OUTVAT_MP2", 2621),
    ("OUTVAT_MP3", 2631),
    ("ROUNDOFF", facts.ROUNDING),
)
PREDEFINED_SERIES = (
    ("INVOICE", "B"),
    ("INVOICEPAYMENT", "C"),
    ("SUPPLIERINVOICE", "D"),
    ("SUPPLIERPAYMENT", "E"),
    ("ACCRUAL", "I"),
    ("SALARY", "L"),
)


def company_information(_company: Company, _draw: Draw) -> Json:
    """`DatabaseNumber` is the tenant."""
    return {
        "CompanyName": facts.NAME,
        "OrganizationNumber": facts.ORGANISATION,
        "DatabaseNumber": facts.TENANT,
        **ADDRESS,
    }


def company_settings(_company: Company, _draw: Draw) -> Json:
    """The same with more, under another name."""
    return {
        "Name": facts.NAME,
        "OrganizationNumber": facts.ORGANISATION,
        "DatabaseNumber": facts.TENANT,
        "Email": "lykta@example.com",
        "BG": "000-0000",
        "Country": "Sverige",
        "ContactFirstName": "Förnamn",
        "ContactLastName": "Exempelsson",
        "Domicile": "Ingenstans",
        "TaxEnabled": True,
        "VATNumber": "SE999999000101",
        **ADDRESS,
    }


def locked_period(_company: Company, _draw: Draw) -> Json:
    """The ledger knows."""
    return {}


def locked_until(company: Company, _record: Json) -> Json:
    """Until when the books are locked; nothing where they are not."""
    return {"EndDate": company.ledger.locked_until or None}


def me(_company: Company, draw: Draw) -> Json:
    """Whoever gave the consent."""
    return {
        "Id": draw.id(),
        "Name": "Förnamn Exempelsson",
        "Email": "fornamn@example.com",
        "Locale": "sv_SE",
        "SysAdmin": True,
    }


def financial_year(company: Company, draw: Draw) -> Json:
    """In the order of ids."""
    year = sorted(company.ledger.years, key=lambda year: year.id)[draw.number]
    return {
        "Id": year.id,
        "FromDate": year.start,
        "ToDate": year.end,
        "AccountChartType": "Bas 2020",
        "AccountingMethod": "ACCRUAL",
    }


def label(_company: Company, draw: Draw) -> Json:
    """Of documents."""
    return {"Id": draw.number + 1, "Description": f"Etikett {draw.number + 1}"}


def unit(_company: Company, draw: Draw) -> Json:
    """Codes may have Swedish letters."""
    code, text = list(facts.UNITS.items())[draw.number]
    return {"Code": code, "Description": text, "CodeEnglish": {"st": "pcs", "h": "h"}.get(code)}


def currency(_company: Company, draw: Draw) -> Json:
    """Rates of today."""
    code, (text, rate) = list(facts.CURRENCIES.items())[draw.number]
    return {
        "Code": code,
        "Description": text,
        "BuyRate": rate,
        "SellRate": rate,
        "Unit": 1,
        "Date": draw.day,
        "IsAutomatic": True,
    }


def term_of_payment(_company: Company, draw: Draw) -> Json:
    """Most codes are numbers of days."""
    code, days = list(facts.PAYMENT_TERMS.items())[draw.number]
    return {"Code": code, "Description": {"K": "Kontant", "PF": "Postförskott"}.get(code, f"{days} dagar")}


def term_of_delivery(_company: Company, draw: Draw) -> Json:
    """In two languages."""
    code, text, english = TERMS_OF_DELIVERY[draw.number]
    return {"Code": code, "Description": text, "DescriptionEnglish": english}


def way_of_delivery(_company: Company, draw: Draw) -> Json:
    """In two languages."""
    code, text, english = WAYS_OF_DELIVERY[draw.number]
    return {"Code": code, "Description": text, "DescriptionEnglish": english}


def mode_of_payment(_company: Company, draw: Draw) -> Json:
    """An account for each."""
    code, text, account = MODES_OF_PAYMENT[draw.number]
    return {"Code": code, "Description": text, "AccountNumber": account}


def print_template(_company: Company, draw: Draw) -> Json:
    """By kind of document."""
    kind = TEMPLATES[draw.number]
    return {"Template": f"st{draw.number}", "Name": f"Standard {kind}", "_type": kind}


def account_chart(_company: Company, draw: Draw) -> Json:
    """Only names."""
    return {"Name": ACCOUNT_CHARTS[draw.number]}


def email_senders(_company: Company, _draw: Draw) -> Json:
    """Who may send into the inbox."""
    return {
        "TrustedSenders": [{"Id": 1, "Email": "fakturor@example.com"}],
        "RejectedSenders": [{"Id": 2, "Email": "reklam@example.com"}],
    }


def eu_vat_limit(company: Company, _draw: Draw) -> Json:
    """Of sales to consumers elsewhere in the EU."""
    return {"Year": company.today[:4], "IsOverLimit": False, "Limit": 99_680, "TotalExclVat": 0}


def predefined_account(_company: Company, draw: Draw) -> Json:
    """What the vendor books on by itself."""
    name, account = PREDEFINED_ACCOUNTS[draw.number]
    return {"Name": name, "Account": account}


def predefined_series(_company: Company, draw: Draw) -> Json:
    """Which series the vendor books in by itself."""
    name, series = PREDEFINED_SERIES[draw.number]
    return {"Name": name, "VoucherSeries": series}
