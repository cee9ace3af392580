"""Peak memory of the target for more and more records of 20 columns, written into a pipe while it reads.

python target-bigquery/benchmarks/memory.py [counts, default 100000 1000000 10000000]
"""

# ruff: noqa: INP001, T201

from __future__ import annotations

import os
import sys
import tempfile
import threading
from pathlib import Path

from shapes import SHAPES, write
from speed import ours


def main(counts: list[int]) -> None:
    """Print CPU seconds and peak MiB for each count."""
    print(f"{'records':>10} {'CPU s':>7} {'MiB':>5}")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            pipe = Path(folder) / "input"
            os.mkfifo(pipe)
            tap = threading.Thread(target=write, args=(pipe, SHAPES["plain"], count))
            tap.start()
            cpu, memory = ours(pipe, Path(folder))
            tap.join()
        print(f"{count:>10,} {cpu:>7.2f} {memory:>5}", flush=True)


if __name__ == "__main__":
    main([*map(int, sys.argv[1:])] or [100_000, 1_000_000, 10_000_000])
