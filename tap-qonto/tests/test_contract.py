"""The file of columns: nothing outside it is ever sent, in whatever way the tap is run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tap_kit.cli import exit_code
from tap_kit.contract import Contract
from tap_kit.contract_file import accepted, declared, difference, text
from tap_qonto.streams import STREAMS
from tap_qonto.tap import TapQonto

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tap_kit.testing import Run

CANARY = "CANARY"


def write(path: Path, streams: dict[str, Any]) -> str:
    path.write_text(text("tap-qonto", streams), "utf-8")
    return str(path)


@pytest.fixture
def sent(qonto: Any, transaction: Callable[..., Any]) -> dict[str, Any]:
    """A transaction and a member with everything."""
    qonto.lists["transactions"] = [
        transaction(
            1,
            note=CANARY,
            reference="R 1",
            brand_new=CANARY,
            transfer={"counterparty_account_number": CANARY, "counterparty_account_number_format": "IBAN"},
            labels=[{"id": "l-1", "name": CANARY}],
        )
    ]
    qonto.lists["memberships"] = [{"id": "m-1", "first_name": CANARY, "role": "owner", "email": CANARY}]
    return {
        "transactions": {
            "id": {"type": "string"},
            "updated_at": {"type": "date-time"},
            "amount": {"type": "number"},
            "transfer.counterparty_account_number": {"type": "string", "personal": True, "load": "hashed"},
            "transfer.counterparty_account_number_format": {"type": "string"},
            "labels.id": {"type": "string"},
            "reference": {"type": "string", "load": False},
        },
        "memberships": {"id": {"type": "string"}, "role": {"type": "string"}},
    }


def everything() -> dict[str, Any]:
    """A catalog that selects all there is, as an older version of the tap may have left it."""
    catalog: dict[str, Any] = json.loads(TapQonto(validate_config=False).catalog_json_text)
    for entry in catalog["streams"]:
        entry["schema"]["properties"]["of_old"] = {"type": ["string", "null"]}
        entry["metadata"][-1]["metadata"]["selected"] = entry["tap_stream_id"] in (
            "transactions",
            "memberships",
            "labels",
            "attachments",
        )
    return catalog


@pytest.mark.parametrize("saved_catalog", [False, True])
def test_only_what_the_file_names_is_sent(
    sent: dict[str, Any], tap: Callable[..., Run], tmp_path: Path, *, saved_catalog: bool
) -> None:
    settings = {"columns_file": write(tmp_path / "columns.yml", sent), "hash_key": "k"}
    run = tap(catalog=everything() if saved_catalog else None, **settings)
    assert run.code == 0, run.log
    (row,) = run.rows("transactions")
    assert row == {
        "id": "t-00001",
        "updated_at": "2026-05-01T00:00:01.000Z",
        "amount": 0.01,
        "transfer": {"counterparty_account_number": row["transfer"]["counterparty_account_number"],
                     "counterparty_account_number_format": "IBAN"},
        "labels": [{"id": "l-1"}],
    }  # fmt: skip
    assert len(row["transfer"]["counterparty_account_number"]) == 64
    assert run.rows("memberships") == [{"id": "m-1", "role": "owner"}]
    schemas = {m["stream"]: set(m["schema"]["properties"]) for m in run.messages if m["type"] == "SCHEMA"}
    assert schemas == {
        "transactions": {"id", "updated_at", "amount", "transfer", "labels"},
        "memberships": {"id", "role"},
    }
    assert CANARY not in json.dumps(run.messages) + run.log


def test_a_hash_is_of_the_value_and_the_key(sent: dict[str, Any], tap: Callable[..., Run], tmp_path: Path) -> None:
    where = write(tmp_path / "columns.yml", sent)
    hashes = [
        tap(columns_file=where, hash_key=key).rows("transactions")[0]["transfer"]["counterparty_account_number"]
        for key in ("one", "one", "two")
    ]
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        ("streams: [", "is not YAML"),
        ("transactions: {}", "expected 'streams:'"),
        ("streams: {labels: [id]}", "expected columns under labels"),
        ("streams: {labels: {id: string}}", "labels.id must be like"),
        ("streams: {labels: {id: {load: maybe}}}", "labels.id must be like"),
        ("streams: {labels: {name: {}}}", "labels cannot be read without id"),
        ("streams: {transactions: {id: {}, updated_at: {load: false}}}", "cannot be read without updated_at"),
        ("streams: {labels: {id: {}, name: {load: hashed}}}", "set hash_key"),
    ],
)
def test_a_wrong_file_is_one_line(
    qonto: Any, tap: Callable[..., Run], tmp_path: Path, content: str | None, words: str
) -> None:
    if content is not None:
        (tmp_path / "columns.yml").write_text(content)
    run = tap(columns_file=str(tmp_path / "columns.yml"))
    assert (run.code, qonto.asked) == (2, [])
    (line,) = run.errors
    assert words in line


def test_a_new_file_leaves_personal_data_out_and_reads_every_stream() -> None:
    streams = declared("tap_qonto", STREAMS)
    assert streams["memberships"]["birthdate"] == {"type": "date", "personal": True, "load": False}
    assert streams["transactions"]["vat_details.items.amount"] == {"type": "number"}
    contract = Contract(yaml.safe_load(text("tap-qonto", streams))["streams"])
    assert contract.streams == streams
    for row in STREAMS:
        contract.applied(row, {"properties": {}})  # does not miss what the stream needs
    assert difference(contract, "tap_qonto", STREAMS) == []


def test_what_a_new_version_of_the_tap_declares_is_shown_and_taken_when_accepted() -> None:
    streams = declared("tap_qonto", [row for row in STREAMS if row.name in ("labels", "memberships")])
    del streams["labels"]["parent_id"], streams["memberships"]["email"]
    streams["labels"]["colour"] = {"type": "string"}
    streams["labels"]["name"] = {"type": "integer", "load": False}
    streams["memberships"]["first_name"]["load"] = "hashed"
    contract = Contract(streams)
    assert set(difference(contract, "tap_qonto", STREAMS)) == {
        "~ labels.name: integer is string now",
        "+ labels.parent_id: string",
        "- labels.colour: declared no more",
        "+ memberships.email: string, personal",
    }
    found = accepted(contract, "tap_qonto", STREAMS, also=["teams"])
    assert difference(Contract(found), "tap_qonto", STREAMS) == []
    assert found["labels"]["name"] == {"type": "string", "load": False}, "a choice stays"
    assert found["memberships"]["first_name"]["load"] == "hashed"
    assert found["memberships"]["email"] == {"type": "string", "personal": True, "load": False}
    assert set(found) == {"labels", "memberships", "teams"}


def test_the_file_is_made_compared_and_brought_up_to_date_by_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "columns.yml"

    def run(*arguments: str) -> tuple[int, str]:
        code = exit_code(TapQonto, ["columns", *arguments])
        return code, capsys.readouterr().out

    assert run("init", str(file), "--stream", "labels", "--stream", "memberships")[0] == 0
    assert set(Contract.read(str(file)).streams) == {"labels", "memberships"}
    assert run("init", str(file))[0] == 2, "an existing file is not written over"
    assert run("diff", str(file))[0] == 0
    file.write_text(file.read_text().replace("    parent_id: {type: string}\n", ""))
    assert run("diff", str(file)) == (1, "+ labels.parent_id: string\n")
    assert run("accept", str(file), "--stream", "teams")[0] == 0
    assert run("diff", str(file))[0] == 0
    assert set(Contract.read(str(file)).streams) == {"labels", "memberships", "teams"}
    assert run("diff", str(tmp_path / "nowhere.yml"))[0] == 2
