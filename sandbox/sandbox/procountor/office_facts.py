"""The answers of paths that have one answer."""

from __future__ import annotations

from typing import Any

from sandbox.procountor import facts

Json = dict[str, Any]
PLACE = {"street": "Kuusitie 4", "zip": "00270", "city": "Helsinki", "country": "FINLAND"}
VAT = {"FI": (25.5, 24, 14, 13.5, 10, 0), "SE": (25, 12, 6, 0)}
RIGHTS = {
    "management": (
        *("basicCompanyInfo", "basicAccountingInfo", "chartOfAccountsAndDefaultReports", "usersAndUserRights"),
        *("companyUserManagement", "setUpACompany", "importData", "notifications", "incomesRegisterCertificate"),
        *("groupLetter", "auditLog"),
    ),
    "user": ("editPersonalInfo",),
    "sales": ("salesOrGroupInvoices", "salesInvoiceSearch", "customerRegister", "productRegister"),
    "purchases": (
        *("purchaseInvoices", "purchaseInvoiceSearch", "supplierRegister", "productRegister"),
        "fixedAssetsRegister",
    ),
    "travelAndExpenses": ("travelAndExpenseInvoices", "travelAndExpenseInvoiceSearch"),
    "invoiceCirculation": ("verification", "approval"),
    "salaries": ("payroll", "personRegister", "workingTimeTracking"),
    "payments": (
        *("payment", "salaryPayments", "markAsPaid", "markSalaryAsPaid", "directBankTransfer"),
        *("bankStatementAndReferencePayment", "paymentAllocation"),
    ),
    "accounting": (
        *("journalReceipts", "journalReceiptSearch", "closingOfAccountTools", "accountingReports", "archive"),
    ),
}
FLAGS = {
    "user": ("limitedDimensions", "blockSoloLoginToProcountor"),
    "sales": ("personalSalesInvoicesOnly",),
    "purchases": ("personalPurchaseInvoicesOnly",),
    "travelAndExpenses": ("personalTravelAndExpenseInvoiceOnly",),
    "invoiceCirculation": ("personalApprovalsOrVerificationsOnly",),
    "salaries": ("personalSalariesOnly", "personalWorkHourTrackingOnly"),
    "accounting": ("personalJournalReceiptsOnly", "preventCreatingEditingInvoices", "preventEditingAccountingPage"),
}

FIXED: dict[str, tuple[str, Json]] = {
    "company": (
        "company",
        {
            "id": facts.COMPANY_ID,
            "name": facts.COMPANY,
            "country": "FINLAND",
            "productVersion": "FINANCIALS_MAX",
            "operationType": "PRODUCTION",
            "companyAddress": {"specifier": "", "poBox": "", **PLACE},
            "billingAddress": PLACE,
            "mva": False,
            "inTradeRegister": True,
            "businessIdentifier": {"brnType": "FI", "code": "1234567-1"},
            "accountingCoaLanguages": ["fi"],
            "companyCurrency": "EUR",
            "currencyRateSearchDensity": "DAILY_EXCHANGE_RATE",
        },
    ),
    "company/usagesettings": (
        "usage_settings",
        {
            "defaultInvoiceChannel": "ELECTRONIC_INVOICE",
            "cashDiscount": {"cashDiscountForSales": True, "cashDiscountForPurchase": False},
            "accountingByRow": {
                "salesInvoicePosting": True,
                "purchaseInvoicePosting": True,
                "travelAndExpenseInvoicePosting": False,
                "salaryPosting": False,
            },
        },
    ),
    "company/deliveryterms": ("delivery_terms", {"deliveryTerms": ["EXW", "DAP"]}),
    "company/expenses/collectionpenal/settings": (
        "collection_settings",
        {"useAutomaticHandling": False, "penalInterestDateMargin": 5, "defaultSalesInvoiceInterest": 8},
    ),
    "company/invoicecirculation/settings": (
        "circulation_settings",
        {
            "useForPurchaseInvoices": True,
            "useForTravelAndExpenseInvoices": False,
            "reminderInterval": "ONCE_A_DAY",
            "maxVerifiers": 3,
            "maxAcceptors": 2,
            "verifiers": [{"firstname": "Aino", "surname": "Reader", "userId": facts.USER_ID, "orderNo": 1}],
            "acceptors": [],
            "substitutions": [],
        },
    ),
    "currencies": ("currencies", {"currencies": ["EUR", "SEK", "USD", "FIM"]}),
    "currencies/company": ("company_currency", {"companyCurrency": "EUR"}),
    "vats/default": (
        "vats",
        {
            "vatInformation": [
                {
                    "country": "Finland",
                    "percentages": [{"vatPercent": rate, "sales": True, "purchase": True} for rate in VAT["FI"]],
                }
            ],
            "vatStatuses": [{"vatStatus": 1, "description": "vat_1", "sales": True, "purchase": True}],
        },
    ),
    "vats/settings": ("vat_settings", {"unitPricesIncludeVatSales": False, "unitPricesIncludeVatPurchase": True}),
    "sessioninfo": (
        "session",
        {
            "companyId": facts.COMPANY_ID,
            "name": facts.COMPANY,
            "country": "FINLAND",
            "productVersion": "FINANCIALS_MAX",
            "userId": facts.USER_ID,
            "userName": facts.USERNAME,
            "companySettings": {"invoiceDiscussionEnabled": True},
        },
    ),
    "status": (
        "status",
        {"name": "Procountor API", "version": "26.04", "status": "OK", "procountorVersion": "26.04.1"},
    ),
    "users": (
        "users",
        {
            "id": facts.USER_ID,
            "username": facts.USERNAME,
            "companyId": facts.COMPANY_ID,
            "countryCode": "FINLAND",
            "partnerId": None,
            "loginMethod": "PROCOUNTOR_KEY",
            "firstName": "Aino",
            "lastName": "Reader",
            "email": "aino@example.test",
            "mobilePhone": "+358 40 000000",
        },
    ),
    "businesspartners/personaldetails": (
        "personal_details",
        {"partnerId": None, "firstName": "Aino", "lastName": "Reader", "language": "FINNISH"},
    ),
}
"""Path: resource, answer."""
UNNAMED: dict[str, tuple[str, list[Json]]] = {
    "company/invoicetemplates": ("invoice_templates", [{"id": 1, "name": "Default"}, {"id": 2, "name": "English"}]),
    "company/einvoiceaddresses": (
        "einvoice_addresses",
        [
            {
                "operator": "Sandbox Operator",
                "operatorId": 7,
                "receivingAddress": "003712345671",
                "created": "2024-01-01",
            }
        ],
    ),
    "se/factoringcontracts": (
        "factoring_contracts_se",
        [
            {
                "id": 1,
                "financingCompanyName": "Finans AB",
                "financingCompanyBankAccount": "5050-1055",
                "contractNumber": "77",
                "status": "ACTIVE",
            }
        ],
    ),
    "integrations/{id}/customers": (
        "integrations",
        [{"companyId": facts.COMPANY_ID, "integrationVersionStatus": "APPROVED"}],
    ),
}
"""The same for lists that the specification declares as one object."""
