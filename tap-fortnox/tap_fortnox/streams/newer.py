"""The newer families, under /api: time reporting, the warehouse, attached files."""

from __future__ import annotations

from datetime import date
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from tap_kit.details import Details
from tap_kit.pages import PageReader
from tap_kit.table import Partition, Stream

from tap_fortnox.offsets import by_offset, whole
from tap_fortnox.records import plain
from tap_fortnox.years import months

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_kit.client import Client
    from tap_kit.table import Settings

TIME = "the licence for time reporting"
WAREHOUSE = "the licence for the warehouse"

# Kinds of documents that files are attached to, and where these documents are listed (Fortnox docs, File attachments).
_DOCUMENTS = {"F": ("3/invoices", "Invoices"), "O": ("3/orders", "Orders"), "OF": ("3/offers", "Offers")}
_AT_A_TIME = 50


def by_month(path: str) -> Callable[[Client, Settings], Iterator[Partition]]:
    """Return what reads a list that has to be asked for between two days, month by month."""

    def per(client: Client, settings: Settings) -> Iterator[Partition]:
        for first in months(client, settings):
            next_month = date(first.year + first.month // 12, first.month % 12 + 1, 1)
            last = date.fromordinal(next_month.toordinal() - 1)
            params = {"fromDate": first.isoformat(), "toDate": last.isoformat()}
            yield Partition(read=partial(by_offset, client, path, params))

    return per


def attached(client: Client, _: Settings) -> Iterator[Partition]:
    """Files are asked for by the documents that they are attached to."""
    for kind, (path, envelope) in _DOCUMENTS.items():
        pages = PageReader(client, path, envelope).read({})
        numbers = (record["DocumentNumber"] for page in pages for record in page.records)
        while some := list(islice(numbers, _AT_A_TIME)):
            yield Partition({"kind": kind, "from": some[0]}, {"entityid": some, "entitytype": kind})


NEWER = (
    Stream(
        "time_registrations",
        path="api/time/registrations-v2",
        per=by_month("api/time/registrations-v2"),
        prepare=plain,
        scope="timereporting",
        needs=TIME,
        selected=False,
    ),
    Stream(
        "time_article_registrations",
        path="api/time/articles-v1",
        per=by_month("api/time/articles-v1"),
        prepare=plain,
        scope="timereporting",
        needs=TIME,
        selected=False,
    ),
    Stream(
        "warehouse_tenant",
        path="api/warehouse/tenants-v4",
        envelope="",
        key=("tenant_id",),
        paged=False,
        prepare=plain,
        scope="warehouse",
        selected=False,
    ),
    Stream(
        "stock_balances",
        path="api/warehouse/status-v1/stockbalance",
        key=("item_id", "stock_point_code"),
        per=whole("api/warehouse/status-v1/stockbalance"),
        prepare=plain,
        scope="warehouse",
        needs=WAREHOUSE,
        selected=False,
    ),
    Stream(
        "stock_points",
        path="api/warehouse/stockpoints-v1",
        per=whole("api/warehouse/stockpoints-v1"),
        prepare=plain,
        scope="warehouse",
        needs=WAREHOUSE,
        selected=False,
    ),
    Stream(
        "purchase_orders",
        path="api/warehouse/purchaseorders-v1",
        per=whole("api/warehouse/purchaseorders-v1"),
        details=Details("api/warehouse/purchaseorders-v1/{id}"),
        prepare=plain,
        scope="warehouse",
        needs=WAREHOUSE,
        selected=False,
    ),
    Stream(
        "incoming_goods",
        path="api/warehouse/incominggoods-v1",
        per=whole("api/warehouse/incominggoods-v1"),
        details=Details("api/warehouse/incominggoods-v1/{id}"),
        prepare=plain,
        scope="warehouse",
        needs=WAREHOUSE,
        selected=False,
    ),
    Stream(
        "manual_deliveries",
        path="api/warehouse/deliveries-v1",
        key=("type", "delivery_id"),
        per=whole("api/warehouse/deliveries-v1"),
        prepare=plain,
        scope="warehouse",
        needs=WAREHOUSE,
        selected=False,
    ),
    Stream(
        "production_orders",
        path="api/warehouse/productionorders-v1",
        per=whole("api/warehouse/productionorders-v1"),
        details=Details("api/warehouse/productionorders-v1/{id}"),
        prepare=plain,
        scope="warehouse",
        needs=WAREHOUSE,
        selected=False,
    ),
    Stream(
        "stock_takings",
        path="api/warehouse/stocktaking-v1",
        per=whole("api/warehouse/stocktaking-v1"),
        details=Details("api/warehouse/stocktaking-v1/{id}"),
        prepare=plain,
        scope="warehouse",
        needs=WAREHOUSE,
        selected=False,
    ),
    Stream(
        "custom_document_types",
        path="api/warehouse/documentdeliveries/custom/documenttypes-v1",
        key=("reference_type",),
        per=whole("api/warehouse/documentdeliveries/custom/documenttypes-v1"),
        prepare=plain,
        scope="warehousecustomdocument",
        needs="the licence for the warehouse",
        selected=False,
    ),
    Stream(
        "document_attachments",
        path="api/fileattachments/attachments-v1",
        envelope="",
        per=attached,
        paged=False,
        prepare=plain,
        scope="connectfile invoice order offer",
        selected=False,
    ),
)
