"""What a stored record is made of, and how it is written into an answer."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Literal

from sandbox.clock import iso, milliseconds
from sandbox.qonto.records import money

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]
SUMMER = timezone(timedelta(hours=2))
"""The documentation writes invoices in this zone, in winter too."""


class Moment(int):
    """Milliseconds since 1970; each resource has its own way to write it."""

    def date(self, days: int = 0) -> str:
        """The day, or one so many days later."""
        return f"{datetime.fromtimestamp(self / 1000, UTC) + timedelta(days=days):%Y-%m-%d}"

    def later(self, days: float) -> Moment:
        """So many days later, or earlier."""
        return Moment(self + round(days * 86_400) * 1000)


def moment(text: str) -> Moment:
    """Of a time as a transaction has it."""
    return Moment(milliseconds(text))


@dataclass(frozen=True)
class File:
    """A document that is served; written as a link, another one every time."""

    id: str
    name: str
    size: int


def document(number: str, name: str, size: int) -> Json:
    """What the API tells about a file. The size is a number, in text."""
    return {
        "file_name": name,
        "file_size": str(size),
        "file_content_type": "application/pdf",
        "url": File(number, name, size),
    }


Style = Literal["milliseconds", "seconds", "offset"]
STYLES: dict[Style, Callable[[int], str]] = {
    "milliseconds": iso,
    "seconds": lambda ms: f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}",
    "offset": lambda ms: datetime.fromtimestamp(ms // 1000, SUMMER).isoformat(),
}
"""`…:31.123Z`, `…:31Z`, `…:31+02:00`."""


def written(value: Any, style: Style, link: Callable[[File], str]) -> Any:
    """As it goes out: without the keys that begin with an underscore, which only the sandbox knows."""
    match value:
        case Moment():
            return STYLES[style](value)
        case File():
            return link(value)
        case dict():
            return {key: written(item, style, link) for key, item in value.items() if key[0] != "_"}
        case list():
            return [written(item, style, link) for item in value]
        case _:
            return value


class Draw(random.Random):
    """Everything about one record, from its resource and number: adding others does not change it."""

    def __init__(self, seed: int, resource: str, number: int) -> None:
        super().__init__(f"{seed} {resource} {number}")
        self.number = number
        self.created = self.updated = Moment(0)

    def id(self) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(int=self.getrandbits(128), version=4))

    def percent(self, share: int) -> bool:
        """True for so many of a hundred."""
        return self.random() * 100 < share

    def cents(self, median: int) -> int:
        """An amount around `median`."""
        return max(1, round(median * self.lognormvariate(0, 0.7)))

    def turn(self, *choices: Any) -> Any:
        """One after the other, so that a few records show all of them."""
        return choices[self.number % len(choices)]


def decimal(cents: int) -> str:
    """`"12.52"`."""
    return f"{cents // 100}.{cents % 100:02d}"


def numbers(name: str, cents: int | None) -> Json:
    """Money of the bank's older endpoints: a JSON number, and cents."""
    return {name: None if cents is None else money(cents), f"{name}_cents": cents}


def amount(cents: int, currency: str = "EUR") -> Json:
    """Money of invoices and payment links: text and a currency."""
    return {"value": decimal(cents), "currency": currency}


def amounts(name: str, cents: int, currency: str = "EUR") -> Json:
    """The same with the cents beside it."""
    return {name: amount(cents, currency), f"{name}_cents": cents}
