"""``target-bigquery erase``: a record leaves every table of its stream, and no run brings it back."""

# ruff: noqa: S608 (statements are made here; names pass through ``sql``, values are parameters)

from __future__ import annotations

import hashlib
import json
import re
import secrets
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions as api
from google.cloud import bigquery

from target_bigquery import connection, erasures, evolve, staging
from target_bigquery.datasets import place
from target_bigquery.erasures import LABEL, TABLE, Erased
from target_bigquery.errors import ConfigError
from target_bigquery.job import JobFailedError, job_id
from target_bigquery.jobs import LABELS, Jobs
from target_bigquery.live import Live
from target_bigquery.rejected import SUFFIX
from target_bigquery.schema import Column
from target_bigquery.sql import quote
from target_bigquery.tables import Target, Warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_bigquery.settings import Settings

_SOURCE = re.compile(r"\[(.*)\]$", re.DOTALL)  # the property's own spelling, at the end of a column's description


def erase(settings: Settings, stream: str, key: Sequence[str]) -> str:
    """Remove the record with this key; one line that says what was removed.

    The hash is stored first, then the live table is labelled: a run that was under way by then does not know the hash,
    finds the label and gives up. ``key`` has one text for each column of the primary key, in its order; where the table
    declares none, COLUMN=VALUE for each column that tells the record. Every row with these values goes.

    Raises:
        ConfigError: there is no such stream, the key does not fit, or ``erasure_key`` is missing or another.
        TargetError: BigQuery refused.
    """
    if not settings.erasure_key:
        raise ConfigError("setting erasure_key is missing: any secret text, the same for every run into this dataset")
    jobs = Jobs(
        connection.client(settings),
        settings.retry_seconds,
        threading.Event(),
        labels=LABELS,
        maximum_bytes_billed=settings.maximum_bytes_billed,
    )
    try:
        dataset, table = place(settings.dataset, stream)
    except ValueError as error:
        raise ConfigError(f"stream {stream} {error}") from None
    warehouse = Warehouse(jobs, replace(settings, dataset=dataset), secrets.token_hex(6))
    warehouse.remember_erasures()
    target, texts = _found(warehouse, stream, table, key)
    values = erasures.key_of(target.columns, texts)
    pairs = sorted(zip(target.columns, values, strict=True), key=lambda pair: erasures.by_name(pair[0]))
    secret = warehouse.erasures.secret
    digest = erasures.digest(secret, stream, [value for _, value in pairs])
    gone = Erased(secret, stream, {tuple(column for column, _ in pairs): frozenset({digest})})
    return _Erasure(warehouse, target, values).run(gone, digest)


def _found(warehouse: Warehouse, stream: str, name: str, key: Sequence[str]) -> tuple[Target, Sequence[str]]:
    """The live table of a stream, with the columns of its key only, and their values as given."""
    try:
        table = warehouse.get(name)
    except api.NotFound:
        raise ConfigError(f"dataset {warehouse.dataset} has no table {name}: check --stream and dataset") from None
    constraints = table.table_constraints
    keys = constraints.primary_key.columns if constraints and constraints.primary_key else ()
    fields = {f.name.lower(): f.to_api_repr() for f in table.schema}
    if not keys:
        given = [text.partition("=") for text in key]
        if not all(sign and column.lower() in fields for column, sign, _ in given):
            raise ConfigError(
                f"table {warehouse.dataset}.{name} declares no primary key, so the columns have to be named: "
                "--key COLUMN=VALUE, and again for each further column"
            )
        keys, key = [column for column, _, _ in given], [value for _, _, value in given]
    return Target(stream, name, tuple(_column(fields[k.lower()]) for k in keys), tuple(keys), ""), key


def _column(field: dict[str, Any]) -> Column:
    spelling = _SOURCE.search(field.get("description", ""))
    return Column(spelling[1] if spelling else field["name"], field["name"], evolve.canonical(field))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class _Erasure:
    """Its statements, each a job of its own. Values travel as parameters, so no statement's text has them."""

    def __init__(self, warehouse: Warehouse, target: Target, values: Sequence[Any]) -> None:
        self._warehouse, self._jobs, self._target = warehouse, warehouse.jobs, target
        self._id = secrets.token_hex(8)
        pairs = list(zip(target.columns, values, strict=True))
        self._where = " AND ".join(f"{quote(column.name)} = @key{n}" for n, (column, _) in enumerate(pairs))
        self._key = [
            bigquery.ScalarQueryParameter(f"key{n}", column.type, value) for n, (column, value) in enumerate(pairs)
        ]

    def run(self, gone: Erased, digest: str) -> str:
        """The steps in the order that keeps what is erased from coming back."""
        self._store(digest, erasures.signature(gone.secret))
        self._warehouse.remember_erasures()
        target, live = self._target, Live(self._warehouse, self._target)
        commit = job_id(target.table, self._id)
        live.claim(commit, {LABEL: self._id})
        rows = self._delete(target.table, self._where, self._key, commit)
        live.changed()
        others = {item.table_id: item for item in self._warehouse.tables()}
        rejected = self._rejected(gone) if target.table + SUFFIX in others else 0
        staged = sum(self._staged(name) for name, item in others.items() if staging.is_of(item, target.table))
        self._query(
            f"UPDATE {self._warehouse.path(TABLE)} SET live_rows = {rows}, rejected_rows = {rejected},"
            f" staged_rows = {staged} WHERE erasure = @erasure",
            [bigquery.ScalarQueryParameter("erasure", "STRING", self._id)],
        )
        return (
            f"stream {target.stream}: removed {rows} rows, {rejected} rejected records and {staged} staged rows; "
            f"erasure {self._id} stands in {self._warehouse.dataset}.{TABLE}"
        )

    def _store(self, digest: str, signature: str) -> None:
        target = Target(TABLE, TABLE, erasures.COLUMNS, (), "Records that were erased, as keyed hashes.")
        self._warehouse.keep(self._warehouse.live(target))
        columns = json.dumps([column.name.lower() for column in sorted(self._target.columns, key=erasures.by_name)])
        values = {"erasure": self._id, "stream": self._target.stream, "columns": columns, "record": digest}
        values["secret"] = signature
        self._query(
            f"INSERT INTO {self._warehouse.path(TABLE)} ({', '.join(values)}, erased_at)"
            f" VALUES ({', '.join(f'@{name}' for name in values)}, CURRENT_TIMESTAMP())",
            [bigquery.ScalarQueryParameter(name, "STRING", value) for name, value in values.items()],
        )

    def _rejected(self, gone: Erased) -> int:
        """Rejected records have no columns but their text: they are read here, and named by a hash of it."""
        table = self._target.table + SUFFIX
        place = bigquery.TableReference.from_string(f"{self._jobs.client.project}.{self._warehouse.dataset}.{table}")
        field = bigquery.SchemaField("record", "STRING")

        def read(timeout: float) -> list[str]:
            rows = self._jobs.client.list_rows(place, selected_fields=[field], timeout=timeout)
            return sorted({_sha256(text) for (text,) in rows if gone.has(text.encode())})

        sums = self._jobs.call(read)
        if not sums:
            return 0
        named = [bigquery.ArrayQueryParameter("records", "STRING", sums)]
        return self._delete(table, "TO_HEX(SHA256(record)) IN UNNEST(@records)", named)

    def _staged(self, table: str) -> int:
        try:
            return self._delete(table, self._where, self._key)
        except JobFailedError as error:
            if error.reason != "notFound":  # the run that owned it has dropped it
                raise
            return 0

    def _delete(self, table: str, where: str, parameters: Sequence[Any], id_: str = "") -> int:
        statement = f"DELETE FROM {self._warehouse.path(table)} WHERE {where}"
        return int(self._query(statement, parameters, id_).num_dml_affected_rows or 0)

    def _query(self, statement: str, parameters: Sequence[Any], id_: str = "") -> Any:
        id_ = id_ or job_id(self._id, statement)
        return self._jobs.query(id_, statement, self._target.stream, parameters)
