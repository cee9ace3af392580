"""What is sold: invoices, payments, orders, offers, contracts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tap_kit.details import Details
from tap_kit.pages import PageReader
from tap_kit.table import Partition, Stream

from tap_fortnox.api import COMPARED, LAST_MODIFIED
from tap_fortnox.records import plain, renamed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.api import Page
    from tap_kit.client import Client
    from tap_kit.table import Settings

CONTRACTS = "the licence for contracts"


def handled_by_nox_finans(client: Client, _: Settings) -> Iterator[Partition]:
    """There is no list of what Fortnox Finans handles; the list of all invoices tells which ones."""
    yield Partition(read=partial(_numbers, client))


def _numbers(client: Client) -> Iterator[Page]:
    for page in PageReader(client, "3/invoices", "Invoices").read({}):
        handled = [{"InvoiceNumber": record["DocumentNumber"]} for record in page.records if record.get("NoxFinans")]
        yield replace(page, records=handled, total=None)


SALES = (
    Stream(
        "invoices",
        path="3/invoices",
        envelope="Invoices",
        key=("document_number",),
        cursor=LAST_MODIFIED,
        details=Details("3/invoices/{DocumentNumber}", "Invoice"),
        prepare=plain,
        date=lambda record: record.get("InvoiceDate"),
        scope="invoice",
    ),
    Stream(
        "invoice_payments",
        path="3/invoicepayments",
        envelope="InvoicePayments",
        key=("number",),
        cursor=LAST_MODIFIED,
        details=Details("3/invoicepayments/{Number}", "InvoicePayment"),
        prepare=plain,
        date=lambda record: record.get("PaymentDate"),
        scope="payment",
    ),
    Stream(
        "invoice_accruals",
        path="3/invoiceaccruals",
        envelope="InvoiceAccruals",
        key=("invoice_number",),
        cursor=COMPARED,
        details=Details("3/invoiceaccruals/{InvoiceNumber}", "InvoiceAccrual"),
        prepare=plain,
        scope="invoice",
    ),
    Stream(
        "orders",
        path="3/orders",
        envelope="Orders",
        key=("document_number",),
        cursor=LAST_MODIFIED,
        details=Details("3/orders/{DocumentNumber}", "Order"),
        prepare=plain,
        date=lambda record: record.get("OrderDate"),
        scope="order",
        needs="the licence for orders",
    ),
    Stream(
        "offers",
        path="3/offers",
        envelope="Offers",
        key=("document_number",),
        cursor=LAST_MODIFIED,
        details=Details("3/offers/{DocumentNumber}", "Offer"),
        prepare=plain,
        date=lambda record: record.get("OfferDate"),
        scope="offer",
        needs="the licence for offers",
    ),
    Stream(
        "contracts",
        path="3/contracts",
        envelope="Contracts",
        key=("document_number",),
        cursor=COMPARED,
        details=Details("3/contracts/{DocumentNumber}", "Contract"),
        prepare=renamed(Invoiceinterval="InvoiceInterval"),
        scope="invoice",
        needs=CONTRACTS,
        selected=False,
    ),
    Stream(
        "contract_templates",
        path="3/contracttemplates",
        envelope="ContractTemplates",
        key=("template_number",),
        cursor=COMPARED,
        details=Details("3/contracttemplates/{ContractTemplate}", "ContractTemplate"),
        prepare=renamed(ContractTemplate="TemplateNumber", ContractTemplateName="TemplateName"),
        scope="invoice",
        needs=CONTRACTS,
        selected=False,
    ),
    Stream(
        "contract_accruals",
        path="3/contractaccruals",
        envelope="ContractAccruals",
        key=("document_number",),
        cursor=COMPARED,
        details=Details("3/contractaccruals/{DocumentNumber}", "ContractAccrual"),
        prepare=plain,
        scope="invoice",
        needs=CONTRACTS,
        selected=False,
    ),
    Stream(
        "tax_reductions",
        path="3/taxreductions",
        envelope="TaxReductions",
        cursor=COMPARED,
        details=Details("3/taxreductions/{Id}", "TaxReduction"),
        prepare=plain,
        scope="invoice",
    ),
    Stream(
        "nox_finans_invoices",
        path="3/noxfinansinvoices",
        key=("invoice_number",),
        per=handled_by_nox_finans,
        details=Details("3/noxfinansinvoices/{InvoiceNumber}", "NoxFinansInvoice"),
        prepare=plain,
        scope="noxfinansinvoice invoice",
        selected=False,
    ),
)
