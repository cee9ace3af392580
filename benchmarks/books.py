"""How close to the allowed rate tap-fortnox and tap-procountor read, and what a run without changes asks for.

make bench: every figure is of one run on this machine. `python benchmarks/books.py 5000 20000` reads so many documents
of each kind from Fortnox and from Procountor; most of the time is waiting for what the vendors allow.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from measure import tap
from rich.console import Console
from rich.table import Table
from tap_fortnox.api import PER_WINDOW
from tap_procountor.api import REQUESTS_PER_SECOND

from sandbox import Sandbox

if TYPE_CHECKING:
    from measure import Measured, Tap
    from sandbox.endpoint import VendorControl

LATENCY_MS = 150
FORTNOX, PROCOUNTOR = 500, 20_000


def fortnox(sandbox: Sandbox, documents: int) -> None:
    """So many invoices, and as many vouchers in every year."""
    sandbox.fortnox.settings(sizes={"invoices": documents, "vouchers": documents})


def procountor(sandbox: Sandbox, documents: int) -> None:
    """So many invoices, and as many receipts."""
    sandbox.procountor.settings(sizes={"invoices": documents, "ledger_receipts": documents})
    sandbox.procountor.limit((REQUESTS_PER_SECOND, 1.0))


def two_runs(reader: Tap, vendor: VendorControl, rate: float, table: Table) -> None:
    """Measure a first run and one without changes."""
    for run in ("first", "without changes"):
        before = len(vendor.log())
        done: Measured = reader.run(vendor.environment())
        asked = vendor.log()[before:]
        refused = sum(entry["status"] == 429 for entry in asked)  # noqa: PLR2004 - Too Many Requests
        ideal = len(asked) / rate
        table.add_row(
            run, str(len(asked)), str(refused), f"{done.wall:.0f}", f"{ideal:.0f}", f"{done.wall / ideal:.2f}"
        )
        paths = Counter(entry["path"].rstrip("0123456789,") for entry in asked)
        table.caption = ", ".join(f"{path} {n}" for path, n in paths.most_common(4))


def main(of_fortnox: int = FORTNOX, of_procountor: int = PROCOUNTOR) -> None:
    """Print one table a vendor."""
    console = Console(soft_wrap=True)
    columns = ("run", "requests", "429", "seconds", "requests ÷ allowed rate", "ratio")
    with Sandbox(transactions=0, latency_ms=LATENCY_MS) as sandbox:
        now = (datetime.now(UTC) - datetime.fromisoformat(sandbox.now())).total_seconds()
        sandbox.advance_clock(now + 7200)  # what was made at the start is older than any overlap
        fortnox(sandbox, of_fortnox)
        table = Table(*columns, title=f"Fortnox: {of_fortnox:,} invoices, {of_fortnox:,} vouchers a year")
        with tap("tap-fortnox", "invoices", "vouchers") as reader:
            two_runs(reader, sandbox.fortnox, PER_WINDOW / 5, table)
        console.print(table)
    with Sandbox(transactions=0, latency_ms=LATENCY_MS) as sandbox:
        procountor(sandbox, of_procountor)
        table = Table(*columns, title=f"Procountor: {of_procountor:,} invoices, {of_procountor:,} ledger receipts")
        with tap("tap-procountor", "invoices", "ledger_receipts") as reader:
            two_runs(reader, sandbox.procountor, REQUESTS_PER_SECOND, table)
        console.print(table)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
