"""The table of resources: the books themselves."""

from __future__ import annotations

from sandbox.fortnox import assets, bookkeeping, facts, office
from sandbox.fortnox.resource import Resource

BOOKS = (
    Resource(
        name="financialyears",
        scope="bookkeeping",
        list="FinancialYears",
        one="FinancialYear",
        key=("Id",),
        holds={"date": ("FromDate", "ToDate")},
        make=office.financial_year,
        size=len(facts.YEARS),
    ),
    Resource(
        name="accounts",
        scope="bookkeeping",
        list="Accounts",
        one="Account",
        key=("Number",),
        yearly=True,
        lastmodified="honoured",
        exact={"sru": "SRU"},
        sorts={"number": "Number"},
        not_found=(2000423, "Kan inte hitta kontot."),
        compute=bookkeeping.balances,
        make=bookkeeping.account,
        size=120,
    ),
    Resource(
        name="voucherseries",
        scope="bookkeeping",
        list="VoucherSeriesCollection",
        one="VoucherSeries",
        key=("Code",),
        yearly=True,
        lastmodified="honoured",
        compute=bookkeeping.next_number,
        make=bookkeeping.series,
        size=len(facts.SERIES),
    ),
    Resource(
        name="vouchers",
        scope="bookkeeping",
        list="Vouchers",
        one="Voucher",
        key=("VoucherSeries", "VoucherNumber"),
        yearly=True,
        lastmodified="honoured",
        day="TransactionDate",
        exact={"voucherseries": "VoucherSeries", "costcenter": "CostCenter"},
        sublist=("VoucherSeries",),
        not_found=(2000490, "Kan inte hitta verifikationen."),
    ),
    Resource(name="sie", scope="bookkeeping"),
    Resource(
        name="voucherfileconnections",
        scope="connectfile",
        list="VoucherFileConnections",
        one="VoucherFileConnection",
        key=("FileId",),
        search={"voucherdescription": "VoucherDescription"},
        exact={
            "voucheryear": "VoucherYear",
            "financialyear": "VoucherYear",
            "vouchernumber": "VoucherNumber",
            "voucherseries": "VoucherSeries",
        },
        deletable=True,
        make=assets.voucher_file,
        size=12,
        per="vouchers",
    ),
)
