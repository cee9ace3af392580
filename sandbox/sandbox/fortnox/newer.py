"""What the newer families tell: time, warehouse, attachments. Their names are in camelCase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.fortnox import facts
from sandbox.fortnox.draw import kr, later

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company
    from sandbox.fortnox.draw import Draw

Json = dict[str, Any]


def time_registration(company: Company, draw: Draw) -> Json:
    """Hours of one person."""
    return {
        "id": draw.id(),
        "userId": str(draw.randrange(1, 5)),
        "workedDate": draw.day,
        "workedHours": draw.randrange(1, 17) / 2,
        "chargeHours": draw.randrange(1, 17) / 2,
        "unitPrice": 950,
        "unitCost": 450.5,
        "createdTime": f"{draw.day}T16:00:00",
        "note": "Lyktor",
        "registrationCode": {"id": "1", "code": "TID", "name": "Arbetad tid", "type": "WORK", "active": True},
        **whom(company, draw),
        "service": item(company, draw),
    }


def time_article(company: Company, draw: Draw) -> Json:
    """Goods that were used."""
    used = {"id": draw.id(), "item": item(company, draw), "totalQuantity": 2, "unitPrice": 100, "ownerId": "1"}
    return {
        "id": draw.id(),
        "ownerId": "1",
        "purchaseDate": draw.day,
        "registrationType": "ARTICLE",
        "createdTime": f"{draw.day}T16:00:00",
        "version": 1,
        **whom(company, draw),
        "registeredArticle": used,
        "articleRegistrations": [used],
    }


def whom(company: Company, draw: Draw) -> Json:
    """Customer, project and cost centre, as objects."""
    customer = draw.choice(company.all("customers"))
    return {
        "customer": {"id": customer["CustomerNumber"], "number": customer["CustomerNumber"], "name": customer["Name"]},
        "project": {"id": "1", "description": facts.PROJECTS["1"], "status": 1},
        "costCenter": {"id": "KONTOR", "name": facts.COST_CENTERS["KONTOR"], "active": "true"},
    }


def item(company: Company, draw: Draw) -> Json:
    """An article."""
    article = draw.choice(company.all("articles"))
    return {"id": article["ArticleNumber"], "description": article["Description"], "unit": article["Unit"]}


def stock_balance(company: Company, draw: Draw) -> Json:
    """Of one article."""
    number = company.nth("articles", draw.number)["ArticleNumber"]
    return {"itemId": number, "stockPointCode": "LAGER", "inStock": draw.number, "availableStock": draw.number / 2}


def stock_point(_company: Company, draw: Draw) -> Json:
    """With one place in it."""
    number = draw.id()
    place = {"id": draw.id(), "code": "A1", "name": "Hylla A1", "stockPointId": number}
    code, name = (("LAGER", "Lagret"), ("BUTIK", "Butiken"))[draw.number]
    return {"id": number, "code": code, "name": name, "active": True, "stockLocations": [place]}


def purchase_order(company: Company, draw: Draw) -> Json:
    """One row."""
    supplier, article = draw.choice(company.all("suppliers")), draw.choice(company.all("articles"))
    number, pieces = draw.number + 1, draw.randrange(1, 20)
    value = kr(pieces * article["_price"])
    return {
        "id": number,
        "orderDate": draw.day,
        "deliveryDate": later(draw.day, 14),
        "supplierNumber": supplier["SupplierNumber"],
        "supplierName": supplier["Name"],
        "currencyCode": "SEK",
        "currencyRate": 1,
        "currencyUnit": 1,
        "orderValue": value,
        "orderValueInSEK": value,
        "purchaseOrderState": draw.turn("SENT", "NOT_SENT", "RECEIVED"),
        "purchaseType": "WAREHOUSE",
        "rows": [
            {
                "id": draw.id(),
                "purchaseOrderId": number,
                "rowNum": 1,
                "itemId": article["ArticleNumber"],
                "itemDescription": article["Description"],
                "orderedQuantity": pieces,
                "receivedQuantity": 0,
                "remainingOrderedQuantity": pieces,
                "price": kr(article["_price"]),
            }
        ],
    }


def incoming_goods(company: Company, draw: Draw) -> Json:
    """What a purchase order brought."""
    order = company.nth("purchase_orders", draw.number)
    (line,) = order["rows"]
    return {
        "id": draw.number + 1,
        "date": order["deliveryDate"],
        "supplierNumber": order["supplierNumber"],
        "supplierName": order["supplierName"],
        "released": True,
        "rows": [{"id": draw.id(), "itemId": line["itemId"], "purchaseOrderId": order["id"], "receivedQuantity": 1}],
    }


def delivery(_company: Company, draw: Draw) -> Json:
    """A document made by hand."""
    kind = draw.turn("Inbound", "Outbound", "StockTransfer")
    return {"deliveryId": draw.number + 1, "entityId": str(draw.number + 1), "date": draw.day, "type": kind}


def production_order(company: Company, draw: Draw) -> Json:
    """Of one article."""
    article = company.nth("articles", draw.number)
    return {
        "id": draw.number + 1,
        "itemId": article["ArticleNumber"],
        "itemDescription": article["Description"],
        "quantity": 5,
        "startDate": draw.day,
        "productionState": "registered",
        "packageItems": [{"itemId": article["ArticleNumber"], "quantityRequired": 2, "totalQuantityRequired": 10}],
    }


def stock_taking(company: Company, draw: Draw) -> Json:
    """One row."""
    counted = {
        "id": draw.id(),
        "itemId": company.nth("articles", draw.number)["ArticleNumber"],
        "stockTakenQuantity": 7,
    }
    name = f"Inventering {draw.number + 1}"
    return {
        "id": draw.number + 1,
        "name": name,
        "date": draw.day,
        "responsible": "Förnamn",
        "state": "completed",
        "rows": [{"stockTakingId": draw.number + 1, **counted}],
    }


def document_type(_company: Company, draw: Draw) -> Json:
    """One for each direction."""
    return {"category": ("INBOUND", "OUTBOUND")[draw.number], "referenceType": ("EGEN_IN", "EGEN_UT")[draw.number]}


def warehouse_tenant(_company: Company, _draw: Draw) -> Json:
    """Whether there is a warehouse at all."""
    return {"activated": True, "tenantId": facts.TENANT}


def attachment(company: Company, draw: Draw) -> Json:
    """Of an invoice."""
    number = int(company.nth("invoices", draw.number)["DocumentNumber"])
    return {"id": draw.id(), "entityId": number, "entityType": "F", "fileId": draw.id(), "includeOnSend": True}
