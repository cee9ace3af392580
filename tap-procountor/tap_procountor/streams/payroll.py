"""Payroll: off unless a catalog selects it, as it holds personal identity codes and pay. Finland only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_kit.details import Details
from tap_kit.pages import PageReader
from tap_kit.table import Listing, Partition, Stream

from tap_procountor.api import BATCH
from tap_procountor.periods import fiscal_years
from tap_procountor.shapes import BY_ID, KEY, NONE, RESULTS, WHOLE, child, children, of, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.client import Client
    from tap_kit.table import RawRecord, Settings

NEEDS = "the right to payroll"

# Employees who left are not listed unless asked for.
ALL_EMPLOYEES = {"includeInactive": "true", **BY_ID}


def of_employees(name: str, details: Details) -> Stream:
    """Return the row of what hangs on employees: a row and a request an employee."""
    return Stream(
        name,
        path="payrolls/employees",
        key=("company_id", "employee_id"),
        envelope=RESULTS,
        params=ALL_EMPLOYEES,
        details=details,
        prepare=of("employeeId"),
        selected=False,
        needs=f"{NEEDS}; a request an employee",
    )


def payroll_years(client: Client) -> list[int]:
    """Return the years that the fiscal years touch, oldest first."""
    days = [year[name] for year in fiscal_years(client) for name in ("startDate", "endDate")]
    return sorted({int(day[:4]) for day in days})


def each_year(client: Client, _: Settings) -> Iterator[Partition]:
    """The figures of each year are an answer of their own; without a year they are this year's."""
    for year in payroll_years(client):
        yield Partition({"year": year}, {"year": year})


def each_period_list(client: Client, _: Settings) -> Iterator[Partition]:
    """The periods of each list; the lists are asked for by the year that holidays are earned in."""
    lists = PageReader(client, "payrolls/salaryperiods", WHOLE, paged=False, none=NONE)
    for year in payroll_years(client):
        for found in lists.fetch({"holidayCreditYear": year}).records:
            yield Partition({"salaryPeriodListId": found["id"]}, path=f"payrolls/salaryperiods/{found['id']}")


def in_context(record: RawRecord, part: Partition) -> RawRecord:
    """The answer does not name what it was asked for by; the request did."""
    return {**record, **part.context}


PAYROLL = (
    Stream(
        "employees",
        path="payrolls/employees",
        key=KEY,
        envelope=RESULTS,
        params=ALL_EMPLOYEES,
        selected=False,
        needs=NEEDS,
    ),
    of_employees("salary_infos", child("payrolls/employees/{id}/salaryinfo")),
    of_employees("salary_bases", child("payrolls/employees/{id}/salarybase")),
    of_employees("employments", children("employments", "payrolls/employees/{id}/salaryinfo/employments")),
    of_employees("tax_cards", children("taxCards", "payrolls/employees/{id}/salaryinfo/taxcards")),
    of_employees(
        "labor_union_memberships",
        children("laborUnionMemberships", "payrolls/employees/{id}/salaryinfo/laborunionmemberships"),
    ),
    of_employees("holiday_pays", child("payrolls/employees/{id}/holidaypay")),
    of_employees("working_hour_reductions", child("payrolls/employees/{id}/workinghourreduction")),
    whole("labor_union_settings", "payrolls/laborunionsettings", selected=False, needs=NEEDS),
    Stream(
        "salary_lists",
        path="payrolls/salarylists",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        params=BY_ID,
        details=Details("payrolls/salarylists/{id}"),
        selected=False,
        needs=NEEDS,
    ),
    Stream(
        "salary_slips",
        path="payrolls/salaryslips",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        params=BY_ID,
        details=Details("payrolls/salaryslips/{id}", batch=BATCH),
        date=lambda record: record.get("payday"),
        selected=False,
        needs=NEEDS,
    ),
    Stream(
        "salary_slip_accountings",
        path="payrolls/salaryslips",
        key=("company_id", "salary_slip_id"),
        envelope=RESULTS,
        cursor=Listing(),
        params=BY_ID,
        details=child("payrolls/salaryslips/{id}/accounting"),
        prepare=of("salarySlipId"),
        date=lambda record: record.get("payday"),
        selected=False,
        needs=f"{NEEDS}; a request a slip",
    ),
    Stream(
        "salary_types",
        path="payrolls/salarytypes",
        key=("company_id", "code"),
        envelope=RESULTS,
        selected=False,
        needs=NEEDS,
    ),
    whole(
        "salary_periods",
        "payrolls/salaryperiods",
        per=each_period_list,
        prepare=in_context,
        none=NONE,
        selected=False,
        needs=NEEDS,
    ),
    whole(
        "salaries_basic_infos",
        "payrolls/salariesbasicinfo",
        key=("company_id", "year"),
        per=each_year,
        prepare=in_context,
        none=NONE,
        selected=False,
        needs=NEEDS,
    ),
)
