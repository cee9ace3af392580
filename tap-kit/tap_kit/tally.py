"""What reading one stream took and brought, counted while it is read: for the log and the run report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_kit.api import Page


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a stream was read, as its state says.

    Attributes:
        moment: up to when; of several parts the earliest. Empty where the state holds no moment.
        newest: the latest of several parts, where it is another.
        parts: how many parts have a bookmark.
        known: how many listed records the state remembers.
    """

    moment: str = ""
    newest: str = ""
    parts: int = 0
    known: int = 0


NOTHING = Mark()


@dataclass
class Tally:
    """The counts of one stream. The main thread writes them, any may read them.

    Attributes:
        started: when reading began; None if it did not.
        ended: when it ended, however it did.
        complete: whether it was read to its end, but for what is in `refused`.
        before_start: records that `start_date` leaves out.
        rows: RECORD messages written.
        deleted: those of them that say that a record is gone.
        announced: how many records the vendor said there are; None where it does not say.
        listed: how many came of the lists that it said it of.
        total: how many records the last page that came says its list has; None where it does not say.
        came: records on the pages that were worked on.
        refused: why the stream, or so many parts of it, could not be read.
        before: how far it was read before the run.
        saved: how far it was read by the last STATE.
        spent: requests, retries, records on the pages that came and so on, as the client counts them.
    """

    started: datetime | None = None
    ended: datetime | None = None
    complete: bool = False
    before_start: int = 0
    rows: int = 0
    deleted: int = 0
    announced: int | None = None
    listed: int = 0
    total: int | None = None
    came: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    before: Mark = NOTHING
    saved: Mark = NOTHING
    spent: Counter[str] = field(default_factory=Counter)

    def begin(self, counts: Counter[str], mark: Mark) -> None:
        """Note that reading begins, what the client has counted so far, and how far the stream was read before."""
        self.started, self.spent = datetime.now(UTC), Counter(counts)
        self.before = self.saved = mark

    def end(self, counts: Counter[str]) -> None:
        """Note that reading ended."""
        self.ended, self.spent = datetime.now(UTC), Counter(counts) - self.spent

    def page(self, page: Page) -> None:
        """Add a page that is worked on."""
        self.total, self.came = page.total, self.came + len(page.records)

    def compare(self, announced: int | None, listed: int) -> None:
        """Add a list that was read to its end: how many records it announced, if it did, and how many came."""
        if announced is not None:
            self.announced = (self.announced or 0) + announced
            self.listed += listed

    def compare_anew(self) -> None:
        """Forget the totals, as the stream is read again."""
        self.announced, self.listed = None, 0

    @property
    def seconds(self) -> float:
        """How long reading took, or has taken so far."""
        return ((self.ended or datetime.now(UTC)) - self.started).total_seconds() if self.started else 0.0


def mark_of(state: Mapping[str, Any]) -> Mark:
    """Return how far a stream was read by its entry in the Singer state."""
    entries = [entry for entry in (state.get("partitions") or [state]) if entry.keys() - {"context"}]
    moments = [entry["replication_key_value"] for entry in entries if entry.get("replication_key_value")]
    earliest, latest = min(moments, default=""), max(moments, default="")
    known = sum(len(entry.get("seen", ())) for entry in entries)
    return Mark(earliest, latest if latest != earliest else "", len(entries), known)
