"""Employees and what they earn: a list of salaries a month, a slip for each employee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procountor import facts
from sandbox.procountor.banking import Event
from sandbox.procountor.draw import cents, euros
from sandbox.procountor.receipts import Draft
from sandbox.procountor.times import at, month_end

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sandbox.procountor.booking import Row
    from sandbox.procountor.books import Books
    from sandbox.procountor.draw import Draw

Json = dict[str, Any]
EMPLOYEES = 3
TAX, INSURANCE = 22, 19
"""Per cent of the salary."""
TYPES = (("Monthly salary", 100, "SALARY_FOR_TIME_WORKED"), ("Car benefit", 200, "FRINGE_BENEFITS"))


def employees(books: Books, draw: Draw) -> None:
    """Of the first persons; the last one has left."""
    persons = list(books.tables["persons"].values())[: EMPLOYEES + 1]
    for place, person in enumerate(persons):
        active = place < EMPLOYEES
        number = books.id("employees")
        books.tables["employees"][number] = {
            "id": number,
            "lastName": person["lastName"],
            "firstName": person["firstName"],
            "ssn": person["invoicingInfo"]["identifier"],
            "employeeAddress": person["deliveryAddress"],
            "personNumber": person["invoicingInfo"]["personNumber"],
            "salaryChannel": "EMAIL",
            "automatedTaxCard": True,
            "active": active,
            "_person": person["id"],
            "_groups": person["registryInfo"]["personGroupsIds"],
            "_salary": draw.randrange(280_000, 450_000),
        }
    for name, code, category in TYPES:
        books.tables["salary_types"][code] = {
            "name": name,
            "code": code,
            "category": category,
            "unit": "PIECE",
            "paymentPercentEditable": False,
            "affectsPensionInsurance": True,
            "incomeTypeCode": code + 1,
            "translations": [{"languageCode": "fi", "translation": "Kuukausipalkka"}],
        }
    for name in ("Trade union A", "Trade union B"):
        books.put("labor_union_settings", {"name": name})


def month(books: Books, first: date) -> Iterator[Draft | tuple[str, Event]]:
    """Drafts of the receipts of one month, and what is paid from the bank on payday."""
    last, moment = month_end(first).isoformat(), at(first.replace(day=24), 36_000)
    name, slips = f"Salaries {first:%Y-%m}", []
    for employee in [e for e in books.tables["employees"].values() if e["active"]]:
        gross = employee["_salary"]
        tax = round(gross * TAX / 100)
        slip = _slip(books, employee, first, gross, tax)
        slips.append(slip)
        rows: list[Row] = [
            (facts.WAGES, gross, None),
            (facts.TAX_DUE, -tax, None),
            (facts.SALARIES_DUE, tax - gross, None),
        ]
        yield Draft("SALARY", f"{name} {slip['slipNumber']}", last, rows, moment, slip=slip)
    insurance = round(sum(cents(slip["salary"]) for slip in slips) * INSURANCE / 100)
    due: list[Row] = [(facts.CONTRIBUTIONS, insurance, None), (facts.CONTRIBUTIONS_DUE, -insurance, None)]
    yield Draft("EMPLOYER_CONTRIBUTION", f"Contributions {first:%Y-%m}", last, due, moment)
    _list(books, first, name, slips)
    net = sum(cents(slip["netPay"]) for slip in slips)
    _transfer(books, first, name, slips, net)
    yield first.replace(day=25).isoformat(), Event(-net, name, facts.SALARIES_DUE)


def _list(books: Books, first: date, name: str, slips: list[Json]) -> None:
    last, payday = month_end(first).isoformat(), first.replace(day=25).isoformat()
    moment = at(first.replace(day=24), 36_000)
    books.put(
        "salary_lists",
        {
            "name": name,
            "holidayYear": first.year,
            "paymentPeriodStart": first.isoformat(),
            "paymentPeriodEnd": last,
            "accountingDate": last,
            "dueDate": payday,
            "payday": payday,
            "_slips": [slip["id"] for slip in slips],
            "version": moment,
            "numberOfSlips": len(slips),
            "unfinished": 0,
            "sent": 0,
            "paid": len(slips),
            "reported": len(slips),
            "created": moment,
            "createdBy": facts.USERNAME,
        },
    )


def _transfer(books: Books, first: date, name: str, slips: list[Json], net: int) -> None:
    books.put(
        "direct_salary_payments",
        {
            "listName": name,
            "created": at(first.replace(day=24), 36_000),
            "status": "PAID",
            "paymentMethod": "FINNISH_SALARY_TRANSFER",
            "paymentDate": at(first.replace(day=25), 0),
            "payerBankAccount": books.main_iban,
            "totalSum": euros(net),
            "customId": f"{first:%Y%m}",
            "payments": [{"paymentId": slip["id"], "customId": str(slip["slipNumber"])} for slip in slips],
        },
    )


def _slip(books: Books, employee: Json, first: date, gross: int, tax: int) -> Json:
    payday, moment = first.replace(day=25).isoformat(), at(first.replace(day=24), 36_000)
    number = books.id("salary_slips")
    setting = {
        "noObligationExceptionTypes": [],
        "notSubjectExceptionTypes": [],
        "pensionVoluntarilyPaid": False,
        "accountingDate": payday,
        "dueDate": payday,
        "salaryChannel": "EMAIL",
    }
    slip: Json = {
        "id": number,
        "employeeId": employee["id"],
        "employeeName": f"{employee['lastName']} {employee['firstName']}",
        "status": "PAID",
        "slipNumber": books.number("slips", ""),
        "incomesRegisterReportingSetting": "FORM_BOTH_REPORTS",
        "rows": [
            {
                "id": books.id("salary_rows"),
                "salaryTypeCode": 100,
                "quantity": 1,
                "unitValue": euros(gross),
                "paymentPercent": 100,
                "baseSalaryRow": True,
                "showEarningPeriodInExport": False,
                "unjustEnrichment": False,
            }
        ],
        "settings": setting,
        "adjustments": {"payday": payday},
        "slipNotes": "",
        "version": moment,
        "payday": payday,
        "salaryChannel": "EMAIL",
        "sentStatus": "OK",
        "reportStatus": "OK",
        "salary": euros(gross),
        "fringeBenefit": 0,
        "salaryForIns": euros(gross),
        "deductionToTaxable": 0,
        "tax": euros(tax),
        "taxableCompensation": euros(gross),
        "taxFreeItems": 0,
        "otherDeductions": 0,
        "netPay": euros(gross - tax),
        "eSalaryStatus": "NULL",
        "_code": employee["ssn"],
    }
    books.tables["salary_slips"][number] = slip
    return slip
