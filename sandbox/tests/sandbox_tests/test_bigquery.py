"""The local BigQuery: starts offline, keeps its data."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from sandbox import LocalBigQuery

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("local_bigquery")
bigquery = pytest.importorskip("google.cloud.bigquery")


def test_rows_survive_a_restart(tmp_path: Path) -> None:
    schema = [bigquery.SchemaField("id", "INT64"), bigquery.SchemaField("amount", "NUMERIC")]
    with LocalBigQuery(tmp_path) as running, running.client() as client:
        client.create_dataset("bank")
        job = client.load_table_from_json(
            [{"id": 1, "amount": "0.10"}, {"id": 2, "amount": "0.20"}],
            "bank.transactions",
            job_config=bigquery.LoadJobConfig(schema=schema),
        )
        assert job.result().output_rows == 2
    with LocalBigQuery(tmp_path) as running, running.client() as client:
        (row,) = client.query("SELECT SUM(amount) AS total FROM bank.transactions").result()
        assert row["total"] == Decimal("0.3")
    # Extensions are linked, not copied, and not into anybody's home.
    extensions = list((tmp_path / ".duckdb").rglob("*.duckdb_extension"))
    assert {path.stem for path in extensions} == {"icu", "ducklake", "spatial"}
    assert all(path.is_symlink() for path in extensions)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"), LocalBigQuery(tmp_path / "file"):
        pass
