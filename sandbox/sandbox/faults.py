"""Rules that make chosen requests go wrong."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.log import Entry


class Action(msgspec.Struct, tag_field="kind", tag=str.lower, forbid_unknown_fields=True):
    """What happens to the request."""


class Answer(Action):
    """This status instead of the vendor's answer."""

    status: int
    body: Literal["error", "html", "empty"] | dict[str, Any] = "error"
    """The vendor's JSON for an error, a sign-on page, nothing, or this JSON object."""
    headers: dict[str, str] = {}


class Delay(Action):
    """The vendor's answer, late."""

    seconds: float


class Dribble(Action):
    """The vendor's answer in small pieces, spread over this time."""

    seconds: float


class Duplicate(Action):
    """The vendor's answer with every record of its list twice."""


class Hang(Action):
    """No answer, on an open connection."""


class Lose(Action):
    """The vendor does what was asked, and the connection is reset instead of its answer."""


class Mutate(Action):
    """The vendor's answer, and a mutation of the company just before or just after it was made."""

    mutation: dict[str, Any]
    when: Literal["before", "after"] = "after"


class Reset(Action):
    """The connection is reset without an answer."""


class Stale(Action):
    """The answer that the same path gave the last time, whatever was asked."""


class Truncate(Action):
    """Half of the vendor's answer, then the connection closes."""


class Match(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Which requests: glob patterns, query values that must be there, and a chance."""

    method: str = "*"
    path: str = "*"
    query: dict[str, str] = {}
    probability: float = 1.0

    def fits(self, entry: Entry, dice: np.random.Generator) -> bool:
        """Whether the rule means this request."""
        return (
            fnmatchcase(entry.method, self.method)
            and fnmatchcase(entry.path, self.path)
            and all(value in entry.query.get(key, ()) for key, value in self.query.items())
            and dice.random() < self.probability
        )


class Rule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Do this to the matching requests number `nth`, `nth`+1, … `times` times; None: for ever."""

    do: Answer | Delay | Dribble | Duplicate | Hang | Lose | Mutate | Reset | Stale | Truncate
    match: Match = Match()
    nth: int = 1
    times: int | None = 1


class Faults:
    """The rules in force. The first one that fires decides; every rule counts its own matches."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.set(())

    def set(self, rules: Iterable[Rule]) -> None:
        """Replace all rules, with counts at zero and the chances from the start."""
        self.rules = tuple(rules)
        self._seen = [0] * len(self.rules)
        self._dice = np.random.default_rng(self._seed)

    def find(self, entry: Entry) -> Action | None:
        """The action for this request."""
        found: Action | None = None
        for position, rule in enumerate(self.rules):
            if not rule.match.fits(entry, self._dice):
                continue
            self._seen[position] += 1
            turn = self._seen[position] - rule.nth
            if found is None and turn >= 0 and (rule.times is None or turn < rule.times):
                found = rule.do
        return found
