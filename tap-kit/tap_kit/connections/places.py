"""Where in the project is what belongs to one connection, unless its settings say otherwise."""

from __future__ import annotations

from pathlib import Path

LOCAL = Path(".local")
LOGS = LOCAL / "logs"
REPORTS = LOCAL / "reports"


def log(name: str) -> Path:
    """Return where the log of a connection's last run is."""
    return LOGS / f"{name}.log"


def turn(name: str) -> Path:
    """Return what a run holds a lock on, so that its log is its own."""
    return LOGS / f"{name}.lock"


def reports(name: str) -> Path:
    """Return where the reports of a connection's runs are."""
    return REPORTS / name


def tokens(name: str) -> Path:
    """Return where the sign-in of a connection is kept."""
    return LOCAL / "tokens" / f"{name}.json"
