"""What a run did, in lines for the log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from target_bigquery.batch import Result

FIGURES = ("records", "rows", "unchanged", "rejected", "erased")

log = logging.getLogger("target-bigquery")


def report(results: Mapping[str, Result], jobs: Counter[str], seconds: float) -> None:
    """One line a stream that had records, one for the run."""
    for name, result in results.items():
        if result.records or result.rejected or result.erased:
            log.info(
                "stream %s: records=%d committed=%d unchanged=%d rejected=%d erased=%d "
                "load_jobs=%d commits=%d bytes=%d",
                name,
                result.records,
                result.rows,
                result.unchanged,
                result.rejected,
                result.erased,
                result.loads,
                result.commits,
                result.bytes,
            )
    log.info(
        "run: streams=%d records=%d committed=%d unchanged=%d rejected=%d erased=%d load_jobs=%d query_jobs=%d "
        "bytes=%d bytes_billed=%d slot_ms=%d seconds=%.1f",
        len(results),
        *(sum(getattr(r, field) for r in results.values()) for field in FIGURES),
        jobs["load"],
        jobs["query"],
        sum(r.bytes for r in results.values()),
        jobs["bytes_billed"],
        jobs["slot_ms"],
        seconds,
    )
