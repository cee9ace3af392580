"""The reports of a tap in a folder: written whole, the newest hundred kept, and read back newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tap_kit.report_model import RunReport
from tap_kit.report_page import run_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT = 100  # reports of a tap in one folder


def write(folder: Path, report: RunReport) -> None:
    """Write the page, and the JSON last: who finds it finds both, and both whole. The oldest go."""
    json = msgspec.json.format(msgspec.json.encode(report))
    for suffix, content in ((".html", run_page(report).encode()), (".json", json)):
        part = folder / f"{report.name}{suffix}.part"
        part.write_bytes(content)
        part.replace(folder / f"{report.name}{suffix}")
        for old in _newest_first(folder, report.tap, suffix)[KEPT:]:
            old.unlink(missing_ok=True)


def read(path: Path) -> RunReport | None:
    """Return the report in a file, or None if it is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunReport)
    except (msgspec.DecodeError, OSError):
        return None


def reports(folder: Path, tap: str) -> Iterator[RunReport]:
    """Yield the reports of a tap in a folder, newest first. Files that are no reports are left alone."""
    yield from filter(None, map(read, _newest_first(folder, tap, ".json")))


def _newest_first(folder: Path, tap: str, suffix: str) -> list[Path]:
    return sorted(folder.glob(f"{tap}-[0-9]*Z{suffix}"), reverse=True)
