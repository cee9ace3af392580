"""CPU and memory of the target alone, in many shapes of data, next to other targets and to the floor.

    python target-bigquery/benchmarks/speed.py [records, default 500000]

The far side accepts everything and keeps nothing, so what is measured is reading, checking, converting, compressing
and sending. Prints records and MB of input per CPU second of the process, with its start, and its peak memory. A
target that cannot be installed on this machine is named and left out.
"""

# ruff: noqa: INP001, T201

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import peers
from measure import Used, measure
from shapes import SHAPES, write
from target_bigquery.testing import Sink

COMMAND = Path(sys.executable).with_name("target-bigquery")
FLOORS = {"lines": "lines, nothing else", "envelope": "envelopes", "arrow": "pyarrow's JSON reader, nothing written"}


def ours(given: Path, folder: Path, **settings: Any) -> Used:
    """What this target takes."""
    with Sink() as sink:
        config = folder / "config.json"
        config.write_text(json.dumps({"project": "p", "dataset": "d", "api_endpoint": sink.url} | settings))
        return measure([COMMAND, "--config", config], given, folder)


def row(name: str, records: int, size: int, used: Used, best: float | None = None) -> float:
    """Print a line; records per CPU second. ``size``: bytes of the input."""
    cpu, memory = used
    rate = records / cpu
    ratio = f"{best / rate:6.1f} x" if best else ""
    speed = f"{rate:>10,.0f} {size / cpu / 1e6:>6.0f}"
    print(f"{name:48} {records:>9,} {cpu:7.2f} {speed} {memory:>5} {ratio:>9}", flush=True)
    return rate


def main(count: int) -> None:
    """Make the input, run everything over it, print what it took."""
    print(f"{'':48} {'records':>9} {'CPU s':>7} {'per CPU s':>10} {'MB':>6} {'MiB':>5} {'we: x':>9}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = folder / "input"

        def shown(what: str, shape: str) -> float:
            records = write(given, SHAPES[shape], count)
            return row(what, records, given.stat().st_size, ours(given, folder, **SHAPES[shape].settings))

        for shape, of in SHAPES.items():
            shown(of.what, shape)
        rate = shown("orders again", "plain")
        for mode, what in FLOORS.items():
            command = [sys.executable, Path(__file__).with_name("floor.py"), mode]
            row(f"floor: {what}", count, given.stat().st_size, measure(command, given, folder), rate)
        for peer in peers.PEERS:
            try:
                records = write(given, SHAPES["plain"], min(count, peer.records))
                row(peer.package, records, given.stat().st_size, peers.run(peer, given, folder), rate)
            except RuntimeError as error:
                print(f"{peer.package:48} not measured: {error}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
