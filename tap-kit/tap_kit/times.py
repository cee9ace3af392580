"""Moments, as text in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

_LONGEST = len("2026-01-01T00:00:00.000000Z")  # BigQuery keeps six digits of a second and refuses a seventh


def moment(text: str, zone: tzinfo = UTC) -> datetime:
    """Parse an ISO 8601 date-time or date; one without an offset is of the given zone.

    Raises:
        ValueError: it is neither.
    """
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def moment_or_none(text: object) -> datetime | None:
    """Parse a moment as `moment` does; None for anything that is none."""
    try:
        return moment(text) if isinstance(text, str) else None
    except ValueError:
        return None


def utc_text(text: str, zone: tzinfo = UTC) -> str:
    """Return the moment in UTC, ending in Z; text that already is so stays as it is."""
    value = moment(text, zone)
    if text[-1] == "Z" and text[10] == "T" and len(text) <= _LONGEST:
        return text
    return utc(value)


def utc(value: datetime) -> str:
    """Write a moment in UTC, ending in Z."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def now_text() -> str:
    """Return the present moment in UTC, ending in Z."""
    return utc(datetime.now(UTC))


def duration(seconds: float) -> str:
    """Return a length of time for people."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min {rest:02} s"  # noqa: PLR2004
