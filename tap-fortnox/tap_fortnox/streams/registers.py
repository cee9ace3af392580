"""Whom the company deals with, in what, and on which terms."""

from __future__ import annotations

from tap_kit.details import Details
from tap_kit.table import Stream

from tap_fortnox.api import DELETABLE
from tap_fortnox.records import plain, renamed

SETTINGS = "settings"

REGISTERS = (
    Stream(
        "customers",
        path="3/customers",
        envelope="Customers",
        key=("customer_number",),
        cursor=DELETABLE,
        details=Details("3/customers/{CustomerNumber}", "Customer"),
        prepare=renamed(Phone="Phone1"),
        scope="customer",
    ),
    Stream(
        "customer_references",
        path="3/customerreferences",
        envelope="CustomerReference.CustomerReferenceRows",
        prepare=plain,
        scope="customer",
    ),
    Stream(
        "suppliers",
        path="3/suppliers",
        envelope="Suppliers",
        key=("supplier_number",),
        cursor=DELETABLE,
        details=Details("3/suppliers/{SupplierNumber}", "Supplier"),
        prepare=renamed(Phone="Phone1"),
        scope="supplier",
    ),
    Stream(
        "articles",
        path="3/articles",
        envelope="Articles",
        key=("article_number",),
        cursor=DELETABLE,
        details=Details("3/articles/{ArticleNumber}", "Article"),
        prepare=plain,
        scope="article",
    ),
    Stream(
        "article_file_connections",
        path="3/articlefileconnections",
        envelope="ArticleFileConnections",
        key=("file_id", "article_number"),
        prepare=plain,
        scope="connectfile",
    ),
    Stream(
        "article_url_connections",
        path="3/articleurlconnections",
        envelope="ArticleUrlConnections",
        prepare=plain,
        scope="article",
    ),
    Stream(
        "price_lists",
        path="3/pricelists",
        envelope="PriceLists",
        key=("code",),
        prepare=plain,
        scope="price",
    ),
    Stream(
        "prices",
        path="3/prices",
        envelope="Prices|Price",
        key=("price_list", "article_number", "from_quantity"),
        prepare=plain,
        scope="price",
    ),
    Stream(
        "projects",
        path="3/projects",
        envelope="Projects",
        key=("project_number",),
        cursor=DELETABLE,
        details=Details("3/projects/{ProjectNumber}", "Project"),
        prepare=plain,
        scope="project",
    ),
    Stream(
        "cost_centers",
        path="3/costcenters",
        envelope="CostCenters",
        key=("code",),
        prepare=plain,
        scope="costcenter",
    ),
    Stream("units", path="3/units", envelope="Units", key=("code",), prepare=plain, scope=SETTINGS),
    Stream(
        "currencies",
        path="3/currencies",
        envelope="Currencies",
        key=("code",),
        prepare=plain,
        scope="currency",
    ),
    Stream(
        "terms_of_payments",
        path="3/termsofpayments",
        envelope="TermsOfPayments",
        key=("code",),
        prepare=plain,
        scope=SETTINGS,
    ),
    Stream(
        "terms_of_deliveries",
        path="3/termsofdeliveries",
        envelope="TermsOfDeliveries",
        key=("code",),
        prepare=plain,
        scope=SETTINGS,
    ),
    Stream(
        "way_of_deliveries",
        path="3/wayofdeliveries",
        envelope="WayOfDeliveries",
        key=("code",),
        prepare=plain,
        scope=SETTINGS,
    ),
    Stream(
        "modes_of_payments",
        path="3/modesofpayments",
        envelope="ModesOfPayments",
        key=("code",),
        prepare=plain,
        scope=SETTINGS,
    ),
)
