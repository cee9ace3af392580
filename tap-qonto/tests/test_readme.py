"""What the README says of streams and columns is what the code does."""

from __future__ import annotations

from pathlib import Path

from tap_kit.readme import columns, updated
from tap_qonto.streams import STREAMS

FOLDER = Path(__file__).parent.parent


def test_the_tables_are_as_the_code_makes_them() -> None:
    """If not: python -m tap_kit.readme tap_qonto tap-qonto."""
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert readme == updated(readme, STREAMS, "tap_qonto")
    assert (FOLDER / "COLUMNS.md").read_text("utf-8") == columns(STREAMS, "tap_qonto")
