"""What there is to say about an employee, and about the months of salaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procountor import facts
from sandbox.procountor.draw import euros
from sandbox.procountor.errors import ApiError
from sandbox.procountor.resource import Path, only

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sandbox.procountor.books import Books

Json = dict[str, Any]


class Employees:
    """`/payrolls`, but for its lists. 404 for what an employee has not."""

    def __init__(self, books: Books) -> None:
        self._books = books

    @property
    def paths(self) -> list[Path]:
        """Of the API."""
        found: list[Path] = [
            ("payrolls/salaryperiods", "salary_periods", periods),
            ("payrolls/salaryperiods/{id}", "salary_periods", period),
            ("payrolls/salariesbasicinfo", "salaries_basic_info", basic_info),
            ("payrolls/salaryslips/{id}/accounting", "salary_slips", self.accounting),
        ]
        for what in ABOUT:

            def several(request: Request, what: str = what) -> Any:
                return self.about(request, what)

            def single(request: Request, what: str = what) -> Any:
                return only(self.about(request, what), "id", request.path_params["one"])

            found.append((f"payrolls/employees/{{id}}/{what}", "employees", several))
            if "/" in what:
                found.append((f"payrolls/employees/{{id}}/{what}/{{one}}", "employees", single))
        return found

    def about(self, request: Request, what: str) -> Any:
        """One who has left has no salary to come."""
        found = self._books.find("employees", request)
        if what in {"salarybase", "holidaypay"} and not found["active"]:
            raise ApiError(404, "Not found")
        return ABOUT[what](found)

    def accounting(self, request: Request) -> Json:
        """The receipt of a slip in the books."""
        receipt = self._books.tables["ledger_receipts"][self._books.find("salary_slips", request)["_receipt"]]
        fields = ("id", "transactionType", "account", "accountingValue", "description", "dimensionItemValues")
        rows = [{name: row[name] for name in fields} for row in receipt["transactions"]]
        names = ("name", "receiptDate", "accountantsNotes", "transactionDescription", "receiptValidity", "version")
        return {**{name: receipt[name] for name in names}, "transactions": rows}


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
            "annualIncomeLimit": 60_000,
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


ABOUT: dict[str, Callable[[Json], Any]] = {
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


def periods(request: Request) -> list[Json]:
    """Names only; 404 for a year without any."""
    year = request.query_params.get("holidayCreditYear", "")
    if not year.isdecimal():
        raise ApiError(400, "holidayCreditYear is missing", "holidayCreditYear")
    if int(year) not in PERIODS:
        raise ApiError(404, "No salary periods were found")
    return [{"id": period["id"], "name": period["name"]} for period in PERIODS[int(year)]]


def period(request: Request) -> list[Json]:
    """One, in a list."""
    every = [period for periods in PERIODS.values() for period in periods]
    return [only(every, "id", request.path_params["id"])]


def basic_info(request: Request) -> Json:
    """Of a year, or of the latest."""
    year = request.query_params.get("year", str(facts.YEARS[-1]))
    return {
        "yearlyFigures": {"year": int(year), "pensionInsuranceContributionPercent": 17.39},
        "workHours": {"id": 1, "monthly": 158.0, "weekly": 37.5, "version": "2024-01-01T09:00:00"},
        "pensionContracts": [{"id": 1, "providerName": "Sandbox Pension", "number": "46-1", "active": True}],
        "accidentInsurancePolicies": [],
    }
