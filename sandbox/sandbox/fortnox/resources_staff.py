"""The table of resources: payroll and assets."""

from __future__ import annotations

from sandbox.fortnox import assets, payroll
from sandbox.fortnox.resource import Resource, when

PAYROLL = (
    Resource(
        name="employees",
        scope="salary",
        list="Employees",
        one="Employee",
        key=("EmployeeId",),
        filters={"active": when(lambda r: not r["Inactive"]), "inactive": when(lambda r: bool(r["Inactive"]))},
        make=payroll.employee,
        size=5,
    ),
    Resource(
        name="salarytransactions",
        scope="salary",
        list="SalaryTransactions",
        one="SalaryTransaction",
        key=("SalaryRow",),
        exact={"employeeid": "EmployeeId", "employeeId": "EmployeeId", "date": "Date"},
        deletable=True,
        make=payroll.salary_transaction,
        size=30,
    ),
    Resource(
        name="absencetransactions",
        scope="salary",
        list="AbsenceTransactions",
        one="AbsenceTransaction",
        key=("id",),
        exact={"employeeid": "EmployeeId", "date": "Date"},
        deletable=True,
        make=payroll.absence,
        size=12,
    ),
    Resource(
        name="attendancetransactions",
        scope="salary",
        list="AttendanceTransactions",
        one="AttendanceTransaction",
        key=("id",),
        exact={"employeeid": "EmployeeId", "date": "Date"},
        deletable=True,
        make=payroll.attendance,
        size=20,
    ),
    Resource(
        name="scheduletimes",
        scope="salary",
        one="ScheduleTime",
        key=("EmployeeId", "Date"),
        make=payroll.schedule_time,
        size=50,
    ),
    Resource(
        name="expenses",
        scope="salary",
        list="Expenses",
        one="Expense",
        key=("Code",),
        lastmodified="ignored",
        make=payroll.expense,
        size=len(payroll.EXPENSES),
    ),
    Resource(
        name="vacationdebtbasis",
        scope="salary",
        one="VacationDebtBasis",
        key=("Year", "Month"),
        make=payroll.vacation_debt,
        post=payroll.wages_posting,
        size=18,
    ),
)

ASSETS = (
    Resource(
        name="assets_types",
        scope="assets",
        list="Types",
        one="Type",
        key=("Id",),
        make=assets.asset_type,
        size=len(assets.ASSET_TYPES),
    ),
    Resource(
        name="assets",
        scope="assets",
        list="Assets",
        one="Assets",
        key=("Id",),
        make=assets.asset,
        post=assets.asset_posting,
        size=5,
    ),
    Resource(
        name="assetfileconnections",
        scope="connectfile",
        list="AssetFileConnections",
        key=("FileId",),
        exact={"assetid": "AssetId"},
        deletable=True,
        make=assets.asset_file,
        size=2,
        per="assets",
    ),
)
