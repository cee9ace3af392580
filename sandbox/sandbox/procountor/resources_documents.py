"""Lists of invoices, receipts and files (OpenAPI 26.04)."""

from __future__ import annotations

from sandbox.procountor import facts
from sandbox.procountor.filters import (
    among,
    contains,
    flag,
    member,
    number,
    text,
)
from sandbox.procountor.resource import Resource
from sandbox.procountor.spans import days, moments, sizes

VERSION = moments("versionStartDate", "versionEndDate", "version")
CREATED = moments("createdStartDate", "createdEndDate", "created")
DOCUMENT_ORDERS = (
    ("orderById", "id"),
    ("orderByCreated", "created"),
    ("orderByVersion", "version"),
)

DOCUMENTS = (
    Resource(
        name="invoices",
        path="invoices",
        previous_id=True,
        listed=(
            *("id", "partnerId", "type", "status", "invoiceNumber", "originalInvoiceNumber", "invoiceChannel", "date"),
            *("dueDate", "newDueDate", "created", "version", "invoiceSumInfo", "creatorId", "counterParty", "isOffer"),
        ),
        only_listed=("created", "dueDate", "newDueDate"),
        orders=(*DOCUMENT_ORDERS, ("orderByDate", "date")),
        order=("id", True),
        batch=True,
        filters=(
            among("status", "status", facts.STATUSES),
            among("types", "type", facts.INVOICE_TYPES),
            among("invoiceChannel", "invoiceChannel", facts.CHANNELS),
            flag("isOffer", "isOffer", default=False),
            days("startDate", "endDate", "date"),
            days("dueStartDate", "dueEndDate", "dueDate"),
            CREATED,
            VERSION,
            number("businessPartnerId", "partnerId"),
            number("factoringContractId", "factoringContractId"),
            number("invoiceNumber", "invoiceNumber"),
            member("productId", "invoiceRows", "productId"),
            text("originalInvoiceNumber", "originalInvoiceNumber"),
            contains("searchTerm", "counterParty.counterPartyAddress.name", "invoiceNumber", "additionalInformation"),
        ),
    ),
    Resource(
        name="ledger_receipts",
        path="ledgerreceipts",
        previous_id=True,
        listed=(
            *("id", "type", "status", "name", "receiptDate", "receiptNumber", "invoiceNumber", "serialNumber"),
            *("created", "version"),
        ),
        only_listed=("created",),
        orders=(*DOCUMENT_ORDERS, ("orderByDate", "receiptDate")),
        order=("id", True),
        batch=True,
        filters=(
            among("types", "type", facts.RECEIPT_TYPES),
            among("status", "status", facts.STATUSES),
            days("startDate", "endDate", "receiptDate"),
            CREATED,
            VERSION,
        ),
    ),
    Resource(
        name="journals",
        path="journals",
        envelope="",
        paged=False,
        one=False,
        filters=(
            among("statuses", "status", ("UNFINISHED", "APPROVED", "INVALIDATED")),
            days("startDate", "endDate", "date"),
            CREATED,
            VERSION,
        ),
    ),
    Resource(
        name="attachments",
        path="attachments",
        previous_id=True,
        one=False,
        key="attachmentId",
        listed=("attachmentId", "name", "size", "user", "referenceId", "referenceType", "attached"),
        orders=(
            ("orderById", "attachmentId"),
            ("orderByCreatedDate", "attached"),
            ("orderByName", "name"),
            ("orderBySize", "size"),
        ),
        order=("attachmentId", False),
        filters=(
            days("createdStartDate", "createdEndDate", "attached"),
            contains("name", "name"),
            number("referenceId", "referenceId"),
            sizes("minSize", "maxSize", "size"),
            among("type", "_type", (*facts.RECEIPT_TYPES, "OFFER", "VAT_SUMMARY", "BANK_STATEMENT_EVENT")),
        ),
    ),
)
