"""What is bought: invoices of suppliers and their payments."""

from __future__ import annotations

from tap_kit.details import Details
from tap_kit.table import Stream

from tap_fortnox.api import COMPARED, LAST_MODIFIED
from tap_fortnox.records import plain, renamed

PURCHASING = (
    Stream(
        "supplier_invoices",
        path="3/supplierinvoices",
        envelope="SupplierInvoices",
        key=("given_number",),
        cursor=LAST_MODIFIED,
        details=Details("3/supplierinvoices/{GivenNumber}", "SupplierInvoice"),
        prepare=renamed(Cancel="Cancelled"),
        date=lambda record: record.get("InvoiceDate"),
        scope="supplierinvoice",
    ),
    Stream(
        "supplier_invoice_payments",
        path="3/supplierinvoicepayments",
        envelope="SupplierInvoicePayments",
        key=("number",),
        cursor=LAST_MODIFIED,
        details=Details("3/supplierinvoicepayments/{Number}", "SupplierInvoicePayment"),
        prepare=plain,
        date=lambda record: record.get("PaymentDate"),
        scope="payment",
    ),
    Stream(
        "supplier_invoice_accruals",
        path="3/supplierinvoiceaccruals",
        envelope="SupplierInvoiceAccruals",
        key=("supplier_invoice_number",),
        cursor=COMPARED,
        details=Details("3/supplierinvoiceaccruals/{SupplierInvoiceNumber}", "SupplierInvoiceAccrual"),
        prepare=plain,
        scope="supplierinvoice",
    ),
    Stream(
        "supplier_invoice_file_connections",
        path="3/supplierinvoicefileconnections",
        envelope="SupplierInvoiceFileConnections",
        key=("file_id", "supplier_invoice_number"),
        prepare=plain,
        scope="connectfile",
    ),
)
