"""The live table of a stream: its columns, and the labels that say which snapshot it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from target_bigquery import commit
from target_bigquery.commit import SNAPSHOT_LABELS
from target_bigquery.errors import TargetError
from target_bigquery.rows import Rows
from target_bigquery.tables import ATTEMPTS, Target, Warehouse

if TYPE_CHECKING:
    from google.cloud import bigquery

VERSION_LABEL = "singer_version"
SETTLING = 30_000  # milliseconds between the two updates that label a table


class Live:
    """The table as this run knows it. Used on the lane's thread only."""

    def __init__(self, warehouse: Warehouse, target: Target) -> None:
        self._warehouse, self.name = warehouse, target.table
        self.path = warehouse.path(target.table)
        self._table = warehouse.live(target)

    @property
    def version(self) -> str:
        """The version of the rows, or nothing."""
        return str(self._table.labels.get(VERSION_LABEL, ""))

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
        if not plan.refused and not plan.surplus:
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

    def upsert_statement(self, target: Target, staging: str, deleted: str | None) -> str:
        """Insert, update and, where ``deleted`` names the column that says so, delete by key."""
        rows = self._rows(target, staging)
        return commit.upsert(self.path, rows, deleted=deleted, hard=target.hard_delete)

    def append_statement(self, target: Target, staging: str) -> str:
        """Every staged row becomes a row."""
        return commit.append(self.path, replace(self._rows(target, staging), keys=()))

    def _rows(self, target: Target, staging: str, without: str | None = None) -> Rows:
        fields = [f.to_api_repr() for f in self._table.schema]
        return Rows(staging, target.columns, target.keys, fields, without)

    def holds(self, target: Target, fingerprint: str, version: int | None) -> bool:
        """Are these the rows and columns that the table has? Then it is labelled with ``version``."""
        plan = self._warehouse.plan(self.refresh(), target.columns)
        fits = not (plan.changed or plan.widened or plan.refused or plan.surplus)
        return fits and unchanged(self._table, fingerprint) and self._mark(fingerprint, version)

    def forget(self) -> None:
        """The table is about to change: take away the labels that say what it holds."""
        for _ in range(ATTEMPTS):
            if self._warehouse.label(self._table, dict.fromkeys(SNAPSHOT_LABELS)):
                return
            self.refresh()
        raise TargetError(f"table {self.name} is being changed by somebody else; try again")

    def remember(self, fingerprint: str, version: int | None, records: int, inserted: int | None) -> None:
        """The table was swapped just now; ``inserted`` rows came of ``records``, if the job told."""
        table = self.refresh()
        rows = table.num_rows if inserted is None else inserted
        # With a repeated key the order of the records matters, which the fingerprint does not tell.
        self._mark(fingerprint if rows == records else None, version)

    def _mark(self, fingerprint: str | None, version: int | None) -> bool:
        """Label the table as last seen with what it holds; False if it has changed since."""
        labels: dict[str, str | None] = {}
        if fingerprint:
            labels |= {"singer_snapshot": fingerprint, "singer_rows": str(self._table.num_rows)}
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
