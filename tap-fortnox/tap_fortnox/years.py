"""Parts of a stream: the company's financial years, the months and years of the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tap_kit.pages import PageReader
from tap_kit.table import Partition
from tap_kit.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.client import Client
    from tap_kit.table import Settings


@dataclass(frozen=True, slots=True, order=True)
class FinancialYear:
    """A financial year: its first and last day as YYYY-MM-DD, and its identifier, which says nothing about time."""

    first: str
    last: str
    id: int


def financial_years(client: Client, settings: Settings) -> list[FinancialYear]:
    """Return the financial years that end on `start_date` or later, in the order of time."""
    start = settings.get("start_date")
    since = moment(start).date().isoformat() if start else ""
    pages = PageReader(client, "3/financialyears", "FinancialYears").read({})
    years = {FinancialYear(year["FromDate"], year["ToDate"], year["Id"]) for page in pages for year in page.records}
    return sorted(year for year in years if year.last >= since)


def each_year(client: Client, settings: Settings) -> Iterator[Partition]:
    """Each financial year: without one, lists are those of the year that the user has chosen in Fortnox."""
    for year in financial_years(client, settings):
        yield Partition({"year": year.id}, {"financialyear": year.id})


def months(client: Client, settings: Settings) -> Iterator[date]:
    """The first day of each month from `start_date`, or from the first financial year, to now."""
    first, today = first_day(client, settings), datetime.now(UTC).date()
    for number in range(first.year * 12 + first.month - 1, today.year * 12 + today.month):
        yield date(number // 12, number % 12 + 1, 1)


def first_day(client: Client, settings: Settings) -> date:
    """The day of `start_date`, or the first one of the first financial year."""
    if start := settings.get("start_date"):
        return moment(start).date()
    years = financial_years(client, settings)
    return date.fromisoformat(years[0].first) if years else datetime.now(UTC).date()
