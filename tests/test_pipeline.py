"""tap-qonto | target-bigquery, against the sandbox's bank and a local BigQuery."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.cli import exit_code
from tap_qonto.tap import TapQonto

if TYPE_CHECKING:
    from conftest import Pipeline
    from sandbox import Sandbox

MUTATIONS: list[dict[str, Any]] = [
    {"kind": "add", "n": 7},
    {"kind": "add", "n": 2, "status": "pending"},
    {"kind": "add", "n": 1, "days_ago": 40},
]


def test_loaded_three_times_every_row_is_there_once(pipeline: Pipeline) -> None:
    assert pipeline.run().ok
    pipeline.assert_exact()
    for _ in range(2):
        pipeline.state = {}
        assert pipeline.run().ok
        pipeline.assert_exact()


def attached(records: list[dict[str, Any]]) -> set[str]:
    """The attachments that documents name."""
    named = [record.get("attachment_ids") or [record.get("attachment_id")] for record in records]
    return {number for numbers in named for number in numbers if number}


def test_every_list_is_read_and_only_its_changes_again(pipeline: Pipeline, bank: Sandbox) -> None:
    pipeline.tables = None
    assert pipeline.run().ok
    pipeline.assert_exact()
    sources = ("transactions", "supplier_invoices", "client_invoices")
    expected = set().union(*(attached(bank.qonto.records(source)) for source in sources))
    assert {row["id"] for row in pipeline.query("SELECT id FROM {d}.attachments")} == expected

    state, jobs = pipeline.state, pipeline.load_jobs()
    assert jobs
    bank.clear_log()
    assert pipeline.run().ok
    asked = Counter(entry["path"].removeprefix("/qonto/v2/") for entry in bank.log())
    parts = 3 * len(bank.qonto.truth())
    assert asked.pop("transactions") == 2 * parts  # attachments are asked for by transaction, too
    assert (asked.pop("supplier_invoices"), asked.pop("client_invoices")) == (2, 2)  # and by invoice
    assert (asked.pop("bank_accounts"), asked.pop("organization")) == (3, 4)  # also to know which accounts there are
    assert set(asked.values()) == {1}
    assert (pipeline.load_jobs(), pipeline.state) == (jobs, state)

    edits = {
        "clients": {"name": "Renamed"},
        "client_invoices": {"status": "paid"},
        "credit_notes": {"number": "CN-EDITED"},
        "memberships": {"role": "reporting"},
        "products": {"title": "Renamed"},
        "sepa_beneficiaries": {"trusted": False},
        "sepa_transfers": {"note": "edited"},
        "supplier_invoices": {"status": "paid"},
    }
    edited = {
        table: bank.qonto.mutate("edit_record", resource=table, n=2, set=change)["ids"]
        for table, change in edits.items()
    }
    bank.qonto.mutate("delete_record", resource="labels", n=1)
    for table in ("clients", "supplier_invoices"):
        bank.qonto.mutate("add_record", resource=table)
    assert pipeline.run().ok
    pipeline.assert_exact()
    for table, change in edits.items():
        ((column, value),) = change.items()
        rows = {row["id"]: row[column] for row in pipeline.query(f"SELECT id, {column} FROM {{d}}.{table}")}
        assert {rows[key] for key in edited[table]} == {value}, table


def test_only_what_changed_comes_again(pipeline: Pipeline, bank: Sandbox) -> None:
    reports = {"report_dir": str(pipeline.folder / "reports")}
    assert pipeline.run(tap=reports, target=reports).ok
    (page,) = (pipeline.folder / "reports").glob("tap-qonto-*.html")
    assert f"Loaded into local.{pipeline.dataset}" in page.read_text(), "the target's half is there by itself"
    for mutation in MUTATIONS:
        bank.qonto.mutate(**mutation)
    by_status: dict[str, list[str]] = {"pending": [], "completed": [], "declined": []}
    for record in bank.qonto.records("transactions"):
        by_status[record["status"]].append(record["id"])
    bank.qonto.mutate("settle", ids=by_status["pending"][:3])
    bank.qonto.mutate("decline", ids=by_status["pending"][3:4])
    bank.qonto.mutate("edit", ids=by_status["completed"][:120], set={"note": "all at one moment"})
    labels = [record["id"] for record in bank.qonto.records("labels")[:2]]
    bank.qonto.mutate("relabel", ids=by_status["completed"][120:125], labels=labels)
    outcome = pipeline.run()
    assert outcome.ok
    pipeline.assert_exact()
    assert "stream transactions: records=139" in outcome.target_log


def test_rows_that_move_while_they_are_read_are_not_lost(pipeline: Pipeline, bank: Sandbox) -> None:
    ids = [r["id"] for r in bank.qonto.records("transactions") if r["status"] == "completed"]
    edits = [{"kind": "edit", "ids": [key], "set": {"note": f"moved {n}"}} for n, key in enumerate(ids[:6])]
    changes = [*edits[:3], {"kind": "add", "n": 3}, *edits[3:]]
    bank.faults(
        [
            {
                "match": {"path": "*/transactions", "query": {"page": str(page)}},
                "do": {"kind": "mutate", "mutation": change},
            }
            for page, change in zip((1, 2, 2, 3, 3, 4, 5), changes, strict=True)
        ]
    )
    assert pipeline.run().ok
    bank.faults([])
    assert pipeline.run().ok
    pipeline.assert_exact()


FAULTS: list[dict[str, Any]] = [
    {"kind": "answer", "status": 429, "headers": {"Retry-After": "1"}},
    {"kind": "answer", "status": 429, "body": "empty"},
    {"kind": "answer", "status": 500},
    {"kind": "answer", "status": 502, "body": "empty"},
    {"kind": "answer", "status": 503, "body": "html"},
    {"kind": "answer", "status": 200, "body": "html"},
    {"kind": "reset"},
    {"kind": "truncate"},
    {"kind": "duplicate"},
    {"kind": "dribble", "seconds": 0.2},
]


def test_faults_of_every_kind_change_nothing(pipeline: Pipeline, bank: Sandbox) -> None:
    bank.faults([{"nth": 2 + 3 * n, "times": 1, "do": fault} for n, fault in enumerate(FAULTS)])
    assert pipeline.run().ok
    assert {entry["fault"] for entry in bank.log()} > {"answer", "reset", "truncate"}
    pipeline.assert_exact()


def test_a_tight_rate_limit_only_takes_longer(pipeline: Pipeline, bank: Sandbox) -> None:
    bank.limit((12, 0.5), retry_after=True)
    assert pipeline.run().ok
    pipeline.assert_exact()


def test_columns_that_appear_and_go(pipeline: Pipeline, bank: Sandbox) -> None:
    assert pipeline.run().ok
    bank.qonto.mutate("drop_field", resource="labels", field="parent_id")
    bank.qonto.mutate("add_field", resource="transactions", field="brand_new", value="CANARY")
    bank.qonto.mutate("add", n=1)
    outcome = pipeline.run()
    assert outcome.ok
    assert "field brand_new (string) is not declared" in outcome.tap_log
    assert "CANARY" not in outcome.tap_log + outcome.target_log
    columns = pipeline.warehouse.client().get_table(f"local.{pipeline.dataset}.transactions").schema
    assert "brand_new" not in {column.name for column in columns}


def test_objects_that_nobody_declared_are_loaded_once_they_are_chosen(pipeline: Pipeline, bank: Sandbox) -> None:
    """At the top a JSON column; within an array of objects a text, so that the table's RECORD stays one."""
    file, reports = pipeline.folder / "columns.yml", pipeline.folder / "reports"
    pipeline.tables = ("client_invoices",)
    (invoice, *_) = [record for record in bank.qonto.records("client_invoices") if record["items"]]
    items = [{**item, "newThing": {"Rate": 0.10, "of": [1, None]}} for item in invoice["items"]]
    bank.qonto.mutate("add_field", resource="client_invoices", field="box", value={"CANARY": [0.30, "ä"]})
    bank.qonto.mutate("edit_record", resource="client_invoices", ids=[invoice["id"]], set={"items": items})
    assert exit_code(TapQonto, ["columns", "init", str(file), "--stream", "client_invoices"]) == 0
    tap = {"columns_file": str(file), "report_dir": str(reports)}
    done = pipeline.run(tap=tap)
    assert done.ok
    assert "field items.new_thing (object) is not declared" in done.tap_log
    assert exit_code(TapQonto, ["columns", "accept", str(file), "--reports", str(reports)]) == 0

    file.write_text(file.read_text().replace("json, declared: false, load: false", "json, declared: false, load: true"))
    pipeline.state, pipeline.dataset = {}, f"{pipeline.dataset}_2"  # the local BigQuery adds no field to a RECORD
    done = pipeline.run(tap=tap)
    assert done.ok, done.target_log
    (row,) = pipeline.query(
        "SELECT TO_JSON_STRING(t.box) AS whole, ARRAY(SELECT item.new_thing FROM UNNEST(t.items) AS item) AS things"
        f" FROM {{d}}.client_invoices AS t WHERE id = '{invoice['id']}'"
    )
    assert row["whole"] == '{"CANARY":[0.3,"ä"]}'
    assert row["things"] == ['{"Rate":0.1,"of":[1,null]}'] * len(items)
    assert "CANARY" not in done.tap_log + done.target_log


def check_states(pipeline: Pipeline) -> None:
    """Everything that the last STATE says was read is in the table."""
    parts = pipeline.state.get("bookmarks", {}).get("transactions", {}).get("partitions", [])
    if not any("replication_key_value" in part for part in parts):
        return
    loaded = {row["id"] for row in pipeline.query("SELECT id FROM {d}.transactions")}
    for part in parts:
        mine = [
            record["id"]
            for record in pipeline.bank.qonto.records("transactions")
            if record["bank_account_id"] == part["context"]["bank_account_id"]
            and record["status"] == part["context"]["status"]
            and record["updated_at"] <= part.get("replication_key_value", "").replace("Z", "000Z")
        ]
        assert loaded >= set(mine)


def interrupt(pipeline: Pipeline, dice: random.Random, times: int) -> None:
    """Kill the tap or the target, or ask one of them to stop, at random moments; go on from the last STATE."""
    for _ in range(times):
        upper, lower = pipeline.start(target={"commit_after_seconds": 0, "batch_size_bytes": 300_000})
        victim, number = dice.choice((upper, lower)), dice.choice((signal.SIGKILL, signal.SIGTERM))
        try:
            lower.wait(timeout=dice.uniform(0.4, 3.0))
        except Exception:  # noqa: BLE001 - it still runs, as it should
            os.kill(victim.pid, number)
        pipeline.finish(upper, lower)
        check_states(pipeline)


def test_interrupted_runs_lose_and_double_nothing(pipeline: Pipeline, bank: Sandbox) -> None:
    bank.latency(40)
    interrupt(pipeline, random.Random(5), 4)
    bank.latency(0)
    assert pipeline.run().ok
    pipeline.assert_exact()


@pytest.mark.storm
@pytest.mark.timeout(3600)
def test_a_storm(pipeline: Pipeline, bank: Sandbox) -> None:
    dice = random.Random(77)
    bank.latency(25)
    for _ in range(20):
        bank.faults([{"match": {"probability": 0.02}, "times": None, "do": fault} for fault in FAULTS])
        for mutation in dice.sample(MUTATIONS, 2):
            bank.qonto.mutate(**mutation)
        interrupt(pipeline, dice, 4)
    bank.faults([])
    assert pipeline.run().ok
    pipeline.assert_exact()
