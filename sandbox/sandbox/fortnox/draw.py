"""What a synthetic record is made of."""

from __future__ import annotations

import random
import uuid
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")
PERCENT = 100


class Draw(random.Random):
    """Everything about one record, from its resource and number: adding others does not change it."""

    def __init__(self, seed: int, resource: str, number: int, day: str) -> None:
        super().__init__(f"{seed} {resource} {number}")
        self.number = number
        self.day = day
        """When it came to be, `YYYY-MM-DD`."""
        self.new = False
        """Whether it is made after the start."""

    def id(self) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(int=self.getrandbits(128), version=4))

    def percent(self, share: int) -> bool:
        """True for so many of a hundred."""
        return self.random() * PERCENT < share

    def ore(self, median: int) -> int:
        """An amount around `median`."""
        return max(1, round(median * self.lognormvariate(0, 0.7)))

    def turn(self, *choices: T) -> T:
        """One after the other, so that a few records show all of them."""
        return choices[self.number % len(choices)]


def kr(ore: int) -> int | float:
    """An amount as a JSON number: whole kronor have no fraction (recorded answers)."""
    return ore / PERCENT if ore % PERCENT else ore // PERCENT


def ore(amount: float) -> int:
    """The amount of a JSON number, in öre."""
    return round(amount * PERCENT)


def later(day: str, days: int) -> str:
    """So many days later, or earlier."""
    return f"{date.fromisoformat(day) + timedelta(days=days)}"


def days(start: str, end: str) -> int:
    """From one day to the other."""
    return (date.fromisoformat(end) - date.fromisoformat(start)).days
