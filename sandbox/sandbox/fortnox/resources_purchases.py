"""The table of resources: supplier invoices, their payments, and what belongs to them."""

from __future__ import annotations

from sandbox.fortnox import accruals, purchases
from sandbox.fortnox.resource import CANCELLED, OPEN, Resource, before, when

PURCHASES = (
    Resource(
        name="supplierinvoices",
        scope="supplierinvoice",
        list="SupplierInvoices",
        one="SupplierInvoice",
        key=("GivenNumber",),
        lastmodified="honoured",
        filters={
            "cancelled": CANCELLED,
            "fullypaid": when(lambda r: not r["Balance"] and not r["Cancelled"]),
            "unpaid": OPEN,
            "unpaidoverdue": lambda r, today: OPEN(r, today) and before("DueDate")(r, today),
            "unbooked": when(lambda r: not r["Booked"] and not r["Cancelled"]),
            "pendingpayment": when(lambda r: bool(r.get("PaymentPending"))),
            "authorizepending": when(lambda r: not r["AuthorizerName"] and not r["Booked"]),
        },
        search={"suppliernumber": "SupplierNumber", "ocr": "OCR", "costcenter": "CostCenter", "project": "Project"},
        not_found=(2000434, "Kan inte hitta fakturan."),
        make=purchases.supplier_invoice,
        post=purchases.supplier_invoice_posting,
        size=130,
    ),
    Resource(
        name="supplierinvoicepayments",
        scope="payment",
        list="SupplierInvoicePayments",
        one="SupplierInvoicePayment",
        key=("Number",),
        lastmodified="honoured",
        exact={"invoicenumber": "InvoiceNumber"},
        order=("PaymentDate", "Number"),
        make=purchases.supplier_payment,
        post=purchases.supplier_payment_posting,
        size=1_000_000,
        per="supplierinvoices",
    ),
    Resource(
        name="supplierinvoiceaccruals",
        scope="supplierinvoice",
        list="SupplierInvoiceAccruals",
        one="SupplierInvoiceAccrual",
        key=("SupplierInvoiceNumber",),
        make=accruals.supplier_accrual,
        size=3,
        per="supplierinvoices",
    ),
    Resource(
        name="supplierinvoicefileconnections",
        scope="connectfile",
        list="SupplierInvoiceFileConnections",
        one="SupplierInvoiceFileConnection",
        key=("FileId",),
        exact={"supplierinvoicenumber": "SupplierInvoiceNumber"},
        deletable=True,
        make=purchases.supplier_file,
        size=20,
        per="supplierinvoices",
    ),
    Resource(
        name="supplierinvoiceexternalurlconnections",
        scope="supplierinvoice",
        one="SupplierInvoiceExternalURLConnection",
        key=("Id",),
        make=purchases.supplier_url,
        size=2,
        per="supplierinvoices",
    ),
)
