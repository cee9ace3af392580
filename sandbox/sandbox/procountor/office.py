"""What there is one of: the company, its settings, the user, currencies, VAT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procountor import facts
from sandbox.procountor.errors import ApiError
from sandbox.procountor.filters import DATE
from sandbox.procountor.invoices import RATES
from sandbox.procountor.times import later

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import QueryParams

    from sandbox.procountor.books import Books
    from sandbox.procountor.settings import Settings

Json = dict[str, Any]
PLACE = {"street": "Kuusitie 4", "zip": "00270", "city": "Helsinki", "country": "FINLAND"}
RATE_TYPES = (
    "PROCOUNTOR_ACCOUNTING_EXCHANGE_RATE",
    "ACCOUNT_CURRENCY_AVERAGE_RATE",
    "ACCOUNT_CURRENCY_BUYING_RATE",
    "ACCOUNT_CURRENCY_SELLING_RATE",
    "CASH_BUYING_RATE",
    "CASH_CURRENCY_SALE_EXCHANGE_RATE",
)
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
    "se/factoringcontracts": ("factoring_contracts_se", []),
    "integrations/{id}/customers": (
        "integrations",
        [{"companyId": facts.COMPANY_ID, "integrationVersionStatus": "APPROVED"}],
    ),
}
"""The same for lists that the specification declares as one object."""


class Office:
    """Answers that need a parameter, a setting or the books."""

    def __init__(self, books: Books, settings: Callable[[], Settings]) -> None:
        self._books = books
        self._settings = settings

    def rights(self) -> Json:
        """`/users/rights`."""
        denied = self._settings().payroll_rights == "none"
        rights = {
            area: {
                **dict.fromkeys(names, "NO_ACCESS" if denied and area == "salaries" else "VIEWING_RIGHTS"),
                **dict.fromkeys(FLAGS.get(area, ()), False),
            }
            for area, names in RIGHTS.items()
        }
        return {"role": "API user", "rights": rights}

    def profile(self, number: str) -> Json:
        """`/users/profiles/{userId}`."""
        if number != str(facts.USER_ID):
            raise ApiError(404, "User not found")
        return {"firstname": "Aino", "surname": "Reader"}

    def latest(self, query: QueryParams) -> Json:
        """`/currencies/latest`; yesterday's, a little other for each type."""
        kind = query.get("rateType", "1")
        if kind not in {"1", "2", "3", "4", "5", "6"}:
            raise ApiError(400, "rateType is one of 1, 2, 3, 4, 5, 6", "rateType")
        rates = [
            {"currencyRate": round(rate + int(kind) / 1000, 6), "currencyCode": code}
            for code, rate in RATES.items()
            if code != "EUR"
        ]
        return {"baseCurrency": "EUR", "currencyDate": later(self._books.today, -1), "rates": rates}

    def exchange_rate(self, query: QueryParams) -> Json:
        """`/currencies/exchangerate`: on weekdays, in euros; 404 where there is none."""
        for name in ("baseCurrency", "currency", "day", "rateType"):
            if name not in query:
                raise ApiError(400, f"{name} is missing", name)
        day, currency = query["day"], query["currency"]
        if query["rateType"] not in RATE_TYPES or not DATE.fullmatch(day):
            raise ApiError(400, "rateType or day is not valid")
        if query["baseCurrency"] != "EUR" or currency not in RATES or day > self._books.today:
            raise ApiError(404, "No exchange rate was found")
        return {"queryDay": day, "currency": currency, "day": day, "rate": RATES[currency]}

    def vat_country(self, query: QueryParams) -> Json:
        """`/vats/country`: the code has two letters."""
        if query.get("countryCode") not in VAT:
            raise ApiError(400, "The country code is not valid", "countryCode")
        return {"vatPercentages": list(VAT[query["countryCode"]])}

    def sie_availability(self) -> Json:
        """`/sie/availability`."""
        starts = [year["startDate"] for year in self._books.tables["fiscal_years"].values()]
        return {"lastValidEndDate": self._books.today, "accountingPeriodStart": starts}

    def sie_file(self, query: QueryParams) -> bytes:
        """`/sie/file`: a short one."""
        for name in ("accountingPeriodStart", "exportEndDate"):
            if not DATE.fullmatch(query.get(name, "")):
                raise ApiError(400, f"{name} is not a valid date", name)
        return b'#FLAGGA 0\r\n#FORMAT PC8\r\n#SIETYP 4\r\n#FNAMN "Kuusitie Trading Oy"\r\n'

    def integration(self, number: str) -> Json:
        """`/integrations/{requestId}`: one is known, one has expired."""
        if number == "expired":
            raise ApiError(410, "The request has expired")
        if number != "request-1":
            raise ApiError(404, "The request was not found")
        return {
            "integrationId": "integration-1",
            "expires": f"{later(self._books.today, 7)}T00:00:00",
            "initiator": {"email": "aino@example.test", "userFullName": "Aino Reader"},
            "companiesToIntegrate": [{"companyId": facts.COMPANY_ID}],
        }
