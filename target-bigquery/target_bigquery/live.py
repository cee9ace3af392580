"""The live table of a stream: its columns, and the labels that say which snapshot it holds."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from target_bigquery import commit, erasures
from target_bigquery.commit import SNAPSHOT_LABELS
from target_bigquery.errors import TargetError
from target_bigquery.job import NotWidenedError, job_id
from target_bigquery.rows import Rows
from target_bigquery.schema import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.cloud import bigquery

    from target_bigquery.tables import Target, Warehouse

VERSION_LABEL = "singer_version"
COMMIT_LABEL = "singer_commit"  # the job that changed the table last, or is about to
CLAIMED = 2  # seconds from the claim until the job is known to BigQuery
SETTLING = 30_000  # milliseconds between the two updates that label a table


class Live:
    """The table as this run knows it. Used on the lane's thread only."""

    def __init__(self, warehouse: Warehouse, target: Target) -> None:
        self._warehouse, self.name = warehouse, target.table
        self.path = warehouse.path(target.table)
        self._table = warehouse.live(target)
        self._claim, self._since = "", 0.0

    def version(self, stream: str) -> str:
        """The version of the rows, or nothing.

        A table that was copied, or that another target made, has no label: its rows say it. Otherwise the changes that
        a tap goes on with would take the place of all of them.
        """
        label = str(self._table.labels.get(VERSION_LABEL, ""))
        if label or not self._table.num_rows or all(f.name != VERSION for f in self._table.schema):
            return label
        jobs = self._warehouse.jobs
        statement = f"SELECT MAX({VERSION}) AS version FROM {self.path}"  # noqa: S608 (quoted by ``sql``)
        job = jobs.query(job_id(self._warehouse.run, self.name, statement), statement, stream)
        (row,) = jobs.call(lambda timeout: list(job.result(timeout=timeout)))
        return "" if row["version"] is None else str(row["version"])

    @property
    def labelled(self) -> bool:
        """Does the table say which snapshot it holds?"""
        return "singer_snapshot" in self._table.labels

    def refresh(self) -> bigquery.Table:
        """Read the table again."""
        self._table = self._warehouse.get(self.name)
        return self._table

    def fit(self, target: Target) -> None:
        """Make the columns of ``target`` fit in; asks BigQuery only when they did not when last seen.

        Raises:
            TargetError: a column cannot; names it, both types and what to do.
        """
        plan = self._warehouse.plan(self._table, target.columns)
        if plan.changed or plan.widened or plan.refused:
            self._table = self._warehouse.fit(self.name, target.stream, target.columns)
        constraints = self._table.table_constraints
        declared = constraints.primary_key.columns if constraints and constraints.primary_key else []
        if declared and declared != list(target.primary_key):  # what is declared and not true makes joins wrong
            self._table = self._warehouse.constrain(self.name, target.primary_key)

    def swap_statement(self, target: Target, staging: str, without: str | None) -> str:
        """Replace the rows, and the table too where the columns cannot be reached by adding and widening.

        Raises:
            TargetError: recreating the table would lose what the statement cannot say again.
        """
        plan = self._warehouse.plan(self.refresh(), target.columns)
        if not (plan.refused or plan.surplus or plan.boxed):
            with suppress(NotWidenedError):
                self.fit(target)
                return commit.swap(self.path, self._rows(target, staging, without))
        table = self._table.to_api_repr()
        where = f"table {self.name} has to be recreated with other columns, but"
        tagged = [f["name"] for f in table["schema"]["fields"] if f.get("policyTags")]
        if tagged:
            raise TargetError(f"{where} {', '.join(tagged)} carry policy tags that would be lost: change it by hand")
        try:
            return commit.recreate(self.path, table, Rows(staging, target.columns, target.keys, without=without))
        except ValueError as error:
            raise TargetError(f"{where} it {error}: change it by hand") from None

    def upsert_statement(
        self, target: Target, staging: str, deleted: str | None, bounds: Mapping[str, tuple[Any, Any]]
    ) -> str:
        """Insert, update and, where ``deleted`` names the column that says so, delete by key."""
        self.fit(target)
        collated = {f.name.lower() for f in self._table.schema if f.to_api_repr().get("collation")}
        exact = {name: pair for name, pair in bounds.items() if name.lower() not in collated}
        rows = self._rows(target, staging)
        return commit.upsert(self.path, rows, exact, deleted=deleted, hard=target.hard_delete)

    def append_statement(self, target: Target, staging: str) -> str:
        """Every staged row becomes a row."""
        self.fit(target)
        return commit.append(self.path, replace(self._rows(target, staging), keys=()))

    def _rows(self, target: Target, staging: str, without: str | None = None) -> Rows:
        fields = [f.to_api_repr() for f in self._table.schema]
        return Rows(staging, target.columns, target.keys, fields, without)

    def holds(self, target: Target, fingerprint: str, version: int | None) -> bool:
        """Are these the rows and columns that the table has? Then it is labelled with ``version``."""
        plan = self._warehouse.plan(self.refresh(), target.columns)
        fits = not (plan.changed or plan.widened or plan.refused or plan.surplus or plan.boxed)
        return fits and unchanged(self._table, fingerprint) and self._mark(fingerprint, version)

    def claim(self, commit: str, labels: Mapping[str, str] | None = None) -> None:
        """The table is about to be changed by job ``commit``: say so, once no other run's commit is at work.

        The label is set on the condition that the table is as it was read, so one of two runs has to read again. With
        it go the labels that say what the table holds, and come ``labels``.

        Raises:
            TargetError: another run keeps changing the table, or records were erased that this run does not know of.
        """
        deadline, began = time.monotonic() + self._warehouse.jobs.retry_seconds + CLAIMED, 0.0
        while time.monotonic() < deadline:
            other = self._table.labels.get(COMMIT_LABEL)
            if other and other not in {self._claim, commit}:  # its own, if the answer was lost
                self._wait_for(other, deadline)
            self.check_erasures()
            wanted = {**dict.fromkeys(SNAPSHOT_LABELS), COMMIT_LABEL: commit, **(labels or {})}
            began = began or time.monotonic()
            claimed = self._warehouse.label(self._table, wanted)
            if claimed is not None:
                self._table, self._claim, self._since = claimed, commit, began
                return
            self.refresh()
        raise TargetError(f"table {self.name} is being changed by another run; try again when that has ended")

    def check_erasures(self) -> None:
        """As the table was last read.

        Raises:
            TargetError: records were erased since the run began: they may be among those that it has staged.
        """
        erasure = self._table.labels.get(erasures.LABEL)
        if erasure and erasure not in self._warehouse.erasures.ids:
            raise TargetError(
                f"records of table {self.name} were erased while this run may have staged them: run it again"
            )

    def _wait_for(self, other: str, deadline: float) -> None:
        """Until another run's commit has ended, or is known never to have begun."""
        jobs, since = self._warehouse.jobs, time.monotonic()
        pause = 0.2
        while (running := jobs.running(other)) is not False and time.monotonic() < deadline:
            if running is None and time.monotonic() - since > CLAIMED:
                return  # the process died before it sent the statement
            jobs.stopping.wait(pause)
            pause = min(2, pause * 1.5)
            if jobs.stopping.is_set():
                return

    def changed(self) -> None:
        """The claimed commit has ended. If it took long to begin, another run did not wait and set its labels."""
        if time.monotonic() - self._since > CLAIMED and self.refresh().labels.get(COMMIT_LABEL) != self._claim:
            self._warehouse.label(self._table, dict.fromkeys(SNAPSHOT_LABELS))

    def remember(self, fingerprint: str, version: int | None) -> None:
        """The table was swapped just now."""
        if self.refresh().labels.get(COMMIT_LABEL, "") == self._claim:  # else another run's turn has begun
            self._mark(fingerprint, version)

    def _mark(self, fingerprint: str, version: int | None) -> bool:
        """Label the table as last seen with what it holds; False if it has changed since."""
        labels: dict[str, str | None] = {
            "singer_snapshot": fingerprint,
            "singer_rows": str(self._table.num_rows),
        }
        if version is not None:
            labels[VERSION_LABEL] = str(version)
        if all(self._table.labels.get(k) == v for k, v in labels.items()):
            return True
        # Labels count as a modification: when it was is only known after it.
        marked = self._warehouse.label(self._table, {**labels, "singer_committed": None})
        if marked is None or marked.modified is None:
            return False
        return self._warehouse.label(marked, {"singer_committed": str(milliseconds(marked))}) is not None


def unchanged(table: bigquery.Table, fingerprint: str) -> bool:
    """Does the table hold just these records? Any doubt is a no.

    The labels are removed before the target changes the table and set after it; a change by
    anybody else shows in the time of the last modification (BigQuery: metadata counts, too), or in the rows.
    """
    labels = table.labels
    committed = labels.get("singer_committed", "")
    if not committed.isdigit() or table.modified is None:
        return False
    return (
        labels.get("singer_snapshot") == fingerprint
        and labels.get("singer_rows") == str(table.num_rows)
        and milliseconds(table) <= int(committed) + SETTLING
    )


def milliseconds(table: bigquery.Table) -> int:
    """The last modification by BigQuery's clock, since 1970."""
    return int(table.modified.timestamp() * 1000)
