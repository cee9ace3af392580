"""Lists of partners, persons, products and other registers (OpenAPI 26.04)."""

from __future__ import annotations

from sandbox.procountor import facts
from sandbox.procountor.filters import (
    among,
    contains,
    flag,
    header,
    hidden_unless,
    member,
    numbers,
    only_for,
    text,
)
from sandbox.procountor.resource import Resource
from sandbox.procountor.shapes import users_by_id
from sandbox.procountor.spans import days, moments

VERSION = moments("versionStartDate", "versionEndDate", "version")

REGISTERS = (
    Resource(
        name="business_partners",
        path="businesspartners",
        previous_id=True,
        listed=(
            *("id", "name", "billingAddress", "type", "version", "registryInfo.active"),
            *("invoicingInfo.customerNumber", "invoicingInfo.identifier", "invoicingInfo.identifierType"),
        ),
        order=("id", True),
        batch=True,
        headers=("name", "identifier"),
        filters=(
            among("type", "type", facts.PARTNER_TYPES),
            flag("active", "registryInfo.active", default=True),
            text("customerNumber", "invoicingInfo.customerNumber"),
            text("identifierType", "invoicingInfo.identifierType"),
            contains("mainGroup", "additionalInfo.group"),
            member("partnerGroup", "registryInfo.partnerGroups", "name"),
            header("name", "name"),
            header("identifier", "invoicingInfo.identifier"),
            VERSION,
        ),
    ),
    Resource(
        name="business_partner_groups",
        path="businesspartners/groups",
        orders=(),
        filters=(contains("name", "name"), among("type", "type", facts.PARTNER_TYPES), flag("active", "active")),
    ),
    Resource(
        name="persons",
        path="persons",
        listed=(
            *("id", "lastName", "firstName", "deliveryAddress", "registryInfo.active"),
            *("invoicingInfo.personNumber", "invoicingInfo.identifier", "invoicingInfo.identifierType"),
        ),
        order=("id", True),
        filters=(
            hidden_unless("includeInactive", "registryInfo.active"),
            text("personNumber", "invoicingInfo.personNumber"),
            member("personGroupId", "registryInfo.personGroupsIds"),
            text("mainPersonGroup", "_group"),
        ),
    ),
    Resource(
        name="products",
        path="products",
        page=False,
        previous_id=True,
        batch=True,
        orders=(("orderById", "id"), ("orderByVersion", "version")),
        filters=(
            among("type", "type", facts.PRODUCT_TYPES, default=("SALES", "PURCHASE")),
            flag("active", "active"),
            contains("name", "name"),
            contains("code", "code"),
            numbers("group", "productGroupId"),
            only_for("TRAVEL", days("startDate", "endDate", "endDate", "startDate")),
            VERSION,
        ),
    ),
    Resource(
        name="product_groups",
        path="products/groups",
        envelope="productGroups",
        paged=False,
        filters=(among("type", "type", facts.PRODUCT_TYPES, default=("SALES", "PURCHASE")),),
    ),
    Resource(
        name="dimensions",
        path="dimensions",
        envelope="",
        paged=False,
        filters=(contains("name", "name"), member("codeName", "items", "codeName")),
    ),
    Resource(
        name="factoring_contracts",
        path="factoringcontracts",
        orders=(),
        one=False,
        filters=(text("financingCompanyId", "financingCompany.id"),),
    ),
    Resource(
        name="webhooks",
        path="webhooks",
        key="uuid",
        one=False,
        orders=(("orderByCreatedDate", "_created"),),
        order=("_created", True),
        filters=(text("url", "url"), member("eventType", "subscriptions")),
    ),
    Resource(
        name="verifier_lists",
        path="company/invoicecirculation/verifierlists",
        envelope="",
        paged=False,
        shape=users_by_id,
    ),
)
