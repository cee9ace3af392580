"""Chance, the same for the same seed."""

from __future__ import annotations

import random
from typing import Any

Json = dict[str, Any]


class Draw(random.Random):
    """One stream of chance for each kind of record, so that more of one kind changes no other."""

    def __init__(self, seed: int, kind: str) -> None:
        super().__init__(f"{seed} procountor {kind}")

    def percent(self, share: float) -> bool:
        """True for so many of a hundred."""
        return self.random() * 100 < share

    def cents(self, median: int) -> int:
        """An amount around `median`."""
        return max(100, round(median * self.lognormvariate(0, 0.6)))

    def digits(self, count: int) -> str:
        """So many of them."""
        return f"{self.randrange(10**count):0{count}d}"


def euros(cents: int) -> float:
    """A JSON number with at most two decimals."""
    return cents / 100


def cents(value: float) -> int:
    """Of such a number."""
    return round(value * 100)


def iban(draw: Draw) -> str:
    """A Finnish one, with the right check digits."""
    body = draw.digits(14)
    return f"FI{98 - int(body + '151800') % 97:02d}{body}"


def reference(number: int) -> str:
    """A Finnish payment reference: the number and a check digit with the weights 7, 3, 1."""
    digits = str(number)
    total = sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"
