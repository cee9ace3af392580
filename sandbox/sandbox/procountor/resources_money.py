"""Lists of what moves money: banks, payments, salaries, and what it is booked in (OpenAPI 26.04)."""

from __future__ import annotations

from sandbox.procountor.filters import (
    ALL,
    among,
    contains,
    header,
    hidden_unless,
    member,
    number,
    numbers,
    text,
)
from sandbox.procountor.resource import Resource
from sandbox.procountor.shapes import nested
from sandbox.procountor.spans import days

SLIP_STATUSES = (
    *("UNFINISHED", "APPROVED", "CORRECTION", "INVALIDATED", "PAYMENT_QUEUED", "PAYMENT_SENT_TO_BANK", "PAID"),
    *("PARTLY_PAID", "MARKED_PAID", "EARNINGS_REPORTED"),
)
"""Of the filter: slips themselves have other ones."""

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
        order=("id", True),
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
            among("status", "status", (ALL, "UNHANDLED", "HANDLED")),
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
        order=("id", True),
        one=False,
        filters=(
            hidden_unless("includeInactive", "active"),
            text("personNumber", "personNumber"),
            text("salaryChannel", "salaryChannel"),
            member("personGroupId", "_groups"),
        ),
    ),
    Resource(
        name="salary_lists",
        path="payrolls/salarylists",
        order=("id", True),
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
        order=("id", True),
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
            among("status", "status", SLIP_STATUSES),
        ),
    ),
    Resource(
        name="salary_types",
        path="payrolls/salarytypes",
        key="code",
        one=False,
        orders=(("orderByCode", "code"),),
        order=("code", False),
        filters=(
            contains("name", "name"),
            number("code", "code"),
            text("category", "category"),
            number("incomeTypeCode", "incomeTypeCode"),
            text("incomeType", "incomeType"),
        ),
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
    Resource(
        name="fiscal_years", path="fiscalyears", envelope="fiscalYears", paged=False, one=False, order=("id", True)
    ),
)
