"""What a run report holds: names, counts, moments and one-line errors. No value of a record, no secret, no query."""

from datetime import datetime
from typing import Literal

import msgspec

from tap_kit.ending import State
from tap_kit.tally import Mark


class Fault(msgspec.Struct, frozen=True):
    """What a column and the vendor do not agree about.

    Attributes:
        kind: `undeclared` (no schema has it), `withheld` (declared and sent, but not chosen), `missing` (chosen, and
            in no record that came), `unfit` (values that their column cannot take) or `no right` (values that the
            credentials may not see).
        column: the path of names, with dots.
        type: of an undeclared field, what came; of an unfit one, what was expected.
        times: how many values came so; none of what is missing.
    """

    kind: Literal["undeclared", "withheld", "missing", "unfit", "no right"]
    column: str
    type: str = ""
    times: int = 0


class StreamReport(msgspec.Struct, frozen=True, kw_only=True):
    """One stream of a run; the counts are those of `tap_kit.tally.Tally`.

    Attributes:
        state: `read`, `in part` (some of its parts were refused), `skipped`, `not begun`, or as the run ended in it.
        received: records on the pages that came; a page that was asked for twice counts twice.
    """

    name: str
    state: str
    started: datetime | None
    seconds: float
    requests: int
    retries: int
    limited: int
    received: int
    before_start: int
    rows: int
    deleted: int
    announced: int | None
    listed: int
    before: Mark
    after: Mark
    refused: dict[str, int]
    drift: list[Fault]


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    Attributes:
        state: `ok`, `failed` or `interrupted`.
        error: why, in one line.
        limited: how often the vendor answered 429.
        waited: seconds that requests waited for the rate limit, all added up.
        days_left: days until somebody has to sign in again, where that is known.
    """

    tap: str
    version: str
    started: datetime
    ended: datetime
    state: State
    error: str
    exit_code: int
    requests: int
    retries: int
    limited: int
    waited: float
    days_left: int | None = None
    streams: list[StreamReport]

    def faults(self) -> list[tuple[str, Fault]]:
        """What columns and the vendor did not agree about, each with the stream."""
        return [(stream.name, fault) for stream in self.streams for fault in stream.drift]

    @property
    def name(self) -> str:
        """The name of the report's files, which sort as the runs began."""
        return f"{self.tap}-{self.started:%Y%m%dT%H%M%S}.{self.started.microsecond:06}Z"
