"""The file of columns: nothing outside it is ever sent, in whatever way the tap is run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tap_kit.cli import exit_code
from tap_kit.contract import Contract
from tap_kit.contract_file import accepted, declared, difference, text
from tap_kit.contract_sent import last_seen, lines, with_undeclared
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
        ("streams: {labels: {new: {type: object, declared: false}}}", "labels.new must have a type of string, integer"),
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


def test_a_field_that_nobody_declared_is_told_of_and_can_be_chosen(
    qonto: Any, tap: Callable[..., Run], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, reports = tmp_path / "columns.yml", tmp_path / "reports"
    chosen = {"id": {"type": "string"}, "name": {"type": "string", "load": False}, "parent_id": {"type": "string"}}
    write(file, {"labels": chosen})
    qonto.lists["labels"] = [{"id": "l-1", "name": "of", "newField": 7, "box": {}, "two": 1}, {"id": "l-2", "two": "x"}]
    settings = {"columns_file": str(file), "report_dir": str(reports)}
    assert tap(**settings).rows("labels")[0] == {"id": "l-1", "parent_id": None}

    def run(command: str, *options: str) -> tuple[int, list[str]]:
        code = exit_code(TapQonto, ["columns", command, str(file), *options])
        return code, capsys.readouterr().out.splitlines()

    assert run("diff") == (0, [f"{file} has every column that its streams declare"])
    code, told = run("diff", "--reports", str(reports))
    (report,) = reports.glob("*.json")
    day = json.loads(report.read_text())["started"][:10]
    assert code == 1
    assert told == [
        f"? labels.box: object, sent but not declared, 1 × since {day}",
        f"? labels.new_field: integer, sent but not declared, 1 × since {day}",
        f"? labels.two: integer, sent but not declared, 1 × since {day}",
        f"? labels.two: string, sent but not declared, 1 × since {day}",
        f"  labels.name: sent, not chosen, 1 × since {day}",
    ]
    accepted = run("accept", "--reports", str(reports))[1]
    assert accepted == [
        "+ labels.box: json, not loaded until you say so",
        "+ labels.new_field: integer, not loaded until you say so",
        "+ labels.two: json, not loaded until you say so",
        f"{file} is up to date",
    ]
    assert not [line for line in run("diff", "--reports", str(reports))[1] if line.startswith("?")]
    assert tap(**settings).rows("labels")[0] == {"id": "l-1", "parent_id": None}

    line = "new_field: {type: integer, declared: false, load: "
    file.write_text(file.read_text().replace("declared: false, load: false", "declared: false, load: true"))
    qonto.lists["labels"][0]["box"] = {"Rate": 1, "of": [{}]}
    for catalog in (None, everything()):
        done = tap(catalog=catalog, **settings)
        chosen = {"new_field": 7, "box": {"Rate": 1, "of": [{}]}, "two": 1}
        assert done.rows("labels") == [
            {"id": "l-1", "parent_id": None, **chosen},
            {"id": "l-2", "parent_id": None, "two": "x"},
        ]
        properties = next(m["schema"]["properties"] for m in done.messages if m["type"] == "SCHEMA")
        assert properties["new_field"]["type"] == ["integer", "null"]
        assert "type" not in properties["box"]
        assert "type" not in properties["two"]
    assert run("accept")[0] == 0, "and stays when the tap's own columns are taken"
    assert f"{line}true" in file.read_text()


def test_when_a_field_was_first_seen_is_known_from_all_reports_that_are_left(tmp_path: Path) -> None:
    row = {"name": "labels", "started": None, "seconds": 0, "before": {}, "after": {}, "refused": {}, "state": "read"}
    row |= dict.fromkeys(("requests", "retries", "limited", "received", "before_start", "rows", "deleted", "listed"), 0)
    seen = {"kind": "undeclared", "column": "new", "type": "string", "times": 2}
    newest = [seen, {**seen, "kind": "unfit", "type": "date"}, {"kind": "missing", "column": "old"}]
    for day, drift in (("01", []), ("02", [seen]), ("03", []), ("04", newest)):
        at = f"2026-01-{day}T00:00:00Z"
        run = {
            "tap": "tap-qonto",
            "version": "1",
            "started": at,
            "ended": at,
            "state": "ok",
            "error": "",
            "exit_code": 0,
        }
        run |= dict.fromkeys(("requests", "retries", "limited", "waited"), 0)
        run["streams"] = [{**row, "announced": None, "drift": drift}]
        (tmp_path / f"tap-qonto-202601{day}T000000.000000Z.json").write_text(json.dumps(run))
    contract = Contract({"labels": {"id": {"type": "string"}}})
    assert list(lines(contract, last_seen(tmp_path, "tap-qonto"))) == [
        "? labels.new: string, sent but not declared, 4 × since 2026-01-02",
        "! labels.new: is no date, loaded as null, 2 × since 2026-01-04",
        "  labels.old: chosen, but not sent, since 2026-01-04",
    ]
    assert list(lines(Contract({"teams": {}}), last_seen(tmp_path, "tap-qonto"))) == [], "of no stream that is not read"
    assert last_seen(tmp_path / "nowhere", "tap-qonto") == []


def test_a_field_within_another_is_chosen_where_it_is() -> None:
    schema = {
        "properties": {
            "bank": {"type": "object", "properties": {"iban": {"type": "string"}}},
            "lines": {"type": "array", "items": {"type": "object", "properties": {"vat": {"type": "number"}}}},
            "plain": {"type": "string"},
        }
    }
    line = {"type": "string", "declared": False}
    columns = dict.fromkeys(("bank.bic", "lines.note", "plain.more", "nowhere.more", "top", "bank.iban"), line)
    extended = with_undeclared(schema, columns)["properties"]
    assert set(extended["bank"]["properties"]) == {"iban", "bic"}
    assert extended["bank"]["properties"]["iban"] == {"type": "string"}, "what the tap declares stays as it is"
    assert set(extended["lines"]["items"]["properties"]) == {"vat", "note"}
    assert set(extended) == {"bank", "lines", "plain", "top"}
    anything = with_undeclared(schema, {path: {**line, "type": "json"} for path in ("bank.more", "lines.more", "top")})
    assert "type" not in anything["properties"]["top"]
    assert anything["properties"]["bank"]["properties"]["more"]["type"] == "string"
    assert anything["properties"]["lines"]["items"]["properties"]["more"]["type"] == "string"
    assert set(schema["properties"]) == {"bank", "lines", "plain"}, "the declared schema is not touched"


def test_what_the_tap_declares_at_last_is_shown_and_keeps_its_choice() -> None:
    line = {"type": "integer", "declared": False, "load": True}
    contract = Contract({"labels": {"id": {"type": "string"}, "name": line, "parent_id": {"type": "string"}}})
    assert difference(contract, "tap_qonto", STREAMS) == ["~ labels.name: declared now, as string"]
    assert accepted(contract, "tap_qonto", STREAMS, ())["labels"]["name"] == {"type": "string", "load": True}


def test_what_the_tap_declares_at_last_with_columns_of_its_own_takes_its_place() -> None:
    """They may hold personal data, and are chosen one by one."""
    known = {"id": {"type": "string"}, "updated_at": {"type": "date-time"}}
    contract = Contract({"transactions": {**known, "transfer": {"type": "json", "declared": False, "load": True}}})
    told = difference(contract, "tap_qonto", STREAMS)
    assert "~ transactions.transfer: declared now, with columns of its own" in told
    assert "+ transactions.transfer.counterparty_account_number: string, personal" in told
    found = accepted(contract, "tap_qonto", STREAMS, ())["transactions"]
    assert "transfer" not in found
    assert found["transfer.counterparty_account_number"]["load"] is False
