"""What is asked for by the record it belongs to: of invoices, partners, persons, products and employees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procountor import facts
from sandbox.procountor.draw import cents, euros
from sandbox.procountor.errors import ApiError
from sandbox.procountor.filters import Asked, integers
from sandbox.procountor.invoices import trail

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.procountor.books import Books

Json = dict[str, Any]
FLAT = ("id", "invoiceId", "paymentDate", "amount", "receiverName", "status", "paidAmount", "paidCurrency")


class Around:
    """Raises ApiError 404 where there is no such record, and where there is nothing to tell."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def _find(self, name: str, number: str) -> Json:
        found = self._books.tables[name].get(int(number)) if number.isdecimal() else None
        if found is None:
            raise ApiError(404, "Not found")
        return found

    def payment_events(self, invoice: str) -> list[Json]:
        """`/invoices/{id}/paymentevents`."""
        found = self._books.children["payment_events"].get(self._find("invoices", invoice)["id"], [])
        return [{name: item for name, item in event.items() if name[0] != "_"} for event in found]

    def payment_event(self, invoice: str, number: str) -> Json:
        """One of them."""
        return only(self.payment_events(invoice), "id", number)

    def events_of(self, asked: Asked) -> list[Json]:
        """`/payments/paymentevents`: of several invoices, with fewer fields."""
        wanted = integers(asked, "invoiceId")
        if not wanted:
            raise ApiError(400, "invoiceId is missing", "invoiceId")
        events = self._books.children["payment_events"]
        return sorted(
            (
                {name: value for name, value in (event | {"receiverName": event["_name"]}).items() if name in FLAT}
                for number in set(wanted)
                for event in events.get(number, ())
            ),
            key=lambda event: event["id"],
        )

    def trail(self, invoice: str) -> Json:
        """`/invoices/{id}/transactions`; 404 when there are none."""
        steps = trail(self._find("invoices", invoice))
        if not steps:
            raise ApiError(404, "No transactions were found")
        return {"transactions": steps}

    def trails(self, asked: Asked) -> Json:
        """`/invoices/transactions` of several; 404 when none has any."""
        wanted = integers(asked, "invoiceIds")
        if not wanted:
            raise ApiError(400, "invoiceIds is missing", "invoiceIds")
        table = self._books.tables["invoices"]
        found = [
            {"invoiceId": number, "transactions": steps}
            for number in sorted(set(wanted))
            if number in table and (steps := trail(table[number]))
        ]
        if not found:
            raise ApiError(404, "No transactions were found")
        return {"results": found}

    def comments(self, invoice: str) -> Json:
        """`/invoices/{id}/comments`: of purchases, travel and expense invoices only."""
        found = self._find("invoices", invoice)
        if found["type"] not in facts.DISCUSSED:
            raise ApiError(403, "Comments are not supported for this type of invoice")
        return {"comments": self._books.children["comments"].get(found["id"], [])}

    def comment(self, invoice: str, number: str) -> Json:
        """One, with the people that it names."""
        tagged = [{"userTagId": 1, "displayName": "aino", "fullName": "Aino Reader"}]
        return only(self.comments(invoice)["comments"], "id", number) | {"taggedUsers": tagged}

    def taggable(self, invoice: str) -> Json:
        """Whom a comment could name."""
        self._find("invoices", invoice)
        return {"taggableUsers": [{"displayName": "aino", "fullName": "Aino Reader"}]}

    def waiting(self, types: str | None, status: str) -> Json:
        """`/invoices/personalapprovals` and `…/personalverifications`: what the user has to do."""
        if types not in facts.DISCUSSED:
            raise ApiError(400, f"types is one of {', '.join(facts.DISCUSSED)}", "types")
        table = self._books.tables["invoices"].values()
        return {"invoiceIds": [i["id"] for i in table if i["type"] == types and i["status"] == status]}

    def default_accounts(self, number: str) -> Json:
        """Of a partner; a person has none."""
        partner = self._find("business_partners", number)
        if partner["type"] == "PERSON":
            raise ApiError(404, "Not found")
        account = {"code": facts.SALES, "name": facts.ACCOUNTS[facts.SALES]}
        return {
            "vatPercent": 25.5,
            "vatDeduction": 100,
            "vatStatus": 1,
            "combineInvoiceRows": False,
            "salesInvoiceAccounts": {"creditAccount": account} if partner["type"] == "CUSTOMER" else {},
            "purchaseInvoiceAccounts": {},
        }

    def default_dimensions(self, name: str, number: str) -> list[Json]:
        """Every third record has one; the others answer with an empty list."""
        record = self._find(name, number)
        if record["id"] % 3:
            return []
        dimension = self._books.tables["dimensions"][1]
        items = [{"id": i["id"], "codeName": i["codeName"], "percent": 50} for i in dimension["items"][:2]]
        return [{"id": dimension["id"], "name": dimension["name"], "items": items}]

    def default_dimension(self, name: str, number: str, dimension: str) -> Json:
        """One, with more about its items."""
        found = only(self.default_dimensions(name, number), "id", dimension)
        return found | {"items": [item | {"status": True, "description": ""} for item in found["items"]]}

    def default_products(self, name: str, number: str) -> list[Json]:
        """Every fourth record has one."""
        record = self._find(name, number)
        products = self._books.products("SALES")
        if record["id"] % 4 or not products:
            return []
        product = {key: item for key, item in products[0].items() if key[0] != "_"}
        setting = {"useSpecialDiscount": False, "useSpecialPrice": True, "specialPrice": 9.9, "useSpecialVat": False}
        return [{"id": record["id"], "productInfo": product, "defaultSettings": setting, "validityPeriods": []}]

    def slip_accounting(self, number: str) -> Json:
        """`/payrolls/salaryslips/{id}/accounting`: its receipt in the books."""
        receipt = self._books.tables["ledger_receipts"][self._find("salary_slips", number)["_receipt"]]
        fields = ("id", "transactionType", "account", "accountingValue", "description", "dimensionItemValues")
        rows = [{name: row[name] for name in fields} for row in receipt["transactions"]]
        names = ("name", "receiptDate", "accountantsNotes", "transactionDescription", "receiptValidity", "version")
        return {**{name: receipt[name] for name in names}, "transactions": rows}

    def salary_list(self, number: str) -> list[int]:
        """Ids of the slips of a list."""
        slips: list[int] = self._find("salary_lists", number)["_slips"]
        return slips

    def employee(self, number: str, what: str) -> Any:
        """One of the things under `/payrolls/employees/{id}/`; 404 for one who has left and has it not."""
        found = self._find("employees", number)
        if what in {"salarybase", "holidaypay"} and not found["active"]:
            raise ApiError(404, "Not found")
        return EMPLOYEE[what](found)


def only(found: list[Json], key: str, number: str) -> Json:
    """The one with this id, or 404."""
    for record in found:
        if str(record[key]) == number:
            return record
    raise ApiError(404, "Not found")


def salary_info(employee: Json) -> Json:
    """Of one employee."""
    return {
        "employeeId": employee["id"],
        "personId": employee["_person"],
        "incomeConfiguration": {
            "id": employee["id"],
            "baseSalaryValue": euros(employee["_salary"]),
            "baseSalaryType": "ONE_MONTH",
            "baseSalaryHours": 37.5,
            "travelExpensesSpecialHandling": "NONE",
            "earnerTypes": [],
            "salaryChannel": employee["salaryChannel"],
            "excludedFromAutomatedWithholdingPercentageRequest": False,
            "version": "2024-01-01T09:00:00",
        },
        "insurancesConfiguration": {
            "pensionInsurance": {"id": employee["id"], "type": "TYEL"},
            "accidentInsurance": {"id": employee["id"], "percent": 0.6},
            "noObligationExceptionTypes": [],
            "notSubjectExceptionTypes": [],
            "pensionVoluntarilyPaid": False,
        },
        "internationalSituationsConfiguration": {
            "id": employee["id"],
            "notSubjectToWithholding": False,
            "nonResidentTaxPayer": False,
        },
    }


def salary_base(employee: Json) -> Json:
    """What every slip begins with."""
    row = {"id": employee["id"], "salaryTypeCode": 100, "quantity": 1, "unitValue": euros(employee["_salary"])}
    return {"id": employee["id"], "employeeId": employee["id"], "notes": "", "rows": [row]}


def employments(employee: Json) -> list[Json]:
    """One, which has ended for those who left."""
    ended = {} if employee["active"] else {"endDate": "2025-08-31"}
    reason = "NOT_APPLICABLE" if employee["active"] else "EMPLOYEES_RESIGNATION"
    return [
        {
            "startDate": "2024-01-01",
            **ended,
            "type": "PERMANENT",
            "terminationReason": reason,
            "hoursPerWeek": 37.5,
            "employmentType": "FULL_TIME",
            "id": employee["id"] + 500,
            "keva": False,
            "version": "2024-01-01T09:00:00",
        }
    ]


def tax_cards(employee: Json) -> list[Json]:
    """One a year."""
    return [
        {
            "id": employee["id"] * 10 + place,
            "type": "ONE_INCOME_LIMIT",
            "revised": False,
            "validFrom": f"{year}-02-01",
            "basePercent": 22,
            "additionalPercent": 45.5,
            "annualIncomeLimit": euros(cents(60_000)),
            "created": f"{year}-01-20T10:00:00",
            "version": f"{year}-01-20T10:00:00",
        }
        for place, year in enumerate(facts.YEARS)
    ]


def memberships(employee: Json) -> list[Json]:
    """In a trade union; not everybody is in one."""
    if employee["id"] % 2:
        return []
    return [
        {
            "id": employee["id"] + 900,
            "laborUnionSettingId": 100_001,
            "membershipId": "7",
            "membershipStart": "2024-01-01",
        }
    ]


def holiday_pay(employee: Json) -> Json:
    """Days that are left."""
    yearly = [{"holidayCreditYear": 2025, "remainingHolidayDays": 12, "remainingHolidayPay": 1480.25}]
    return {
        "useHolidayCalculation": True,
        "holidayEarningStartDate": "2024-04-01",
        "totalRemainingHolidayDays": 12 + employee["id"] % 3,
        "totalRemainingHolidayPay": 1480.25,
        "yearlyRemainings": yearly,
    }


EMPLOYEE: dict[str, Callable[[Json], Any]] = {
    "salaryinfo": salary_info,
    "salarybase": salary_base,
    "salaryinfo/employments": employments,
    "salaryinfo/taxcards": tax_cards,
    "salaryinfo/laborunionmemberships": memberships,
    "holidaypay": holiday_pay,
    "workinghourreduction": lambda _: {"startDate": "2024-01-01", "totalRemainingWorkingHourReductionHours": 7.5},
}
PERIODS = {
    year: [
        {
            "id": year * 100 + month,
            "name": f"Salaries {month}/{year}",
            "holidayCreditYear": year,
            "calendarWorkdays": 21,
            "payday": f"{year}-{month:02d}-25",
        }
        for month in range(1, 13)
    ]
    for year in facts.YEARS
}


def salary_periods(year: str | None) -> list[Json]:
    """`/payrolls/salaryperiods`: names only; 404 for a year without any."""
    if year is None or not year.isdecimal():
        raise ApiError(400, "holidayCreditYear is missing", "holidayCreditYear")
    if int(year) not in PERIODS:
        raise ApiError(404, "No salary periods were found")
    return [{"id": period["id"], "name": period["name"]} for period in PERIODS[int(year)]]


def salary_period(number: str) -> list[Json]:
    """One, in a list."""
    return [only([period for periods in PERIODS.values() for period in periods], "id", number)]


def salaries_basic_info(year: str | None) -> Json:
    """`/payrolls/salariesbasicinfo`."""
    return {
        "yearlyFigures": {"year": int(year or facts.YEARS[-1]), "pensionInsuranceContributionPercent": 17.39},
        "workHours": {"id": 1, "monthly": 158.0, "weekly": 37.5, "version": "2024-01-01T09:00:00"},
        "pensionContracts": [{"id": 1, "providerName": "Sandbox Pension", "number": "46-1", "active": True}],
        "accidentInsurancePolicies": [],
    }
