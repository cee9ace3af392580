"""The books: financial years, accounts, series, vouchers, balances."""

from __future__ import annotations

from tap_kit.table import Stream

from tap_fortnox.balances import balances_of_years
from tap_fortnox.records import plain, renamed
from tap_fortnox.vouchers import DETAILS, VOUCHERS, voucher, years
from tap_fortnox.years import each_year

BOOKKEEPING = "bookkeeping"
SETTINGS = "settings"

LEDGER = (
    Stream(
        "financial_years",
        path="3/financialyears",
        envelope="FinancialYears",
        prepare=renamed(accountCharts="AccountChartType"),
        scope=BOOKKEEPING,
    ),
    Stream(
        "accounts",
        path="3/accounts",
        envelope="Accounts",
        key=("number", "year"),
        per=each_year,
        prepare=plain,
        scope=BOOKKEEPING,
    ),
    Stream(
        "account_charts",
        path="3/accountcharts",
        envelope="AccountCharts",
        key=("name",),
        paged=False,
        prepare=plain,
        scope=BOOKKEEPING,
    ),
    Stream(
        "voucher_series",
        path="3/voucherseries",
        envelope="VoucherSeriesCollection",
        key=("code", "year"),
        per=each_year,
        prepare=plain,
        scope=BOOKKEEPING,
    ),
    Stream(
        "vouchers",
        path="3/vouchers",
        key=("voucher_series", "voucher_number", "year"),
        cursor=VOUCHERS,
        per=years,
        details=DETAILS,
        prepare=voucher,
        scope=BOOKKEEPING,
    ),
    Stream("sie_balances", path="3/sie/1", key=("year", "account"), per=balances_of_years, scope=BOOKKEEPING),
    Stream(
        "predefined_accounts",
        path="3/predefinedaccounts",
        envelope="PreDefinedAccounts",
        key=("name",),
        paged=False,
        prepare=plain,
        scope=SETTINGS,
    ),
    Stream(
        "predefined_voucher_series",
        path="3/predefinedvoucherseries",
        envelope="PreDefinedVoucherSeriesCollection",
        key=("name",),
        paged=False,
        prepare=plain,
        scope=SETTINGS,
    ),
    Stream(
        "voucher_file_connections",
        path="3/voucherfileconnections",
        envelope="VoucherFileConnections",
        key=("file_id", "voucher_year", "voucher_series", "voucher_number"),
        per=each_year,
        prepare=plain,
        scope="connectfile bookkeeping",
    ),
)
