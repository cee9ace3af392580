"""Partners, persons, products, dimensions, and other registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procountor import facts
from sandbox.procountor.draw import Draw, euros, iban

if TYPE_CHECKING:
    from sandbox.procountor.books import Books

Json = dict[str, Any]
WORDS = ("Koivu", "Manty", "Pihlaja", "Leppa", "Haapa", "Vaahtera", "Tammi", "Kataja", "Raita", "Saarni")
ENDS = ("Oy", "Tukku Oy", "Palvelut Oy", "Ky", "Trading AB", "Works Ltd")
FIRST = ("Aino", "Onni", "Helmi", "Eino", "Lumi", "Vaino", "Sisu", "Ilona")
LAST = ("Virtanen", "Korhonen", "Nieminen", "Laine", "Heikkila", "Salo")
CITIES = (("Helsinki", "00100"), ("Tampere", "33100"), ("Turku", "20100"), ("Oulu", "90100"))
ABROAD = {"SWEDEN": "SEK", "UNITED_STATES_OF_AMERICA": "USD"}
INACTIVE = {"partner": 6, "person": 4, "product": 7}
"""Every sixth partner, and so on."""
FOREIGN = 10
"""Every tenth partner, a customer."""


def address(draw: Draw, name: str, country: str = "FINLAND") -> Json:
    """In one of a few towns."""
    city, code = draw.choice(CITIES)
    street = f"{draw.choice(WORDS)}tie {draw.randrange(1, 90)}"
    return {"name": name, "specifier": "", "street": street, "zip": code, "city": city, "country": country}


def active(number: int, kind: str) -> bool:
    """All but the last of so many."""
    return number % INACTIVE[kind] != INACTIVE[kind] - 1


def business_id(draw: Draw) -> str:
    """Looks like a Finnish one."""
    return f"{draw.digits(7)}-{draw.randrange(10)}"


def partner(books: Books, draw: Draw, number: int, created: str) -> Json:
    """A customer or a supplier; some customers are abroad."""
    kind = ("CUSTOMER", "SUPPLIER")[number % 2]
    country = draw.choice(tuple(ABROAD)) if number % FOREIGN == FOREIGN - 2 else "FINLAND"
    name = f"{draw.choice(WORDS)} {draw.choice(ENDS)} {number + 1}"
    groups = list(books.tables["business_partner_groups"].values())
    found: Json = {
        "id": books.id("business_partners"),
        "name": name,
        "type": kind,
        "address": address(draw, name, country),
        "billingAddress": address(draw, name, country),
        "deliveryAddress": address(draw, name, country),
        "invoicingInfo": {
            "customerNumber": str(1000 + number),
            "identifier": business_id(draw),
            "identifierType": "YHD",
            "invoiceChannel": draw.choice(facts.CHANNELS[:3]),
            "language": "FINNISH",
            "email": f"invoices{number + 1}@example.test",
            "bccAddresses": [],
            "denyEinvoiceReminders": False,
        },
        "attachments": [],
        "contactPersons": [
            {"id": books.id("contacts"), "name": f"{draw.choice(FIRST)} {draw.choice(LAST)}", "phone": "+358 40 000000"}
        ],
        "additionalInfo": {"group": ("Retail", "Wholesale")[number % 3 % 2], "invoiceLedger": "INVOICE_LEDGER"},
        "paymentInfo": {
            "factoringContractId": None,
            "paymentMethod": "BANK_TRANSFER",
            "bankAccount": iban(draw),
            "paymentTermDays": "14",
            "penalInterestRate": 8,
            "discountPercentage": 0,
            "currency": ABROAD.get(country, "EUR"),
        },
        "registryInfo": {
            "active": active(number, "partner"),
            "reportGroupId": None,
            "partnerGroups": [group for group in groups if group["type"] == kind][:1],
        },
        "version": created,
    }
    return found


def person(books: Books, draw: Draw, number: int, created: str) -> tuple[Json, Json]:
    """A person, and the same one as the register of partners still shows them."""
    first, last = draw.choice(FIRST), draw.choice(LAST)
    place = address(draw, f"{last} {first}")
    code = f"{draw.randrange(1, 29):02d}{draw.randrange(1, 13):02d}{draw.randrange(60, 99)}-{draw.digits(3)}X"
    partner_id = books.id("business_partners")
    own: Json = {
        "id": partner_id,
        "firstName": first,
        "lastName": last,
        "jobTitle": "",
        "deliveryAddress": {name: place[name] for name in ("street", "zip", "city", "country")},
        "paymentInfo": {
            "paymentMethod": "BANK_TRANSFER",
            "accountNumber": iban(draw),
            "paymentTermDays": "7",
            "penalInterestRate": 0,
        },
        "invoicingInfo": {
            "personNumber": str(number + 1),
            "identifier": code,
            "identifierType": "HETU",
            "dateOfBirth": f"19{code[4:6]}-{code[2:4]}-{code[:2]}",
            "language": "FINNISH",
            "gender": "NOT_APPLICABLE",
        },
        "registryInfo": {"active": active(number, "person"), "personGroupsIds": [100_001], "reportGroupId": None},
        "version": created,
        "_group": "Staff",
    }
    shown: Json = {
        "id": partner_id,
        "name": f"{last} {first}",
        "type": "PERSON",
        "address": place,
        "billingAddress": place,
        "deliveryAddress": place,
        "invoicingInfo": {"customerNumber": str(number + 1), "identifier": code, "identifierType": "HETU"},
        "attachments": [],
        "contactPersons": [],
        "paymentInfo": {
            "factoringContractId": None,
            "paymentMethod": "BANK_TRANSFER",
            "bankAccount": own["paymentInfo"]["accountNumber"],
            "currency": "EUR",
        },
        "registryInfo": {"active": active(number, "person")},
        "version": created,
    }
    return own, shown


def product(books: Books, draw: Draw, number: int, created: str) -> Json:
    """Sold, bought, or for travelling; some are no longer active."""
    kind = ("SALES", "PURCHASE", "SALES", "PURCHASE", "TRAVEL")[number % 5]
    groups = [group for group in books.tables["product_groups"].values() if group["type"] == kind]
    found: Json = {
        "id": books.id("products"),
        "type": kind,
        "name": f"{draw.choice(WORDS)} {kind.lower()} {number + 1}",
        "code": f"{kind[0]}{number + 1:04d}",
        "unit": "KILOMETER" if kind == "TRAVEL" else "PIECE",
        "discount": 0,
        "price": euros(draw.cents(5_000)),
        "vat": 0 if kind == "TRAVEL" else 25.5,
        "active": active(number, "product"),
        "defaultAccount": facts.SALES if kind == "SALES" else facts.EXPENSES[0],
        "vatStatus": 1,
        "currency": "EUR",
        "productGroupId": groups[0]["id"],
        "version": created,
        "_localizations": [{"language": "SWEDISH", "productName": f"Artikel {number + 1}"}],
    }
    if kind == "TRAVEL":
        found |= {"startDate": "2026-01-01", "endDate": "2026-12-31", "bookkeepingAccount": facts.ALLOWANCES}
    return found


def small(books: Books, draw: Draw) -> None:
    """Registers with a fixed, small number of records."""
    for name, kind in (("Key customers", "CUSTOMER"), ("Suppliers", "SUPPLIER"), ("Staff", "PERSON")):
        books.put("business_partner_groups", {"name": name, "type": kind, "active": kind != "PERSON"})
    for kind in facts.PRODUCT_TYPES:
        books.put("product_groups", {"name": f"{kind.title()} products", "type": kind})
    for name, items in (("Cost centre", ("10", "20", "30")), ("Project", ("P1", "P2"))):
        passive = [{"id": books.id("dimension_items"), "codeName": "old", "status": "P", "description": "Not in use"}]
        parts = [{"id": books.id("dimension_items"), "codeName": item, "description": ""} for item in items]
        books.put("dimensions", {"name": name, "items": parts + passive})
    for name, status in (("Rahoitus Oyj", "ACTIVE"), ("Vanha Rahoitus Oy", "INACTIVE")):
        books.put(
            "factoring_contracts",
            {
                "financingCompany": {"id": str(draw.randrange(10, 99)), "name": name},
                "financingCompanyBankAccount": iban(draw),
                "contractNumber": draw.digits(6),
                "transferNotification": [{"lang": "FINNISH", "notification": "Saatava on siirretty."}],
                "status": status,
            },
        )
    for name, number in (("All purchases", 1), ("Travel", 2)):
        persons = [{"firstname": "Aino", "surname": "Reader", "userId": facts.USER_ID, "orderNo": 1}]
        books.put("verifier_lists", {"name": name, "verifiers": persons, "acceptors": persons if number == 1 else []})
    events = ["INVOICE_PAYMENT_CREATED", "TRACKING_PERIOD_STATUS_UPDATED"]
    books.tables["webhooks"]["3fa85f64-5717-4562-b3fc-2c963f66afa6"] = {
        "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "url": "https://hooks.example.test/procountor",
        "authenticationType": "HMAC",
        "authenticationMeta": {},
        "subscriptions": events,
        "_created": "2025-01-15T10:00:00",
    }
    for code, name in (facts.ACCOUNTS | facts.PASSIVE_ACCOUNTS).items():
        account: Json = {"ledgerAccountCode": code, "name": name, "active": code in facts.ACCOUNTS}
        if code in facts.CASH:
            account["translations"] = [{"languageCode": "fi", "translation": "Pankkitili"}]
        books.tables["chart_of_accounts"][code] = account
