"""What is fixed about the company and about Procountor."""

from __future__ import annotations

from sandbox.procountor.tokens import KEY, sign

COMPANY_ID = 18_442
COMPANY = "Kuusitie Trading Oy"
USER_ID = 90_311
USERNAME = "api.reader"
CLIENT_ID = "sandboxClient"
CLIENT_SECRET = "notasecret"  # noqa: S105 - nor one of anybody
API_KEY = sign({"iss": "procountor", "aud": CLIENT_ID, "sub": str(USER_ID), "cid": COMPANY_ID, "jti": "key-1"}, KEY)
"""Of a technical user; it does not end."""

HISTORY_START = "2024-01-01"
YEARS = (2024, 2025, 2026)
OPEN_FROM = "2026-04-01"
"""Tracking periods before this day are closed, those after the company's day are pending."""

BANK, SAVINGS = "1910", "1920"
RECEIVABLES, PAYABLES = "1701", "2871"
VAT_IN, VAT_OUT, VAT_DUE = "1763", "2939", "2945"
EQUITY = "2001"
SALARIES_DUE, TAX_DUE, CONTRIBUTIONS_DUE = "2961", "2921", "2923"
SALES, SALES_REDUCED, SALES_ABROAD = "3000", "3010", "3060"
WAGES, CONTRIBUTIONS, CHARGES = "5000", "6300", "8570"
EXPENSES = ("4000", "4460", "7230", "7680", "7770", "7810")
TRAVEL, ALLOWANCES = "7800", "7850"

ACCOUNTS = {
    BANK: "Bank account",
    SAVINGS: "Savings account",
    RECEIVABLES: "Trade receivables",
    VAT_IN: "VAT receivables",
    EQUITY: "Share capital",
    PAYABLES: "Trade payables",
    TAX_DUE: "Withholding tax liability",
    CONTRIBUTIONS_DUE: "Social security liability",
    VAT_OUT: "VAT liability",
    VAT_DUE: "VAT to be paid",
    SALARIES_DUE: "Salary liability",
    SALES: "Sales, standard VAT",
    SALES_REDUCED: "Sales, reduced VAT",
    SALES_ABROAD: "Sales outside Finland",
    "4000": "Purchases of goods",
    "4460": "Subcontracting",
    WAGES: "Wages and salaries",
    CONTRIBUTIONS: "Employer contributions",
    "7230": "Rents",
    "7680": "Software",
    "7770": "Telephone and internet",
    TRAVEL: "Travel tickets",
    "7810": "Entertainment",
    ALLOWANCES: "Daily allowances",
    CHARGES: "Bank charges",
}
"""Code and name, as GET /coa has them."""
PASSIVE_ACCOUNTS = {"3990": "Other income (old)", "7990": "Other costs (old)"}

BALANCE_SHEET = (
    ("Assets", (BANK, SAVINGS, RECEIVABLES, VAT_IN)),
    ("Equity", (EQUITY,)),
    ("Liabilities", (PAYABLES, TAX_DUE, CONTRIBUTIONS_DUE, VAT_OUT, VAT_DUE, SALARIES_DUE)),
)
INCOME_STATEMENT = (
    ("Net turnover", (SALES, SALES_REDUCED, SALES_ABROAD)),
    ("Materials and services", ("4000", "4460")),
    ("Personnel expenses", (WAGES, CONTRIBUTIONS)),
    ("Other operating expenses", ("7230", "7680", "7770", TRAVEL, "7810", ALLOWANCES, CHARGES)),
)
CASH = (BANK, SAVINGS)

UNOFFICIAL = frozenset({"EMPTY", "UNFINISHED", "INVALIDATED", "DELETED", "OVERRIDDEN", "UNSAVED"})
"""Receipts in these states are no bookkeeping yet, or no longer (Procountor support, ledger receipts export)."""
PAYROLL_TYPES = frozenset({"SALARY", "EMPLOYER_CONTRIBUTION"})
"""Not shown, without any error, to a user without rights to payroll (Procountor support, the same article)."""
RECEIPT_TYPES = (
    "JOURNAL",
    "PURCHASE_INVOICE",
    "SALES_INVOICE",
    "PERIODIC_TAX_RETURN",
    "TRAVEL_INVOICE",
    "BILL_OF_CHARGES",
    "VAT_FORM",
    "SALARY",
    "EMPLOYER_CONTRIBUTION",
    "PURCHASE_ORDER",
    "SALES_ORDER",
    "BANK_STATEMENT_AS_RECEIPT",
    "RECEIPT_FOR_OPENING_ACCOUNTS",
    "REFERENCE_PAYMENT",
    "TRACKING_PERIOD_OPENING_RECEIPT",
)
"""Of the filter `types`: VAT_SUMMARY is a type of receipts, but not in it (OpenAPI 26.04)."""
INVOICE_TYPES = (
    "SALES_INVOICE",
    "SALES_ORDER",
    "PURCHASE_INVOICE",
    "PURCHASE_ORDER",
    "TRAVEL_INVOICE",
    "BILL_OF_CHARGES",
    "PERIODIC_TAX_RETURN",
)
STATUSES = (
    "EMPTY",
    "UNFINISHED",
    "NOT_SENT",
    "SENT",
    "RECEIVED",
    "PAID",
    "PAYMENT_DENIED",
    "VERIFIED",
    "APPROVED",
    "INVALIDATED",
    "PAYMENT_QUEUED",
    "PARTLY_PAID",
    "PAYMENT_SENT_TO_BANK",
    "MARKED_PAID",
    "STARTED",
    "INVOICED",
    "OVERRIDDEN",
    "DELETED",
    "UNSAVED",
    "PAYMENT_TRANSACTION_REMOVED",
)
REPORTED = (
    "APPROVED",
    "SENT",
    "NOT_SENT",
    "PAYMENT_SENT_TO_BANK",
    "PAID",
    "PARTLY_PAID",
    "MARKED_PAID",
    "PAYMENT_QUEUED",
    "PAYMENT_DENIED",
    "UNFINISHED",
    "VERIFIED",
    "RECEIVED",
)
"""Of `receiptStatus` in the reports."""
DISCUSSED = ("TRAVEL_INVOICE", "BILL_OF_CHARGES", "PURCHASE_INVOICE")
"""Invoices that can have comments."""
CHANNELS = ("EMAIL", "MAIL", "ELECTRONIC_INVOICE", "EDIFACT", "PAPER_INVOICE", "NO_SENDING")
PARTNER_TYPES = ("CUSTOMER", "SUPPLIER", "PERSON")
PRODUCT_TYPES = ("SALES", "PURCHASE", "TRAVEL")
