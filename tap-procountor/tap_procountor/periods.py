"""Tracking periods: the parts in which lists by date are read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from tap_kit.pages import PageReader
from tap_kit.table import Partition
from tap_kit.times import moment_or_none

from tap_procountor.shapes import AFTER, BY_ID, RESULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_kit.api import Page
    from tap_kit.client import Client
    from tap_kit.table import RawRecord, Settings

    Day = Callable[[RawRecord], str | None]
    Newest = Callable[[Client, "Period"], str]
    Parts = Callable[[Client, Settings], Iterator[Partition]]

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included; without a bound they go on for ever.

    Attributes:
        name: what names it in the state: its first day, "before" or "after".
        stamp: its status and last change, where it is closed.
    """

    name: str
    start: date = date.min
    end: date = date.max
    stamp: str = ""

    @property
    def params(self) -> dict[str, str]:
        """Return the query parameters that ask for it."""
        bounds = {"startDate": self.start, "endDate": self.end}
        return {name: day.isoformat() for name, day in bounds.items() if day not in (date.min, date.max)}

    def holds(self, day: date) -> bool:
        """Return whether a day is in it."""
        return self.start <= day <= self.end

    def wider(self, by: timedelta) -> Period:
        """Return it with more days at both ends."""
        return replace(self, start=max(self.start, date.min + by) - by, end=min(self.end, date.max - by) + by)


def fiscal_years(client: Client) -> list[RawRecord]:
    """Return the fiscal years, newest first, as GET /fiscalyears has them."""
    years: list[RawRecord] = client.get("fiscalyears").get("fiscalYears") or []
    return years


def periods(client: Client, settings: Settings) -> Iterator[Period]:
    """Yield the tracking periods, and what lies before, between and after them; without what ends before start_date."""
    start = moment_or_none(settings.get("start_date"))
    for period in gapless(fiscal_years(client)):
        if not (start and period.end < start.date()):
            yield period


def tracking(years: list[RawRecord]) -> Iterator[Period]:
    """Yield the tracking periods of the years, oldest first, each day once; a year without any is one."""
    found = [one for year in years for one in year.get("trackingPeriods") or [_as_period(year)]]
    last = date.min
    for one in sorted(found, key=lambda one: str(one["startDate"])):
        start, end = max(date.fromisoformat(one["startDate"]), last + _DAY), date.fromisoformat(one["endDate"])
        if start <= end:
            closed = f"CLOSED {one.get('modified')}" if one.get("status") == "CLOSED" else ""
            yield Period(start.isoformat(), start, end, closed)
            last = end


def gapless(years: list[RawRecord]) -> Iterator[Period]:
    """Yield the tracking periods, and what lies before, between and after them: every day once, oldest first."""
    last: date | None = None
    for period in tracking(years):
        if last is None:
            yield Period("before", end=period.start - _DAY)
        elif period.start > last + _DAY:
            yield Period((last + _DAY).isoformat(), last + _DAY, period.start - _DAY)
        yield period
        last = period.end
    yield Period("after", start=last + _DAY if last else date.min)


@dataclass(frozen=True, slots=True)
class Dated:
    """Reads the records of a list whose day is in a period.

    Whether the filters include their own days is not documented: the list is asked for more days at both ends, and
    what is not of the period is left out.
    """

    client: Client
    path: str
    period: Period
    day: Day
    more: timedelta

    def __call__(self) -> Iterator[Page]:
        """Yield the pages."""
        pages = PageReader(self.client, self.path, RESULTS, after=AFTER)
        for page in pages.read({**self.period.wider(self.more).params, **BY_ID}):
            yield replace(page, records=[record for record in page.records if self._holds(record)])

    def _holds(self, record: RawRecord) -> bool:
        day = self.day(record)
        return self.period.holds(date.fromisoformat(day[:10]) if day else date.min)


def by_period(path: str, day: Day, *, more: timedelta = _DAY, newest: Newest | None = None) -> Parts:
    """Return the parts of a list by period.

    A closed one is read again when its status or last change differ, or what `newest` returns. That is asked for of all
    closed ones together, and of each where the answer differs from the last run's.
    """

    def parts(client: Client, settings: Settings) -> Iterator[Partition]:
        found = list(periods(client, settings))
        closed = [period for period in found if period.stamp]
        of_all = newest(client, replace(closed[-1], start=closed[0].start)) if closed and newest else ""
        for period in found:
            read, context = Dated(client, path, period, day, more), {"period": period.name}
            if period.stamp and newest:
                stamp = partial(_stamp, client, period, newest)
                yield Partition(context, read=read, stamp=stamp, seal=f"{period.stamp} {of_all}")
            else:
                yield Partition(context, read=read, stamp=period.stamp)

    return parts


def _stamp(client: Client, period: Period, newest: Newest) -> str:
    return f"{period.stamp} {newest(client, period)}"


def _as_period(year: RawRecord) -> RawRecord:
    return {**year, "status": "OPEN" if year.get("isOpen", True) else "CLOSED"}
