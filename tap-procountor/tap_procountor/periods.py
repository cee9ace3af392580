"""Tracking periods: the parts in which lists by date are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tap_kit.table import Partition
from tap_kit.times import moment_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tap_kit.client import Client
    from tap_kit.table import RawRecord, Settings

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included; None has no bound.

    Attributes:
        name: what names it in the state: its first day, "before" or "after".
        stamp: its status and last change, where it is closed.
    """

    name: str
    start: date | None = None
    end: date | None = None
    stamp: str = ""

    @property
    def params(self) -> dict[str, str]:
        """Return the query parameters that ask for it."""
        bounds = {"startDate": self.start, "endDate": self.end}
        return {name: day.isoformat() for name, day in bounds.items() if day}

    def holds(self, day: date | None) -> bool:
        """Return whether a day is in it; no day counts as the first."""
        if day is None:
            return self.start is None
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def fiscal_years(client: Client) -> list[RawRecord]:
    """Return the fiscal years, newest first, as GET /fiscalyears has them."""
    years: list[RawRecord] = client.get("fiscalyears").get("fiscalYears") or []
    return years


def periods(client: Client, settings: Settings) -> Iterator[Period]:
    """Yield the tracking periods, and what lies before, between and after them; without what ends before start_date."""
    start = moment_or_none(settings.get("start_date"))
    for period in gapless(fiscal_years(client)):
        if not (start and period.end and period.end < start.date()):
            yield period


def gapless(years: list[RawRecord]) -> Iterator[Period]:
    """Yield every day once, oldest first."""
    last: date | None = None
    for found in sorted((found for year in years for found in _tracking(year)), key=lambda found: found["startDate"]):
        start, end = date.fromisoformat(found["startDate"]), date.fromisoformat(found["endDate"])
        if last is None:
            yield Period("before", end=start - _DAY)
        elif start > last + _DAY:
            yield Period((last + _DAY).isoformat(), last + _DAY, start - _DAY)
        start = max(start, last + _DAY) if last else start
        if start <= end:
            yield Period(start.isoformat(), start, end, _stamp(found))
            last = end
    yield Period("after", start=last + _DAY) if last else Period("after")


def by_period(client: Client, settings: Settings) -> Iterator[Partition]:
    """One part a period. A closed one is read again when its status or last change differ."""
    for period in periods(client, settings):
        yield Partition({"period": period.name}, period.params, stamp=period.stamp)


def checked_by(newest: Callable[[Client, Period], str]) -> Callable[[Client, Settings], Iterator[Partition]]:
    """Return the parts by period, where one request tells whether a closed one changed: what `newest` returns."""

    def parts(client: Client, settings: Settings) -> Iterator[Partition]:
        for period in periods(client, settings):
            stamp = period.stamp and f"{period.stamp} {newest(client, period)}"
            yield Partition({"period": period.name}, period.params, stamp=stamp)

    return parts


def _tracking(year: Mapping[str, Any]) -> list[RawRecord]:
    """A year without tracking periods is one."""
    alone = {**year, "status": "OPEN" if year.get("isOpen", True) else "CLOSED"}
    return year.get("trackingPeriods") or [alone]


def _stamp(found: RawRecord) -> str:
    return f"CLOSED {found.get('modified')}" if found.get("status") == "CLOSED" else ""
