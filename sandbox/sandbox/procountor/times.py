"""Moments as Procountor writes them: Finnish time, to the second, without a zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")


def local(ms: int) -> str:
    """`2026-06-30T15:00:00` of milliseconds since 1970. One hour of each autumn comes twice."""
    return datetime.fromtimestamp(ms // 1000, HELSINKI).isoformat()[:19]


def at(day: date, second: int) -> str:
    """So many seconds into a day."""
    return f"{day.isoformat()}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def later(day: str, days: int) -> str:
    """The date so many days after another, or before it."""
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def month_end(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
