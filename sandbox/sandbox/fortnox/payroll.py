"""Employees, their times and wages: personal data, invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.fortnox import facts
from sandbox.fortnox.draw import kr, later
from sandbox.fortnox.ledger import Posting, row

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company
    from sandbox.fortnox.draw import Draw

Json = dict[str, Any]
WAGE, TAX, CONTRIBUTION = 3_500_000, 30, 31.42
"""Öre a month, and per cent of it."""
EXPENSES = (("RESA", "Resor", 5800), ("REPR", "Representation", 6071), ("MOB", "Mobil", 6212))


def employee(_company: Company, draw: Draw) -> Json:
    """Wages and tables are text; truth values may be too (older documentation)."""
    number = draw.number + 1
    return {
        "EmployeeId": f"E{number:03d}",
        "PersonalIdentityNumber": f"190001{number:02d}-0000",
        "FirstName": f"Förnamn{number}",
        "LastName": f"Exempelsson{number}",
        "FullName": f"Förnamn{number} Exempelsson{number}",
        "Email": f"anstalld-{number}@example.com",
        "EmploymentDate": draw.day,
        "EmploymentForm": draw.turn("TV", "TID", "VIK"),
        "SalaryForm": "MAN",
        "PersonelType": draw.turn("TJM", "ARB"),
        "JobTitle": "Lyktmakare",
        "MonthlySalary": str(WAGE // 100),
        "FullTimeEquivalent": 1,
        "TaxTable": "33",
        "TaxColumn": 1,
        "CostCenter": draw.turn(*facts.COST_CENTERS),
        "Inactive": number % 4 == 0,
        "DatedWages": [{"EmployeeId": f"E{number:03d}", "FirstDay": draw.day, "MonthlySalary": str(WAGE // 100)}],
        "DatedSchedules": [{"EmployeeId": f"E{number:03d}", "FirstDay": draw.day, "ScheduleId": "HEL"}],
        "EmployeeChildren": [],
    }


def salary_transaction(company: Company, draw: Draw) -> Json:
    """Amounts are text."""
    return {
        "SalaryRow": 1001 + draw.number,
        "EmployeeId": company.nth("employees", draw.number)["EmployeeId"],
        "SalaryCode": draw.turn("11", "133", "892"),
        "Date": draw.day,
        "Number": draw.randrange(1, 20),
        "Amount": kr(draw.ore(20_000)),
        "Total": kr(draw.ore(200_000)),
        "TextRow": "Övertid",
    }


def absence(company: Company, draw: Draw) -> Json:
    """Causes may have Swedish letters."""
    return {
        "id": draw.id(),
        "EmployeeId": company.nth("employees", draw.number)["EmployeeId"],
        "CauseCode": draw.turn("SJK", "NÄR", "SEM", "ATF"),
        "Date": draw.day,
        "Extent": 100,
        "Hours": 8,
        "HolidayEntitling": True,
    }


def attendance(company: Company, draw: Draw) -> Json:
    """Hours are text."""
    return {
        "id": draw.id(),
        "EmployeeId": company.nth("employees", draw.number)["EmployeeId"],
        "CauseCode": draw.turn("ARB", "ÖT1", "TID"),
        "Date": draw.day,
        "Hours": draw.turn("8", "7.5"),
    }


def schedule_time(company: Company, draw: Draw) -> Json:
    """Of one employee and day: the last ones, for everybody."""
    employees = company.count("employees")
    return {
        "EmployeeId": company.nth("employees", draw.number)["EmployeeId"],
        "Date": later(company.today, -(draw.number // employees)),
        "ScheduleId": "HEL",
        "Hours": "8",
        **dict.fromkeys(("IWH1", "IWH2", "IWH3", "IWH4", "IWH5"), "0"),
    }


def expense(_company: Company, draw: Draw) -> Json:
    """What employees lay out."""
    code, text, account = EXPENSES[draw.number]
    return {"Code": code, "Text": text, "Account": account}


def vacation_debt(company: Company, draw: Draw) -> Json:
    """Of one month, the newest first; its voucher has the month's wages."""
    months = int(company.today[:4]) * 12 + int(company.today[5:7]) - 2 - draw.number
    year, month = months // 12, months % 12 + 1
    staff = company.all("employees")
    return {
        "Year": year,
        "Month": month,
        "LastDay": later(f"{year + month // 12}-{month % 12 + 1:02d}-01", -1),
        "Employees": [
            {
                "EmployeeId": person["EmployeeId"],
                "EmployeeName": person["FullName"],
                "DaysEarned": 25,
                "DebtEarned": kr(WAGE),
                "TotalDebtEmployee": kr(WAGE),
            }
            for person in staff
        ],
    }


def wages_posting(company: Company, month: Json) -> Posting:
    """Wages, tax and social contributions."""
    wages = WAGE * company.count("employees")
    tax, contribution = wages * TAX // 100, round(wages * CONTRIBUTION / 100)

    rows = [
        row(7010, wages),
        row(2710, -tax),
        row(facts.BANK, tax - wages),
        row(7510, contribution),
        row(2731, -contribution),
    ]
    text = f"Löner {month['Year']}-{month['Month']:02d}"
    return Posting(month["LastDay"], text, rows, "L", "PAYROLLBOOKKEEP", None, month)
