"""Invoices of every kind, and what hangs on them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tap_kit.details import Details
from tap_kit.pages import PageReader
from tap_kit.table import Partition, Stream

from tap_procountor.api import BATCH, VERSION
from tap_procountor.shapes import AFTER, BY_ID, KEY, NONE, RESULTS, children, of, with_child

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_kit.client import Client
    from tap_kit.table import RawRecord, Settings

OF_INVOICE = ("company_id", "invoice_id")

# Comments exist on these only (OpenAPI 26.04).
DISCUSSED = "TRAVEL_INVOICE,BILL_OF_CHARGES,PURCHASE_INVOICE"


def invoice_date(record: RawRecord) -> str | None:
    """The day of an invoice."""
    return record.get("date")


def with_offers(_: Client, __: Settings) -> Iterator[Partition]:
    """Offers are sales orders that the list leaves out unless it is asked for them, and then for nothing else."""
    yield Partition({"is_offer": False})
    yield Partition({"is_offer": True}, {"types": "SALES_ORDER", "isOffer": "true"})


def payment_events(client: Client, invoices: Sequence[RawRecord]) -> list[RawRecord | None]:
    """What was paid of each invoice: a list in pages for up to 200 of them."""
    found: dict[Any, list[RawRecord]] = defaultdict(list)
    pages = PageReader(client, "payments/paymentevents", RESULTS, after=AFTER, none=NONE)
    for page in pages.read({"invoiceId": ",".join(str(invoice["id"]) for invoice in invoices), **BY_ID}):
        for event in page.records:
            found[event.get("invoiceId")].append(event)
    return [with_child(invoice, {"paymentEvents": found[invoice["id"]]}) for invoice in invoices]


def transactions(client: Client, invoices: Sequence[RawRecord]) -> list[RawRecord | None]:
    """The audit trail of each invoice, for up to 200 of them; one without may be missing in the answer."""
    pages = PageReader(client, "invoices/transactions", RESULTS, paged=False, none=NONE)
    answer = pages.fetch({"invoiceIds": [invoice["id"] for invoice in invoices]})
    found = {item.get("invoiceId"): item.get("transactions") or [] for item in answer.records}
    return [with_child(invoice, {"transactions": found.get(invoice["id"], [])}) for invoice in invoices]


def on_invoices(name: str, details: Details, **more: Any) -> Stream:
    """Return the row of what hangs on invoices: a row an invoice, read again when the invoice changed."""
    return Stream(
        name,
        path="invoices",
        key=OF_INVOICE,
        envelope=RESULTS,
        cursor=VERSION,
        details=details,
        prepare=of("invoiceId"),
        after=AFTER,
        **{"per": with_offers, **more},
    )


INVOICES = (
    Stream(
        "invoices",
        path="invoices",
        key=KEY,
        envelope=RESULTS,
        cursor=VERSION,
        per=with_offers,
        details=Details("invoices/{id}", batch=BATCH),
        date=invoice_date,
        after=AFTER,
    ),
    on_invoices("payment_events", Details(fetch=payment_events, batch=BATCH)),
    on_invoices("invoice_transactions", Details(fetch=transactions, batch=BATCH)),
    on_invoices(
        "invoice_payment_events",
        children("paymentEvents", "invoices/{id}/paymentevents", RESULTS, after=AFTER),
        selected=False,
        needs="a request an invoice",
    ),
    on_invoices(
        "invoice_comments",
        children("comments", "invoices/{id}/comments", "comments"),
        per=None,
        params={"types": DISCUSSED},
        selected=False,
        needs="discussion of invoices switched on; a request an invoice",
    ),
)
