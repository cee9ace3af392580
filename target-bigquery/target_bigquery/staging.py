"""Staging tables: those of this run, and what dead runs left behind."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions as api
from google.cloud import bigquery

from target_bigquery import evolve
from target_bigquery.errors import TargetError
from target_bigquery.jobs import LABELS, Jobs
from target_bigquery.schema import SEQUENCE, Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

log = logging.getLogger("target-bigquery")

LABEL = "singer_staging"
LIFETIME = dt.timedelta(hours=24)  # of a table that nobody drops; no version of a full table may take longer
STALE = dt.timedelta(hours=12)  # left of it when another run may drop the table


class Staging:
    """The staging tables of one dataset. Used from many threads."""

    def __init__(self, jobs: Jobs, dataset: bigquery.DatasetReference, run: str) -> None:
        self._jobs, self._dataset, self._run = jobs, dataset, run
        self._made: dict[str, bigquery.Table] = {}
        self._lock = threading.Lock()

    def new(self, live: str, serial: int, columns: Sequence[Column]) -> bigquery.Table:
        """A new table that no other run knows and that ends by itself."""
        name = f"{live}__staging_{self._run}_{serial}"
        table = bigquery.Table(self._dataset.table(name), evolve.fields(staged(columns)))
        table.expires = dt.datetime.now(dt.UTC) + LIFETIME
        table.labels = {**LABELS, LABEL: "true"}
        made: bigquery.Table = self._jobs.call(self._jobs.client.create_table, table, exists_ok=True, retry=None)
        with self._lock:
            self._made[name] = made
        return made

    def drop(self, table: bigquery.Table) -> None:
        """Drop one; it expires anyway."""
        with contextlib.suppress(api.GoogleAPICallError, TargetError):
            self._jobs.call(self._jobs.client.delete_table, table.reference, not_found_ok=True, retry=None)
        with self._lock:
            self._made.pop(table.table_id, None)

    def drop_all(self) -> None:
        """Drop what this run has staged and not committed."""
        with self._lock:
            left = list(self._made.values())
        for table in left:
            self.drop(table)

    def sweep(self, tables: Iterable[Any]) -> None:
        """Drop, of the dataset's tables, those that dead runs left behind."""
        soon = dt.datetime.now(dt.UTC) + STALE
        for item in tables:
            if LABEL in item.labels and item.expires is not None and item.expires < soon:
                log.info("dropping staging table %s of a run that is over", item.table_id)
                self.drop(item)


def is_of(item: Any, table: str) -> bool:
    """Is this one, of a list of tables, a staging table of ``table``, of whatever run?"""
    name = re.escape(table) + r"__staging_[0-9a-f]{12}_\d+"
    return LABEL in item.labels and re.fullmatch(name, item.table_id) is not None


def staged(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns of a staging table: nothing required, JSON as text, and the order of the records.

    BigQuery's Parquet loads know no JSON columns.
    """
    made = [replace(c, required=False, type="STRING" if c.type == "JSON" else c.type) for c in columns]
    if all(c.name != SEQUENCE for c in columns):
        made.append(Column(SEQUENCE, SEQUENCE, "INT64"))
    return tuple(made)
