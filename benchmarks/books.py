"""How close to the allowed rate tap-fortnox and tap-procountor read, and what a run without changes asks for.

make bench: every figure is of one run on this machine. `python benchmarks/books.py 5000 20000` reads so many documents
of each kind from Fortnox and from Procountor; most of the time is waiting for what the vendors allow.
"""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from measure import tap
from rich.console import Console
from rich.table import Table
from tap_procountor.api import REQUESTS_PER_SECOND

from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Tap
    from sandbox.endpoint import VendorControl

LATENCY_MS = 150
FORTNOX, PROCOUNTOR = 500, 20_000
ALLOWED_BY_FORTNOX = 25 / 5  # requests a second; the tap leaves one of the 25 out
COLUMNS = ("run", "requests", "429", "seconds", "requests ÷ allowed rate", "ratio", "requests for 1,000 documents")
TOO_MANY = 429


@contextmanager
def fortnox(documents: int) -> Iterator[VendorControl]:
    """A company with so many invoices, and as many vouchers in all years together."""
    with Sandbox(transactions=0, latency_ms=LATENCY_MS) as sandbox:
        now = (datetime.now(UTC) - datetime.fromisoformat(sandbox.now())).total_seconds()
        sandbox.advance_clock(now + 7200)  # what was made at the start is older than any overlap
        sandbox.fortnox.settings(sizes={"invoices": documents, "vouchers": documents})
        yield made(sandbox.fortnox, "vouchers")


@contextmanager
def procountor(documents: int) -> Iterator[VendorControl]:
    """A company with so many invoices, and as many receipts."""
    with Sandbox(transactions=0, latency_ms=LATENCY_MS) as sandbox:
        sandbox.procountor.settings(sizes={"invoices": documents, "ledger_receipts": documents})
        sandbox.procountor.limit((REQUESTS_PER_SECOND, 1.0))
        yield made(sandbox.procountor, "ledger_receipts")


def made(vendor: VendorControl, resource: str) -> VendorControl:
    """Have the company made before the clock runs: a vendor does not search its records for garbage, either."""
    vendor.records(resource)
    gc.collect()
    gc.freeze()
    return vendor


class Figures:
    """A table of runs that read so many documents from a vendor who allows so many requests a second."""

    def __init__(self, title: str, rate: float, documents: int) -> None:
        self.table = Table(*COLUMNS, title=title)
        self._rate = rate
        self._documents = documents

    def add(self, run: str, reader: Tap, vendor: VendorControl) -> None:
        """Run the tap, and add a line."""
        before = len(vendor.log())
        seconds = reader.run(vendor.environment()).wall
        asked = vendor.log()[before:]
        refused = sum(entry["status"] == TOO_MANY for entry in asked)
        ideal, each = len(asked) / self._rate, len(asked) / self._documents * 1000
        self.table.add_row(
            *(run, str(len(asked)), str(refused), f"{seconds:.1f}"),
            *(f"{ideal:.1f}", f"{seconds / ideal:.2f}", f"{each:.0f}"),
        )


def main(of_fortnox: int = FORTNOX, of_procountor: int = PROCOUNTOR) -> None:
    """Print one table a vendor, and one of the ledger by SIE files against voucher by voucher."""
    console = Console(soft_wrap=True)

    figures = Figures(f"Fortnox: {of_fortnox:,} invoices, {of_fortnox:,} vouchers", ALLOWED_BY_FORTNOX, 2 * of_fortnox)
    with fortnox(of_fortnox) as vendor, tap("tap-fortnox", "invoices", "vouchers") as reader:
        for run in ("first", "without changes"):
            figures.add(run, reader, vendor)
    console.print(figures.table)

    figures = Figures(f"Fortnox: the first run of the ledger, {of_fortnox:,} vouchers", ALLOWED_BY_FORTNOX, of_fortnox)
    with fortnox(of_fortnox) as vendor:
        vendor.mutate("lock", until=f"{datetime.now(UTC).year - 1}-12-31")  # only this year is open
        for run, settings in (("by SIE files", {}), ("voucher by voucher", {"refused": {"sie": "right"}})):
            vendor.settings(sizes={"invoices": of_fortnox, "vouchers": of_fortnox}, **settings)
            with tap("tap-fortnox", "vouchers") as reader:
                figures.add(run, reader, vendor)
    console.print(figures.table)

    figures = Figures(
        f"Procountor: {of_procountor:,} invoices, {of_procountor:,} ledger receipts",
        REQUESTS_PER_SECOND,
        2 * of_procountor,
    )
    with procountor(of_procountor) as vendor, tap("tap-procountor", "invoices", "ledger_receipts") as reader:
        for run in ("first", "without changes"):
            figures.add(run, reader, vendor)
    console.print(figures.table)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
