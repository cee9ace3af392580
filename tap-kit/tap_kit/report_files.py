"""The reports of a tap in a folder: written whole, the newest hundred kept, and read back newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec

from tap_kit.report_model import RunReport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT = 100  # reports of a tap in one folder


def write(folder: Path, report: RunReport) -> None:
    """Write a report; the oldest go, each after its page."""
    replace(folder / f"{report.name}.json", msgspec.json.format(msgspec.json.encode(report)))
    for old in _newest_first(folder, report.tap)[KEPT:]:
        old.with_suffix(".html").unlink(missing_ok=True)
        old.unlink(missing_ok=True)


def replace(path: Path, content: bytes) -> None:
    """Write a file whole, whoever else writes it at the same time."""
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read(path: Path) -> RunReport | None:
    """Return the report in a file, or None if it is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunReport)
    except (msgspec.DecodeError, OSError):
        return None


def reports(folder: Path, tap: str) -> Iterator[RunReport]:
    """Yield the reports of a tap in a folder, newest first. Files that are no reports are left alone."""
    yield from filter(None, map(read, _newest_first(folder, tap)))


def _newest_first(folder: Path, tap: str) -> list[Path]:
    return sorted(folder.glob(f"{tap}-[0-9]*Z.json"), reverse=True)
