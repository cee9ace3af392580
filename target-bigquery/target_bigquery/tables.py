"""Datasets and tables: created, fitted to the columns of a stream, cleaned up."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions as api
from google.cloud import bigquery
from google.cloud.bigquery.table import PrimaryKey, TableConstraints

from target_bigquery import commit, erasures, evolve
from target_bigquery.errors import TargetError
from target_bigquery.job import JobFailedError, NotWidenedError, job_id
from target_bigquery.jobs import LABELS, Jobs
from target_bigquery.schema import DELETED_AT, Column
from target_bigquery.sql import quote
from target_bigquery.staging import Staging

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_bigquery.settings import Settings

log = logging.getLogger("target-bigquery")

ATTEMPTS = 5  # at a table that others change at the same time


@dataclass(frozen=True)
class Layout:
    """How a new table is laid out; ``partitioned`` names a column, or is empty for the time of ingestion."""

    partitioned: str | None = None
    granularity: str = "DAY"
    clustered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """The table of a stream as its SCHEMA describes it; ``keys`` are column names."""

    stream: str
    table: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    description: str
    hard_delete: bool = False
    log: bool = False  # every record is a row, whatever its key
    layout: Layout = Layout()
    dataset: str = ""  # of a stream's own table

    @property
    def primary_key(self) -> tuple[str, ...]:
        """What BigQuery may take as unique: its optimizer trusts the declaration."""
        return () if self.log else self.keys

    @property
    def deleted(self) -> str | None:
        """The column that is set where a record is a tombstone."""
        return next((c.name for c in self.columns if c.source == DELETED_AT), None)


class Warehouse:
    """One dataset."""

    def __init__(self, jobs: Jobs, settings: Settings, run: str) -> None:
        self.jobs, self.dataset, self.run = jobs, settings.dataset, run
        self._location, self._labels = settings.location, settings.dataset_labels
        self._lifetime, self._erasure_key = settings.table_expiration_days, settings.erasure_key
        self.erasures = erasures.Erasures()
        self._client = jobs.client
        self.staging = Staging(jobs, bigquery.DatasetReference(self._client.project, self.dataset), run)

    def path(self, table: str) -> str:
        """The table's name, quoted for SQL."""
        return quote(self._client.project, self.dataset, table)

    def _reference(self, table: str) -> bigquery.TableReference:
        return bigquery.DatasetReference(self._client.project, self.dataset).table(table)

    def prepare(self) -> None:
        """Make sure that the dataset is there."""
        reference = bigquery.DatasetReference(self._client.project, self.dataset)
        try:
            self.jobs.call(self._client.get_dataset, reference, retry=None)
        except api.NotFound:
            dataset = bigquery.Dataset(reference)
            dataset.location = self._location
            dataset.labels = {**self._labels, **LABELS}
            if self._lifetime is not None:
                dataset.default_table_expiration_ms = self._lifetime * 86_400_000
            self.jobs.call(self._client.create_dataset, dataset, exists_ok=True, retry=None)
            log.info("created dataset %s", self.dataset)
        self.remember_erasures()

    def remember_erasures(self) -> None:
        """Read which records were erased."""
        dataset = bigquery.DatasetReference(self._client.project, self.dataset)
        self.erasures = erasures.read(self.jobs, dataset, self._erasure_key)

    def tables(self) -> list[Any]:
        """The tables of the dataset, as far as a list tells: with names, labels and expiry."""
        return self.jobs.call(lambda timeout: list(self._client.list_tables(self.dataset, timeout=timeout)))  # type: ignore[no-any-return]

    def get(self, table: str) -> bigquery.Table:
        """The table as it is now."""
        return self.jobs.call(self._client.get_table, self._reference(table), retry=None)  # type: ignore[no-any-return]

    def live(self, target: Target) -> bigquery.Table:
        """The live table of a stream, created where it is missing."""
        try:
            return self.get(target.table)
        except api.NotFound:
            pass
        table = bigquery.Table(self._reference(target.table), evolve.fields(target.columns))
        table.description = target.description or None
        table.labels = dict(LABELS)
        table.clustering_fields = list(target.layout.clustered) or None
        if target.layout.partitioned is not None:
            table.time_partitioning = bigquery.TimePartitioning(
                type_=target.layout.granularity, field=target.layout.partitioned or None
            )
        if target.primary_key:
            table.table_constraints = TableConstraints(PrimaryKey(list(target.primary_key)), None)
        log.info("creating table %s.%s", self.dataset, target.table)
        return self.jobs.call(self._client.create_table, table, exists_ok=True, retry=None)  # type: ignore[no-any-return]

    def keep(self, table: bigquery.Table) -> None:
        """A table outlives what the dataset gives its tables."""
        if table.expires is not None:
            table.expires = None
            self.jobs.call(self._client.update_table, table, ["expires"], retry=None)

    def plan(self, table: bigquery.Table, columns: Sequence[Column]) -> evolve.Plan:
        """What ``table`` needs to hold ``columns``."""
        return evolve.plan([f.to_api_repr() for f in table.schema], columns)

    def fit(self, name: str, stream: str, columns: Sequence[Column]) -> bigquery.Table:
        """Add and widen columns so that ``columns`` of ``stream`` fit into the table.

        Raises:
            NotWidenedError: BigQuery does not let a column become wider.
            TargetError: a column cannot; names it, both types and what to do.
        """
        for attempt in range(ATTEMPTS):
            table = self.get(name)
            plan = self.plan(table, columns)
            if plan.refused:
                raise TargetError(
                    f"table {self.dataset}.{name}: {'; '.join(plan.refused)}: BigQuery cannot convert that in place. "
                    "Change the column's type by hand, rename the table, or load the stream as a full table"
                )
            if plan.changed:
                table.schema = [bigquery.SchemaField.from_api_repr(f) for f in plan.fields]
                try:
                    table = self.jobs.call(self._client.update_table, table, ["schema"], retry=None)
                except api.PreconditionFailed:  # the table changed since it was read
                    continue
            if plan.widened:
                statement = commit.widen(self.path(name), plan.widened)
                try:
                    self.jobs.query(job_id(self.run, name, str(attempt), statement), statement, stream)
                except JobFailedError as error:
                    raise NotWidenedError(str(error)) from None
                table = self.get(name)
            return table
        raise TargetError(f"table {self.dataset}.{name} is being changed by somebody else; try again")

    def constrain(self, name: str, keys: Sequence[str]) -> bigquery.Table:
        """Declare another primary key, or none; foreign keys stay."""
        for _ in range(ATTEMPTS):
            table = self.get(name)
            foreign = table.table_constraints.foreign_keys if table.table_constraints else None
            primary = PrimaryKey(list(keys)) if keys else None
            table.table_constraints = TableConstraints(primary, foreign) if primary or foreign else None
            try:
                return self.jobs.call(self._client.update_table, table, ["table_constraints"], retry=None)  # type: ignore[no-any-return]
            except api.PreconditionFailed:  # the table changed since it was read
                continue
        raise TargetError(f"table {self.dataset}.{name} is being changed by somebody else; try again")

    def label(self, table: bigquery.Table, labels: Mapping[str, str | None]) -> bigquery.Table | None:
        """Set labels, or remove those given as None. Returns the table then; None if it changed since it was read."""
        if all(table.labels.get(k) == v for k, v in labels.items()):
            return table
        table = bigquery.Table.from_api_repr(table.to_api_repr())  # with its etag, which the update sends
        table.labels = {**table.labels, **labels}
        try:
            labelled: bigquery.Table = self.jobs.call(self._client.update_table, table, ["labels"], retry=None)
        except api.PreconditionFailed:
            return None
        return labelled
