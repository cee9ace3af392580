"""Payroll: personal data almost throughout."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from tap_kit.api import Page
from tap_kit.details import Details
from tap_kit.pages import PageReader
from tap_kit.table import Partition, RawRecord, Stream
from tap_kit.times import now_text

from tap_fortnox.records import plain
from tap_fortnox.years import first_day, months

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.client import Client
    from tap_kit.table import Settings

PAYROLL_LICENCE = "the licence for payroll"


def day_of(record: RawRecord) -> str | None:
    """The day that a transaction is about."""
    return record.get("Date")


def with_id(record: RawRecord, part: Partition) -> RawRecord:
    """Since 2022 a transaction has an id; before, employee, day and code named it, and stood in its address."""
    made = "/".join(str(record.get(name)) for name in ("EmployeeId", "Date", "CauseCode"))
    return {**plain(record, part), "id": record.get("id") or made}


def each_month(client: Client, settings: Settings) -> Iterator[Partition]:
    """There is no list: each month is asked for."""
    for month in months(client, settings):
        yield Partition(
            {"year": month.year, "month": month.month}, path=f"3/vacationdebtbasis/{month.year}/{month.month}"
        )


def days_of_employees(client: Client, settings: Settings) -> Iterator[Partition]:
    """There is no list: each day of each employee is asked for, from `start_date` or the present year on."""
    today = datetime.now(UTC).date()
    first = first_day(client, settings) if settings.get("start_date") else today.replace(month=1, day=1)
    days = [(first + timedelta(days=n)).isoformat() for n in range((today - first).days + 1)]
    for page in PageReader(client, "3/employees", "Employees").read({}):
        for employee in page.records:
            yield Partition(read=partial(_days, employee["EmployeeId"], days))


def _days(employee: str, days: list[str]) -> Iterator[Page]:
    yield Page([{"EmployeeId": employee, "Date": day} for day in days], received_at=now_text())


PAYROLL = (
    Stream(
        "employees",
        path="3/employees",
        envelope="Employees",
        key=("employee_id",),
        prepare=plain,
        scope="salary",
        needs=PAYROLL_LICENCE,
        selected=False,
    ),
    Stream(
        "salary_transactions",
        path="3/salarytransactions",
        envelope="SalaryTransactions",
        key=("salary_row",),
        prepare=plain,
        date=day_of,
        scope="salary",
        needs=PAYROLL_LICENCE,
        selected=False,
    ),
    Stream(
        "absence_transactions",
        path="3/absencetransactions",
        envelope="AbsenceTransactions",
        prepare=with_id,
        date=day_of,
        scope="salary",
        needs=PAYROLL_LICENCE,
        selected=False,
    ),
    Stream(
        "attendance_transactions",
        path="3/attendancetransactions",
        envelope="AttendanceTransactions",
        prepare=with_id,
        date=day_of,
        scope="salary",
        needs=PAYROLL_LICENCE,
        selected=False,
    ),
    Stream(
        "schedule_times",
        path="3/scheduletimes",
        key=("employee_id", "date"),
        per=days_of_employees,
        details=Details("3/scheduletimes/{EmployeeId}/{Date}", "ScheduleTime"),
        prepare=plain,
        scope="salary",
        needs=f"{PAYROLL_LICENCE}, and takes a request for each day of each employee",
        selected=False,
    ),
    Stream(
        "expenses",
        path="3/expenses",
        envelope="Expenses",
        key=("code",),
        prepare=plain,
        scope="salary",
        needs=PAYROLL_LICENCE,
        selected=False,
    ),
    Stream(
        "vacation_debt_bases",
        path="3/vacationdebtbasis",
        envelope="VacationDebtBasis",
        key=("year", "month"),
        per=each_month,
        paged=False,
        none=(404,),
        prepare=plain,
        scope="salary",
        needs=PAYROLL_LICENCE,
        selected=False,
    ),
)
