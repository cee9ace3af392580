"""The other half of a run: what a target says it loaded, in a file of its own beside the tap's report.

A target knows nothing of the tap it loads from, and ends after it. Their reports meet in one folder, and belong
together by when they ran: a connection is loaded by one run at a time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec

from tap_kit.ending import State
from tap_kit.report_model import RunReport

_APART = timedelta(minutes=1)  # a tap that fails at once is gone before its target has started


class StreamLoad(msgspec.Struct, frozen=True, kw_only=True):
    """One stream; the README of target-bigquery says what the counts are."""

    name: str
    started: datetime
    ended: datetime | None
    records: int
    committed: int
    unchanged: int
    rejected: int
    erased: int
    load_jobs: int
    query_jobs: int
    bytes_billed: int


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a target; what else is in its file is left alone."""

    target: str
    dataset: str
    started: datetime
    ended: datetime
    state: State
    error: str
    load_jobs: int
    query_jobs: int
    bytes_billed: int
    streams: list[StreamLoad]


def loads(folder: Path) -> list[Load]:
    """Return what targets left in a folder, oldest first. Files that are no such report are left alone."""
    found = []
    for path in sorted(folder.glob("target-*Z.json")):
        try:
            found.append(msgspec.json.decode(path.read_bytes(), type=Load))
        except (msgspec.DecodeError, OSError):  # or gone since it was listed
            continue
    return found


def paired(runs: Sequence[RunReport], found: Iterable[Load]) -> dict[str, Load]:
    """Return the load of each run that has one, by the run's name: each load belongs to the run that it is nearest.

    Of several, as after a tap whose settings were wrong and that left no report, the nearest counts.
    """
    pairs: dict[str, Load] = {}
    for load in found:
        nearest = min(runs, key=lambda run: _distance(run, load), default=None)
        if nearest and _apart(nearest, load) < _APART:
            pairs[nearest.name] = min(pairs.get(nearest.name, load), load, key=partial(_distance, nearest))
    return pairs


def _distance(run: RunReport, load: Load) -> tuple[timedelta, timedelta]:
    return _apart(run, load), abs(run.started - load.started)


def _apart(run: RunReport, load: Load) -> timedelta:
    """Return the time between the two, none where they ran at the same time."""
    return max(run.started - load.ended, load.started - run.ended, timedelta())
