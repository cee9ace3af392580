"""Runs that ended before their tap could tell of them: Meltano refused, or what it starts was not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_kit.connections.places import reports as place
from tap_kit.report_files import reports, write
from tap_kit.report_model import RunReport

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from tap_kit.connections.file import Connection
    from tap_kit.connections.runs import Ended

_SIGNALLED = 128


def told(connections: Iterable[Connection], ended: Ended) -> None:
    """Leave a report of a run that failed, if its tap left none: else the page about all would have the run before.

    Raises:
        OSError: it cannot be written.
    """
    (connection,) = (one for one in connections if one.name == ended.name)
    folder = place(connection.name)
    if not ended.code or "report_dir" in connection.settings or _told(folder, connection.tap, ended.started):
        return
    folder.mkdir(parents=True, exist_ok=True)
    write(
        folder,
        RunReport(
            tap=connection.tap,
            version="",
            started=ended.started,
            ended=ended.ended,
            state="interrupted" if ended.code > _SIGNALLED else "failed",
            error=f"the run ended before the tap could report: {ended.why}",
            exit_code=ended.code,
            requests=0,
            retries=0,
            limited=0,
            waited=0,
            streams=[],
        ),
    )


def _told(folder: Path, tap: str, since: datetime) -> bool:
    newest = next(reports(folder, tap), None)
    return newest is not None and newest.started >= since
