"""Every list of the API that records are kept for (OpenAPI 26.04)."""

from __future__ import annotations

from sandbox.procountor import facts
from sandbox.procountor.filters import (
    among,
    contains,
    days,
    flag,
    header,
    hidden_unless,
    moments,
    number,
    numbers,
    text,
)
from sandbox.procountor.resource import Resource
from sandbox.procountor.shapes import nested

VERSION = moments("versionStartDate", "versionEndDate", "version")
CREATED = moments("createdStartDate", "createdEndDate", "created")
DOCUMENT_ORDERS = (
    ("orderById", "id"),
    ("orderByCreated", "created"),
    ("orderByVersion", "version"),
)
DOWN = ("id", True)

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
        order=DOWN,
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
        order=DOWN,
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
            among("type", "_type", (*facts.RECEIPT_TYPES, "OFFER", "VAT_SUMMARY", "BANK_STATEMENT_EVENT")),
        ),
    ),
)

REGISTERS = (
    Resource(
        name="business_partners",
        path="businesspartners",
        previous_id=True,
        listed=("id", "name", "billingAddress", "invoicingInfo", "registryInfo", "type", "version"),
        order=DOWN,
        batch=True,
        headers=("name", "identifier"),
        filters=(
            among("type", "type", facts.PARTNER_TYPES),
            flag("active", "registryInfo.active", default=True),
            text("customerNumber", "invoicingInfo.customerNumber"),
            text("identifierType", "invoicingInfo.identifierType"),
            contains("mainGroup", "additionalInfo.group"),
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
        listed=("id", "lastName", "firstName", "deliveryAddress", "invoicingInfo", "registryInfo"),
        order=DOWN,
        filters=(
            hidden_unless("includeInactive", "registryInfo.active"),
            text("personNumber", "invoicingInfo.personNumber"),
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
        filters=(contains("name", "name"),),
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
        filters=(text("url", "url"),),
    ),
    Resource(
        name="verifier_lists",
        path="company/invoicecirculation/verifierlists",
        envelope="",
        paged=False,
        listed=("id", "name", "verifiers", "acceptors"),
    ),
)

BANKING = (
    Resource(
        name="bank_accounts",
        path="bankaccounts",
        previous_id=True,
        listed=(
            *("id", "accountNumber", "iban", "bic", "bankName", "currency", "defaultForInvoice", "defaultForPayment"),
            *("status", "orderNo", "associatedAccounts", "version"),
        ),
        orders=(("orderById", "id"), ("orderByOrderNo", "orderNo")),
        order=("orderNo", False),
    ),
    Resource(
        name="bank_statements",
        shape=nested,
        path="bankstatements",
        previous_id=True,
        one=False,
        orders=(("orderById", "id"), ("orderByStartDate", "startDate")),
        order=("startDate", True),
        headers=("accountnumber",),
        filters=(days("startDate", "endDate", "startDate", "endDate"), header("accountnumber", "accountNumber")),
    ),
    Resource(
        name="reference_payments",
        path="referencepayments",
        previous_id=True,
        one=False,
        order=DOWN,
        headers=("accountnumber",),
        filters=(
            days("startDate", "endDate", "valueDate"),
            text("accountNumber", "accountNumber"),
            header("accountnumber", "accountNumber"),
        ),
    ),
    Resource(
        name="payments",
        path="payments",
        previous_id=True,
        listed=(
            *("id", "invoiceId", "paymentDate", "amount", "receiverName", "status", "serviceCharge", "paidAmount"),
            "paidCurrency",
        ),
        detailed=(
            *("id", "invoiceId", "paymentDate", "amount", "receiverName", "currency", "payerAccount", "payerBic"),
            *("message", "receiverAccount", "receiverBic", "createdBy", "status"),
        ),
        filters=(days("startDate", "endDate", "paymentDate"), numbers("invoiceId", "invoiceId")),
    ),
    Resource(
        name="payment_error_messages",
        path="payments/errormessages",
        previous_id=True,
        one=False,
        filters=(
            days("createdStartDate", "createdEndDate", "createdDate"),
            among("type", "type", ("PAYMENT_ERROR", "NETS_COLLECTION_ERROR")),
            among("status", "status", ("UNHANDLED", "HANDLED")),
        ),
    ),
    Resource(
        name="direct_salary_payments",
        path="payments/directsalarypayments",
        previous_id=True,
        listed=(
            *("id", "listName", "created", "status", "paymentMethod", "paymentDate", "payerBankAccount", "totalSum"),
            "customId",
        ),
        filters=(
            days("startDate", "endDate", "created"),
            contains("name", "listName"),
            text("customId", "customId"),
        ),
    ),
)

PAYROLL = (
    Resource(
        name="employees",
        path="payrolls/employees",
        order=DOWN,
        one=False,
        filters=(
            hidden_unless("includeInactive", "active"),
            text("personNumber", "personNumber"),
            text("salaryChannel", "salaryChannel"),
        ),
    ),
    Resource(
        name="salary_lists",
        path="payrolls/salarylists",
        order=DOWN,
        listed=(
            *("id", "name", "numberOfSlips", "unfinished", "sent", "paid", "reported", "paymentPeriodStart"),
            *("paymentPeriodEnd", "created", "createdBy"),
        ),
        only_listed=("numberOfSlips", "unfinished", "sent", "paid", "reported", "created", "createdBy"),
        filters=(
            days("paymentPeriodStart", "paymentPeriodEnd", "paymentPeriodStart", "paymentPeriodEnd"),
            contains("name", "name"),
        ),
    ),
    Resource(
        name="salary_slips",
        path="payrolls/salaryslips",
        order=DOWN,
        batch=True,
        listed=(
            *("id", "employeeName", "payday", "slipNumber", "status", "paidStatusDetails", "slipNotes"),
            *("salaryChannel", "sentStatus", "reportStatus", "salary", "fringeBenefit", "salaryForIns"),
            *("deductionToTaxable", "tax", "taxableCompensation", "taxFreeItems", "otherDeductions", "netPay"),
            "eSalaryStatus",
        ),
        only_listed=(
            *("payday", "salaryChannel", "sentStatus", "reportStatus", "salary", "fringeBenefit", "salaryForIns"),
            *("deductionToTaxable", "tax", "taxableCompensation", "taxFreeItems", "otherDeductions", "netPay"),
            "eSalaryStatus",
        ),
        filters=(
            days("paydayStartDate", "paydayEndDate", "payday"),
            contains("employeeName", "employeeName"),
            numbers("slipNumber", "slipNumber"),
        ),
    ),
    Resource(
        name="salary_types",
        path="payrolls/salarytypes",
        key="code",
        one=False,
        orders=(("orderByCode", "code"),),
        order=("code", False),
        filters=(contains("name", "name"), number("code", "code"), text("category", "category")),
    ),
    Resource(name="labor_union_settings", path="payrolls/laborunionsettings", envelope="", paged=False, one=False),
)

LEDGER = (
    Resource(
        name="chart_of_accounts",
        path="coa",
        envelope="ledgerAccounts",
        paged=False,
        one=False,
        key="ledgerAccountCode",
    ),
    Resource(name="fiscal_years", path="fiscalyears", envelope="fiscalYears", paged=False, one=False, order=DOWN),
)

RESOURCES = (*DOCUMENTS, *REGISTERS, *BANKING, *PAYROLL, *LEDGER)
BY_NAME = {resource.name: resource for resource in RESOURCES}


def known(name: str) -> Resource:
    """ValueError for an unknown name."""
    if name not in BY_NAME:
        raise ValueError(f"no such resource: {name}")
    return BY_NAME[name]
