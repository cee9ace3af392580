"""The pipeline as its users run it: real processes, real HTTP, a local BigQuery that is read back."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from tap_qonto.tap import TapQonto

from sandbox import LocalBigQuery, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

BIN = Path(sys.executable).parent
CATALOG: list[dict[str, Any]] = json.loads(TapQonto(validate_config=False).catalog_json_text)["streams"]

# What an API key reads without a catalog, transactions and their attachments aside.
TABLES = (
    "bank_accounts", "client_invoices", "clients", "credit_notes", "labels", "memberships", "organization", "products",
    "sepa_beneficiaries", "sepa_bulk_transfers", "sepa_recurring_transfers", "sepa_transfers", "statements",
    "supplier_invoices",
)  # fmt: skip

# One of each way to read: full tables of one request, changes in order, changes in another order.
FEW = ("bank_accounts", "client_invoices", "labels")


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBigQuery]:
    """One local BigQuery for all tests; each has its own dataset."""
    with LocalBigQuery(tmp_path_factory.mktemp("bigquery")) as running:
        yield running


@dataclass
class Outcome:
    """How `tap | target` ended: exit codes, logs, and the STATE lines of the target."""

    tap: int
    target: int
    tap_log: str
    target_log: str
    states: list[dict[str, Any]]

    @property
    def ok(self) -> bool:
        """Whether both ended well."""
        return (self.tap, self.target) == (0, 0)


@dataclass
class Pipeline:
    """tap-qonto | target-bigquery, with the state kept from run to run as a scheduler would.

    `tables` are read beside transactions; None means what is read without a catalog.
    """

    bank: Sandbox
    warehouse: LocalBigQuery
    folder: Path
    tables: tuple[str, ...] | None = FEW
    dataset: str = field(default_factory=lambda: f"d{uuid4().hex}")
    state: dict[str, Any] = field(default_factory=dict)

    def start(self, **settings: Any) -> tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]:
        """Start both processes, joined by a pipe."""
        tap = {"api_key": self.bank.qonto.api_key, "api_url": self.bank.qonto.api_url, **settings.get("tap", {})}
        target = {
            "project": "local",
            "dataset": self.dataset,
            "api_endpoint": self.warehouse.url,
            **settings.get("target", {}),
        }
        for name, content in (("tap", tap), ("target", target), ("state", self.state), ("catalog", self.catalog())):
            (self.folder / f"{name}.json").write_text(json.dumps(content))
        first = [BIN / "tap-qonto", "--config", self.folder / "tap.json", "--state", self.folder / "state.json"]
        if self.tables is not None:
            first += ["--catalog", self.folder / "catalog.json"]
        second = [BIN / "target-bigquery", "--config", self.folder / "target.json"]
        with (self.folder / "tap.log").open("wb") as tap_log, (self.folder / "target.log").open("wb") as target_log:
            upper = subprocess.Popen(first, stdout=subprocess.PIPE, stderr=tap_log)
            lower = subprocess.Popen(second, stdin=upper.stdout, stdout=subprocess.PIPE, stderr=target_log)
        assert upper.stdout
        upper.stdout.close()
        return upper, lower

    def catalog(self) -> dict[str, Any]:
        """Transactions, and the tables."""
        streams = [entry for entry in CATALOG if entry["tap_stream_id"] in ("transactions", *(self.tables or ()))]
        for entry in streams:
            entry["metadata"][-1]["metadata"]["selected"] = True
        return {"streams": streams}

    def finish(self, upper: subprocess.Popen[bytes], lower: subprocess.Popen[bytes]) -> Outcome:
        """Wait for both; the last STATE is kept for the next run."""
        out, _ = lower.communicate(timeout=150)
        upper.wait(timeout=60)
        lines = [line for line in out.splitlines(keepends=True) if line.endswith(b"\n")]
        states = [json.loads(line) for line in lines]
        self.state = states[-1] if states else self.state
        logs = [(self.folder / f"{name}.log").read_text() for name in ("tap", "target")]
        return Outcome(upper.returncode, lower.returncode, logs[0], logs[1], states)

    def run(self, **settings: Any) -> Outcome:
        """One whole run."""
        return self.finish(*self.start(**settings))

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query in which {d} stands for the dataset."""
        return [dict(row.items()) for row in self.warehouse.client().query(sql.replace("{d}", self.dataset)).result()]

    def exists(self, table: str) -> bool:
        """Whether the table is there."""
        names = {item.table_id for item in self.warehouse.client().list_tables(f"local.{self.dataset}")}
        return table in names

    def load_jobs(self) -> int:
        """How many load jobs the dataset has seen."""
        jobs = self.warehouse.client().list_jobs(max_results=10_000)
        return sum(job.job_type == "load" and job.destination.dataset_id == self.dataset for job in jobs)

    def assert_exact(self) -> None:
        """Every row of the bank exactly once, as it now is, and the sums equal to the balances."""
        rows = self.query("SELECT id, TO_JSON_STRING(t) AS j FROM {d}.transactions AS t")
        loaded = {row["id"]: json.loads(row["j"]) for row in rows}
        assert len(loaded) == len(rows), "a row is there twice"
        truth = {record["id"]: record for record in self.bank.qonto.records("transactions")}
        assert loaded.keys() == truth.keys()
        for key, record in truth.items():
            for name in ("status", "side", "amount_cents", "note", "label_ids", "bank_account_id"):
                assert loaded[key][name] == record[name], (key, name)
        sums = self.query(
            "SELECT a.id, a.balance_cents, CAST(a.balance * 100 AS INT64) AS balance,"
            " COALESCE(SUM(IF(t.side = 'credit', t.amount_cents, -t.amount_cents)), 0) AS booked"
            " FROM {d}.bank_accounts AS a LEFT JOIN {d}.transactions AS t"
            " ON t.bank_account_id = a.id AND t.status = 'completed' GROUP BY 1, 2, 3"
        )
        assert {row["id"]: row["booked"] for row in sums} == {
            account["id"]: account["settled_cents"] for account in self.bank.qonto.truth()
        }
        assert all(row["booked"] == row["balance_cents"] == row["balance"] for row in sums)
        for table in TABLES if self.tables is None else self.tables:
            ids = [row["id"] for row in self.query(f"SELECT id FROM {{d}}.{table}")]
            assert sorted(ids) == sorted(record["id"] for record in self.bank.qonto.records(table)), table


@pytest.fixture
def bank() -> Iterator[Sandbox]:
    """An imaginary company's bank with 1,200 transactions."""
    with Sandbox(transactions=1200, seed=11) as running:
        yield running


@pytest.fixture
def pipeline(bank: Sandbox, warehouse: LocalBigQuery, tmp_path: Path) -> Pipeline:
    """From that bank into a dataset of its own."""
    return Pipeline(bank, warehouse, tmp_path)
