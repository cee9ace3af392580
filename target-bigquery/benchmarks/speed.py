"""CPU and memory of the target alone, in several shapes of data, next to other targets and to the floor.

    python target-bigquery/benchmarks/speed.py [records, default 500000]

The far side accepts everything and keeps nothing, so what is measured is reading, checking, converting, compressing
and sending. Prints records per CPU second of the process, with its start, and its peak memory. A target that cannot be
installed on this machine is named and left out.
"""

# ruff: noqa: INP001, T201

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import peers
from measure import measure
from shapes import write
from target_bigquery.testing import Sink

COMMAND = Path(sys.executable).with_name("target-bigquery")
FLOORS = {"lines": "lines, nothing else", "envelope": "envelopes", "arrow": "pyarrow's JSON reader, nothing written"}


def ours(given: Path, folder: Path) -> tuple[float, int]:
    """This target, with its defaults."""
    with Sink() as sink:
        config = folder / "config.json"
        config.write_text(json.dumps({"project": "p", "dataset": "d", "api_endpoint": sink.url}))
        return measure([COMMAND, "--config", config], given, folder)


def row(name: str, records: int, cpu: float, memory: int, best: float | None = None) -> float:
    """Print a line; records per CPU second."""
    rate = records / cpu
    ratio = f"{best / rate:6.1f} x" if best else ""
    print(f"{name:44} {records:>9,} {cpu:7.2f} {rate:>10,.0f} {memory:>6} {ratio:>9}", flush=True)
    return rate


def main(count: int) -> None:
    """Make the input, run everything over it, print what it took."""
    print(f"{'':44} {'records':>9} {'CPU s':>7} {'per CPU s':>10} {'MiB':>6} {'we: x':>9}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = folder / "input"
        for shape in ("small", "many", "turns", "spaced", "json", "versioned", "plain"):
            records = write(given, shape, count)
            rate = row(f"target-bigquery, {shape}", records, *ours(given, folder))
        for mode, what in FLOORS.items():
            command = [sys.executable, Path(__file__).with_name("floor.py"), mode]
            row(f"floor: {what}", records, *measure(command, given, folder), rate)
        for peer in peers.PEERS:
            try:
                records = write(given, "plain", min(count, peer.records))
                row(peer.package, records, *peers.run(peer, given, folder), rate)
            except RuntimeError as error:
                print(f"{peer.package:44} not measured: {error}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
