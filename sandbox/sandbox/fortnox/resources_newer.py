"""The table of resources: the folders, and the newer families under `/api`."""

from __future__ import annotations

from functools import partial

from sandbox.fortnox import assets, newer
from sandbox.fortnox.resource import Resource

Newer = partial(Resource, bare=True, paged=False)
Warehouse = partial(Newer, scope="warehouse")
DAYS = ("fromDate", "toDate")

FOLDERS = (
    Resource(
        name="archive",
        scope="archive",
        list="Folder",
        one="Folder",
        only=True,
        key=("Id",),
        make=assets.archive_folder,
        size=3,
    ),
    Resource(
        name="inbox",
        scope="inbox",
        list="Folder",
        one="Folder",
        only=True,
        key=("Id",),
        make=assets.inbox_folder,
        size=len(assets.INBOX) + 1,
    ),
)

NEWER = (
    Newer(
        name="time_registrations",
        path="api/time/registrations-v2",
        scope="timereporting",
        list="",
        key=("id",),
        required=DAYS,
        since={"fromDate": "workedDate"},
        until={"toDate": "workedDate"},
        make=newer.time_registration,
        size=40,
    ),
    Newer(
        name="time_articles",
        path="api/time/articles-v1",
        scope="timereporting",
        list="",
        key=("id",),
        required=DAYS,
        since={"fromDate": "purchaseDate"},
        until={"toDate": "purchaseDate"},
        make=newer.time_article,
        size=5,
    ),
    Warehouse(
        name="warehouse_tenants",
        path="api/warehouse/tenants-v4",
        list="",
        only=True,
        make=newer.warehouse_tenant,
        size=1,
    ),
    Warehouse(
        name="stock_balances",
        path="api/warehouse/status-v1/stockbalance",
        list="",
        key=("itemId", "stockPointCode"),
        ignored=("itemIds", "stockPointCodes"),
        make=newer.stock_balance,
        size=1000,
        per="articles",
    ),
    Warehouse(
        name="stock_points",
        path="api/warehouse/stockpoints-v1",
        list="",
        one="",
        key=("id",),
        ignored=("q", "state"),
        make=newer.stock_point,
        size=2,
    ),
    Warehouse(
        name="purchase_orders",
        path="api/warehouse/purchaseorders-v1",
        list="",
        one="",
        key=("id",),
        exact={"supplierNumber": "supplierNumber"},
        ignored=("q", "state", "itemId", "purchaseType"),
        make=newer.purchase_order,
        size=8,
    ),
    Warehouse(
        name="incoming_goods",
        path="api/warehouse/incominggoods-v1",
        list="",
        one="",
        key=("id",),
        exact={"supplierNumber": "supplierNumber"},
        make=newer.incoming_goods,
        size=4,
        per="purchase_orders",
    ),
    Warehouse(
        name="deliveries",
        path="api/warehouse/deliveries-v1",
        list="",
        key=("deliveryId",),
        ignored=("state", "type"),
        make=newer.delivery,
        size=3,
    ),
    Warehouse(
        name="production_orders",
        path="api/warehouse/productionorders-v1",
        list="",
        one="",
        key=("id",),
        ignored=("state",),
        make=newer.production_order,
        size=2,
    ),
    Warehouse(
        name="stock_takings",
        path="api/warehouse/stocktaking-v1",
        list="",
        one="",
        key=("id",),
        ignored=("state",),
        make=newer.stock_taking,
        size=2,
    ),
    Warehouse(
        name="document_types",
        path="api/warehouse/documentdeliveries/custom/documenttypes-v1",
        list="",
        key=("referenceType",),
        make=newer.document_type,
        size=2,
    ),
    Newer(
        name="attachments",
        path="api/fileattachments/attachments-v1",
        scope="connectfile",
        list="",
        key=("id",),
        required=("entityid", "entitytype"),
        exact={"entitytype": "entityType"},
        one_of={"entityid": "entityId"},
        make=newer.attachment,
        size=5,
        per="invoices",
    ),
)
