"""What is sold and bought, and the documents about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_kit.pages import PageReader
from tap_kit.table import Partition, RawRecord, Stream

from tap_qonto.api import FILTER_UPDATED_AT, OAUTH, UPDATED_AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.client import Client
    from tap_kit.table import Settings

OLDEST_FIRST = {"sort_by": "created_at:asc"}
PAYMENT_LINKS = "payment_link.read"


def document_date(record: RawRecord) -> str | None:
    """The day a document belongs to: its date of issue, or of creation while it has none."""
    return record.get("issue_date") or record.get("created_at")


def client(record: RawRecord, _: Partition) -> RawRecord:
    """`kind` was called `type`."""
    return {**record, "kind": record.get("kind") or record.get("type")}


def each_payment_link(client: Client, _: Settings) -> Iterator[Partition]:
    """The payments of each link are a list of their own."""
    for page in PageReader(client, "payment_links", "payment_links").read({}):
        for link in page.records:
            yield Partition({"payment_link_id": link["id"]}, path=f"payment_links/{link['id']}/payments")


def payment(record: RawRecord, part: Partition) -> RawRecord:
    """A payment does not name its link; the request did."""
    return {**record, **part.context}


INVOICING = (
    Stream("clients", path="clients", cursor=UPDATED_AT, prepare=client, scope="client.read"),
    Stream(
        "client_invoices",
        path="client_invoices",
        cursor=FILTER_UPDATED_AT,
        # Imported invoices are left out unless this says otherwise.
        params={"exclude_imported": "false", **OLDEST_FIRST},
        date=document_date,
        scope="client_invoices.read",
    ),
    Stream(
        "credit_notes",
        path="credit_notes",
        params=OLDEST_FIRST,
        date=document_date,
        scope="client_invoices.read",
    ),
    Stream(
        "quotes",
        path="quotes",
        params=OLDEST_FIRST,
        date=document_date,
        scope="client_invoices.read",
        needs=OAUTH,
        selected=False,
    ),
    Stream("products", path="products", scope="product.read"),
    Stream("payment_links", path="payment_links", scope=PAYMENT_LINKS, needs=OAUTH, selected=False),
    Stream(
        "payment_link_payments",
        path="payment_links",
        envelope="payments",
        per=each_payment_link,
        prepare=payment,
        scope=PAYMENT_LINKS,
        needs=OAUTH,
        selected=False,
    ),
    Stream(
        "payment_link_payment_methods",
        path="payment_links/payment_methods",
        key=("name",),
        scope=PAYMENT_LINKS,
        needs=OAUTH,
        selected=False,
    ),
)
