"""meltano run, in a project of its own state, without a network beyond this machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from tap_kit.report_index import connections

from sandbox import Sandbox

if TYPE_CHECKING:
    from conftest import Pipeline
    from sandbox import LocalBigQuery

ROOT = Path(__file__).parent.parent
MELTANO = Path(sys.executable).with_name("meltano")


def meltano(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MELTANO, *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "MELTANO_CLI_LOG_FORMAT": "uncolored",
            "XDG_STATE_HOME": environment["MELTANO_SYS_DIR_ROOT"],  # where the logs of runs go
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_meltano_runs_saves_its_state_and_goes_on_from_it(
    pipeline: Pipeline, bank: Sandbox, warehouse: LocalBigQuery, tmp_path: Path
) -> None:
    environment = {
        "MELTANO_SYS_DIR_ROOT": str(tmp_path / "meltano"),
        "MELTANO_STATE_BACKEND_URI": (tmp_path / "state").as_uri(),
        "TAP_QONTO_API_URL": bank.qonto.api_url,
        "TAP_QONTO_API_KEY": bank.qonto.api_key,
        "TARGET_BIGQUERY_API_ENDPOINT": warehouse.url,
        "TARGET_BIGQUERY_DATASET": pipeline.dataset,
        "TAP_QONTO__SELECT": json.dumps([f"{name}.*" for name in ("transactions", *(pipeline.tables or ()))]),
        "TAP_QONTO_REPORT_DIR": str(tmp_path / "reports"),
        "TARGET_BIGQUERY_REPORT_DIR": str(tmp_path / "reports"),
    }
    done = meltano("run", "tap-qonto", "target-bigquery", **environment)
    assert done.returncode == 0, done.stderr
    pipeline.assert_exact()
    (connection,) = connections(tmp_path / "reports")
    (run,) = connection.runs
    assert run.load, "both halves of the run are told of"
    assert f"Loaded into local.{pipeline.dataset}" in run.page.read_text(), "and stand on its page by themselves"
    assert {s.name: s.committed for s in run.load.streams} == {s.name: s.rows for s in run.report.streams}
    (state,) = (tmp_path / "state").rglob("state.json")
    assert "dev:tap-qonto-to-target-bigquery" in str(state.parent).replace("%3A", ":")
    assert bank.qonto.api_key not in done.stdout + done.stderr + state.read_text()

    bank.qonto.mutate("add", n=5)
    bank.clear_log()
    done = meltano("run", "qonto", **environment)
    assert done.returncode == 0, done.stderr
    assert "stream transactions: records=5" in done.stderr
    assert len(bank.log()) < 60
    pipeline.assert_exact()


def test_a_failed_run_fails_in_meltano_too(bank: Sandbox, warehouse: LocalBigQuery, tmp_path: Path) -> None:
    done = meltano(
        "run",
        "qonto",
        MELTANO_SYS_DIR_ROOT=str(tmp_path / "meltano"),
        MELTANO_STATE_BACKEND_URI=(tmp_path / "state").as_uri(),
        TAP_QONTO_API_URL=bank.qonto.api_url,
        TAP_QONTO_API_KEY="sample:wrong",
        TARGET_BIGQUERY_API_ENDPOINT=warehouse.url,
        TARGET_BIGQUERY_DATASET="never",
    )
    assert done.returncode == 1
    assert "Qonto refused the credentials: check api_key" in done.stderr


def test_the_project_is_sound(tmp_path: Path) -> None:
    done = meltano("compile", "--lint", MELTANO_SYS_DIR_ROOT=str(tmp_path))
    assert done.returncode == 0, done.stderr
    listed = json.loads(meltano("schedule", "list", "--format", "json", MELTANO_SYS_DIR_ROOT=str(tmp_path)).stdout)
    names = {entry["name"] for entry in listed["schedules"]["job"]}
    assert names == {"qonto-hourly", "fortnox-daily", "procountor-daily"}


@pytest.mark.parametrize("vendor", ["qonto", "fortnox", "procountor"])
def test_meltano_selects_what_the_tap_selects(vendor: str) -> None:
    definition = (ROOT / f"tap-{vendor}/plugin.meltano.yml").read_text()
    left_out = set(re.findall(r'- "!(\w+)\.\*"', definition))
    streams = import_module(f"tap_{vendor}.streams").STREAMS
    assert left_out == {row.name for row in streams if not row.selected}


def test_the_books_come_through_meltano_too(warehouse: LocalBigQuery, tmp_path: Path) -> None:
    """Each vendor into a dataset of its own, as the jobs of the project have it."""
    with Sandbox(transactions=0) as companies:
        companies.fortnox.limit()
        environment = {
            "MELTANO_SYS_DIR_ROOT": str(tmp_path / "meltano"),
            "MELTANO_STATE_BACKEND_URI": (tmp_path / "state").as_uri(),
            **companies.fortnox.environment(),
            **companies.procountor.environment(),
            "TAP_FORTNOX__SELECT": '["accounts.*", "financial_years.*"]',
            "TAP_PROCOUNTOR__SELECT": '["ledger_accounts.*", "fiscal_years.*"]',
        }
        for vendor, table in (("fortnox", "accounts"), ("procountor", "ledger_accounts")):
            dataset = f"d{uuid4().hex}"
            place = f"TARGET_BIGQUERY__{vendor.upper()}"
            settings = {f"{place}_API_ENDPOINT": warehouse.url, f"{place}_DATASET": dataset}
            done = meltano("run", vendor, **environment, **settings)
            assert done.returncode == 0, done.stderr
            (row,) = warehouse.client().query(f"SELECT COUNT(*) AS n FROM {dataset}.{table}").result()
            assert row["n"] > 10


def test_every_setting_of_a_plugin_is_known_to_meltano() -> None:
    for plugin in ("tap-qonto", "tap-fortnox", "tap-procountor", "target-bigquery"):
        about = subprocess.run(
            [MELTANO.with_name(plugin), "--about", "--format", "json"], capture_output=True, text=True, check=True
        )
        settings = set(json.loads(about.stdout)["settings"]["properties"]) - {
            "stream_maps", "stream_map_config", "faker_config", "flattening_enabled", "flattening_max_depth",
            "flattening_separator", "flattening_max_key_length",
        }  # fmt: skip
        defined = (ROOT / plugin / "plugin.meltano.yml").read_text()
        assert {
            name for name in settings if f"name: {name}\n" not in defined and f"name: {name}," not in defined
        } == set()
