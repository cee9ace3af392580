"""Balances of the accounts at the start and the end of each financial year, from its SIE file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tap_kit.api import Page
from tap_kit.errors import VendorChangedError
from tap_kit.table import Partition
from tap_kit.times import now_text

from tap_fortnox.sie import parse
from tap_fortnox.sie_files import BALANCES
from tap_fortnox.years import financial_years

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.client import Client
    from tap_kit.table import Settings

    from tap_fortnox.years import FinancialYear


def balances_of_years(client: Client, settings: Settings) -> Iterator[Partition]:
    """Each financial year: one request for all its accounts, where their details would take one for each account."""
    for year in financial_years(client, settings):
        yield Partition({"year": year.id}, read=partial(_balances, client, year))


def _balances(client: Client, year: FinancialYear) -> Iterator[Page]:
    try:
        file = parse(client.get_bytes(f"3/sie/{BALANCES}", {"financialyear": year.id}))
    except ValueError as error:
        raise VendorChangedError(
            f"Fortnox answered with no SIE file that can be read (GET 3/sie/{BALANCES})"
        ) from error
    if file.first_day != year.first:
        raise VendorChangedError(f"Fortnox answered with another year's SIE file (GET 3/sie/{BALANCES})")
    accounts = sorted(file.opening.keys() | file.closing.keys() | file.results.keys())
    records = [
        {
            "Year": year.id,
            "Account": account,
            "Name": file.accounts.get(account),
            "OpeningBalance": file.opening.get(account),
            "ClosingBalance": file.closing.get(account),
            "Result": file.results.get(account),
        }
        for account in accounts
    ]
    yield Page(records, received_at=now_text())
