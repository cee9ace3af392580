"""The end of a connection: all of it goes, in the order that loses least, and nothing of its neighbour."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import yaml
from google.api_core.exceptions import NotFound
from meltano.core.job.job import Job, State
from meltano.core.models import SystemModel
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from tap_kit.connections.__main__ import main
from tap_kit.connections.meltano import ask
from tap_qonto.tap import TapQonto

from sandbox import Sandbox

if TYPE_CHECKING:
    from sandbox import LocalBigQuery

ROOT = Path(__file__).parent.parent
STATE = {"completed": {"singer_state": {"bookmarks": {}}}, "partial": {}}
NAMES = ("acme", "acme_two")  # one begins like the other
ACME = "devtap-qonto--acme-to-target-bigquery--acme"  # among them
DATABASE = "sqlite:///system.db"
LOGS = ".state/meltano/log/elt"  # where Meltano puts the logs of all projects, with XDG_STATE_HOME of a test

# What a connection leaves on this machine, by the names that Meltano and the runner use.
PLACES = (
    ".local/tokens/{}.json", ".local/tokens/{}.json.lock", ".local/logs/{}.log", ".local/logs/{}.lock",
    ".local/reports/{}/tap-qonto-1Z.json", ".local/reports/{}/tap-qonto-1Z.html",
    ".meltano/run/tap-qonto--{}/tap.properties.json", ".meltano/run/target-bigquery--{}/target.json",
    ".local/state/dev:tap-qonto--{}-to-target-bigquery--{}/state.json", "files/{}/attachments/a1.pdf",
)  # fmt: skip

PARTS = ["sign-in", "state", "runs that Meltano remembers", "dataset", "saved files", "log, reports and caches"]

# Meltano's answers by its arguments: `invoke plugin:command …` or `state …`.
FAKE = """#!/bin/sh
echo "$*" >> asked
case "$*" in
  *:status) echo "company: Acme (1)"; echo "scopes: a b" ;;
  "state list") ls .local/state 2>/dev/null ;;
  "state clear --force "*) rm -r ".local/state/$4" ;;
  *:remove*--yes) echo "removed 1 tables and the dataset" ;;
  *:remove*) echo "would go: table qonto.labels"; echo "stays: qonto.theirs, which others made" ;;
esac
if [ -e "broken-$2" ]; then
  echo '{"level": "info", "event": "something"}' >&2
  cat "broken-$2" >&2
  exit "$(cat code 2>/dev/null || echo 1)"
fi
"""


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def connected(project: Path, **settings: Any) -> None:
    """Two connections, with all that they leave on this machine."""
    for file in ("meltano.yml", *(str(path.relative_to(ROOT)) for path in ROOT.glob("*/plugin.meltano.yml"))):
        (project / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, project / file)
    listed = [
        {"name": name, "tap": "tap-qonto", "settings": {"files_uri": f"files/{name}", **settings}} for name in NAMES
    ]
    write(project / "connections.yml", yaml.safe_dump({"connections": listed}))
    for name in NAMES:
        for place in PLACES:
            write(project / place.format(name, name), json.dumps(STATE))
        note = {"file_uri": f"files/{name}/attachments/a1.pdf", "file_bytes": 1}
        write(project / f"files/{name}/attachments/a1.json", json.dumps(note))
        write(project / f"files/{name}/attachments/mine.json", "[]")


def digests(project: Path, name: str = "") -> dict[str, str]:
    """What is in the files of a connection, or of all."""
    files = (path for folder in (".local", ".meltano", ".state", "files") for path in (project / folder).rglob("*"))
    found = {str(path.relative_to(project)): path for path in files if path.is_file()}
    mine = {place: path for place, path in found.items() if not name or name in place.replace("acme_two", "two")}
    return {place: hashlib.sha256(path.read_bytes()).hexdigest() for place, path in mine.items()}


def remember(database: str, environment: str) -> None:
    """Two runs of each connection in Meltano's own database, and a log of each."""
    with Session(create_engine(database, poolclass=NullPool)) as session:
        SystemModel.metadata.create_all(session.connection())
        for number, name in enumerate(2 * NAMES):
            state = f"{environment}:tap-qonto--{name}-to-target-bigquery--{name}"
            run = Job(job_name=state, state=State.SUCCESS, run_id=UUID(int=number), started_at=datetime.now(UTC))
            session.add(run)
            write(Path(LOGS, state.replace(":", ""), str(run.run_id), "elt.log"), name)
        session.commit()


def remembered(database: str) -> list[str]:
    """Whose runs there are in it."""
    with Session(create_engine(database, poolclass=NullPool)) as session:
        return [name.rpartition("--")[2] for name in session.scalars(select(Job.job_name).order_by(Job.id))]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose Meltano says what a test wants it to."""
    connected(tmp_path)
    write(tmp_path / "bin/meltano", FAKE)
    (tmp_path / "bin/meltano").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("MELTANO_ENVIRONMENT", raising=False)
    monkeypatch.delenv("MELTANO_SYS_DIR_ROOT", raising=False)
    monkeypatch.setenv("MELTANO_DATABASE_URI", DATABASE)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / ".state"))
    monkeypatch.chdir(tmp_path)
    remember(DATABASE, "dev")
    return tmp_path


def remove(*options: str) -> int:
    return main(["remove", "connections.yml", "acme", *options])


@pytest.mark.parametrize("options", [[], ["--files"], ["--yes", "acme_two"]])
def test_first_it_lists_what_would_go(project: Path, capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    before = digests(project)
    assert remove(*options) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "acme in environment dev:"
    assert said[-1] == "nothing was removed: --yes acme removes it"
    for line in (
        "sign-in: company: Acme (1)",
        "sign-in: .local/tokens/acme.json",
        "state: dev:tap-qonto--acme-to-target-bigquery--acme",
        f"runs that Meltano remembers: 2 entries, logs in {project / LOGS / ACME}",
        "dataset: would go: table qonto.labels",
        "dataset: stays: qonto.theirs, which others made",
        "log, reports and caches: .local/reports/acme",
        "log, reports and caches: .meltano/run/tap-qonto--acme",
    ):
        assert line in said
    assert ("saved files: 1 under files/acme" in said) is ("--files" in options)
    assert not [line for line in said if "two" in line]
    assert digests(project) == before
    assert remembered(DATABASE) == [*NAMES, *NAMES]
    assert not [line for line in (project / "asked").read_text().splitlines() if "yes" in line or "logout" in line]


def test_all_of_it_goes_and_nothing_of_the_neighbour(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    neighbour = digests(project, "two")
    elsewhere = Path(LOGS, ACME, str(UUID(int=9)), "elt.log")
    write(elsewhere, "of a project beside this one, which has a connection of this name, too")
    assert remove("--yes", "acme", "--files") == 0
    left = digests(project)
    assert left.pop(str(elsewhere))
    assert remembered(DATABASE) == ["acme_two", "acme_two"]
    assert left.pop(".local/removals.jsonl")
    assert left.pop("files/acme/attachments/mine.json"), "what the tap did not save is not its to remove"
    assert left == neighbour
    asked = (project / "asked").read_text().splitlines()
    assert asked[-3:] == [
        "invoke tap-qonto--acme:logout",
        "state clear --force dev:tap-qonto--acme-to-target-bigquery--acme",
        "invoke target-bigquery--acme:remove --dataset qonto_acme --yes",
    ]
    assert "left to you: take acme out of connections.yml" in capsys.readouterr().out
    (line,) = (project / ".local/removals.jsonl").read_text().splitlines()
    audit = json.loads(line)
    assert audit.pop("at").endswith("+00:00")
    assert audit == {
        "connection": "acme",
        "tap": "tap-qonto",
        "dataset": "qonto_acme",
        "environment": "dev",
        "removed": PARTS,
        "failed": [],
    }


def test_without_being_asked_for_files_stay(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert remove("--yes", "acme") == 0
    assert (project / "files/acme/attachments/a1.pdf").exists()
    assert "left to you: look at files/acme, its files_uri" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("broken", "kept", "failed"),
    [
        ("tap-qonto--acme:logout", ".local/tokens/acme.json", "sign-in"),
        ("target-bigquery--acme:remove", "connections.yml", "dataset"),
        ("list", ".local/state/dev:tap-qonto--acme-to-target-bigquery--acme/state.json", "state"),
    ],
)
def test_one_part_that_breaks_does_not_hide_the_others(
    project: Path, capsys: pytest.CaptureFixture[str], broken: str, kept: str, failed: str
) -> None:
    (project / f"broken-{broken}").write_text('{"level": "error", "event": "the vendor is down"}\n')
    if failed == "state":
        (project / "broken-clear").write_text('{"level": "error", "event": "the vendor is down"}\n')
        shutil.rmtree(project / ".local/state")
        write(project / kept, "{}")
        (project / "bin/meltano").write_text(FAKE.replace("rm -r", "true"))
    assert remove("--yes", "acme") == 1
    said = capsys.readouterr()
    assert f"{failed}: the vendor is down" in said.out + said.err
    assert f"acme: not removed: {failed} (reasons above); run it again" in said.err
    assert (project / kept).exists()
    others = {".local/tokens/acme.json", ".local/logs/acme.log", ".local/reports/acme"} - {kept}
    assert not [place for place in others if (project / place).exists()]
    (line,) = (project / ".local/removals.jsonl").read_text().splitlines()
    assert json.loads(line)["failed"] == [failed]
    assert failed not in json.loads(line)["removed"]

    (project / f"broken-{broken}").unlink()
    (project / "broken-clear").unlink(missing_ok=True)
    assert remove("--yes", "acme") == 0


@pytest.mark.parametrize(("store", "code"), [(".local/tokens/acme.json.run-1.lock", 0), (".local/tokens/acme.json", 1)])
def test_a_connection_with_a_key_has_nothing_to_sign_out_of(
    project: Path, capsys: pytest.CaptureFixture[str], store: str, code: int
) -> None:
    """But a sign-in that is there and cannot be revoked, as the app's secrets are gone, is kept."""
    for place in PLACES[:2]:
        (project / place.format("acme")).unlink()
    write(project / store, "{}")
    (project / "bin/meltano").write_text(FAKE.replace('*:status) echo "company: Acme (1)"', "*:status) true"))
    (project / "broken-tap-qonto--acme:status").write_text('{"level": "error", "event": "set client_id"}\n')
    (project / "code").write_text("2")
    assert remove("--yes", "acme") == code
    assert ("sign-in: set client_id" in capsys.readouterr().out) is bool(code)
    assert (project / store).exists() is bool(code)
    assert "logout" not in (project / "asked").read_text()


def test_a_database_that_cannot_be_reached_hides_nothing_else(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELTANO_DATABASE_URI", "sqlite:///nowhere/system.db")
    monkeypatch.setenv("MELTANO_DATABASE_MAX_RETRIES", "0")
    assert remove("--yes", "acme") == 1
    said = capsys.readouterr()
    assert "runs that Meltano remembers: Meltano's database cannot be read or written (OperationalError)" in said.err
    assert not (project / ".local/tokens/acme.json").exists()


def test_what_is_gone_already_is_not_asked_for_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert remove("--yes", "acme", "--files") == 0
    no_dataset = '{"level": "error", "event": "project p has no dataset qonto_acme"}\n'
    (project / "broken-target-bigquery--acme:remove").write_text(no_dataset)
    nothing = (
        FAKE.replace("company: Acme", "Nobody").replace('echo "would', ': "would').replace('echo "stays', ': "stays')
    )
    (project / "bin/meltano").write_text(nothing)
    (project / "asked").unlink()
    capsys.readouterr()
    assert remove("--yes", "acme", "--files") == 0
    assert capsys.readouterr().out.count("nothing is there") == 6
    assert not [line for line in (project / "asked").read_text().splitlines() if "logout" in line or "yes" in line]


@pytest.mark.parametrize("theirs", ["files", "files/acme", "files/acme/more"])
def test_files_in_a_place_that_a_neighbour_has_too_stay(
    project: Path, capsys: pytest.CaptureFixture[str], theirs: str
) -> None:
    content = yaml.safe_load((project / "connections.yml").read_text())
    content["connections"][1]["settings"]["files_uri"] = theirs
    (project / "connections.yml").write_text(yaml.safe_dump(content))
    assert remove("--yes", "acme", "--files") == 1
    assert "saved files: files/acme stays: the files of acme_two are there, too" in capsys.readouterr().out
    assert (project / "files/acme/attachments/a1.pdf").exists()


def test_the_name_can_be_typed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.prompt", lambda *_, **__: "acm")
    assert remove() == 0
    assert (project / ".local/tokens/acme.json").exists()
    monkeypatch.setattr("click.prompt", lambda *_, **__: "acme")
    assert remove() == 0
    assert not (project / ".local/tokens/acme.json").exists()


def test_a_connection_that_is_not_there(project: Path) -> None:
    assert main(["remove", "connections.yml", "nobody", "--yes", "nobody"]) == 2
    assert not (project / "asked").exists()


def test_a_connection_goes_through_meltano_and_its_neighbour_stays(
    warehouse: LocalBigQuery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real one: the sign-in is revoked, state and dataset are gone, and the neighbour is as it was."""
    connected(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MELTANO_SYS_DIR_ROOT", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / ".state"))
    shutil.rmtree(".local/tokens")
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parent.parent)
    assert main(["connections.yml", "meltano/connections.meltano.yml"]) == 0
    client = warehouse.client()
    with Sandbox(transactions=0) as sandbox:
        monkeypatch.setenv("TARGET_BIGQUERY_PROJECT", "local")
        monkeypatch.setenv("TARGET_BIGQUERY_API_ENDPOINT", warehouse.url)
        monkeypatch.setenv("MELTANO_ENVIRONMENT", "prod")
        for name in NAMES:
            granted = sandbox.qonto.grant()
            settings = {key: granted[key] for key in ("client_id", "client_secret", "refresh_token")}
            settings |= {"api_url": sandbox.qonto.api_url, "auth_url": sandbox.qonto.auth_url}
            for key, value in settings.items():
                monkeypatch.setenv(f"TAP_QONTO__{name.upper()}_{key.upper()}", value)
            TapQonto(config={**settings, "token_store": f".local/tokens/{name}.json"}).api.sign_in.headers()
            (tmp_path / f".local/state/dev:tap-qonto--{name}-to-target-bigquery--{name}").rename(
                f".local/state/prod:tap-qonto--{name}-to-target-bigquery--{name}"
            )
        load(tmp_path, warehouse)
        database = f"sqlite:///{tmp_path / '.meltano/meltano.db'}"
        assert ask("job", "list").code == 0, "Meltano makes its database"
        remember(database, "prod")
        neighbour = digests(tmp_path, "two")
        sandbox.clear_log()
        assert remove("--yes", "acme", "--files") == 0
        assert [entry["path"] for entry in sandbox.log() if entry["path"].endswith("/revoke")]
    assert digests(tmp_path, "two") == neighbour
    assert not digests(tmp_path, "acme").keys() - {"files/acme/attachments/mine.json"}
    assert remembered(database) == ["acme_two", "acme_two"]
    with pytest.raises(NotFound):
        client.get_dataset("local.qonto_acme")
    (row,) = client.query("SELECT id FROM qonto_acme_two.labels").result()
    assert row["id"] == 1
    client.delete_dataset("local.qonto_acme_two", delete_contents=True)


def load(folder: Path, warehouse: LocalBigQuery) -> None:
    """A table in the dataset of each connection."""
    settings = {"project": "local", "dataset": "qonto_{stream_namespace}", "api_endpoint": warehouse.url}
    (folder / "target.json").write_text(json.dumps(settings))
    messages = []
    for name in NAMES:
        schema = {"type": "object", "properties": {"id": {"type": "integer"}}}
        messages += [
            {"type": "SCHEMA", "stream": f"{name}-labels", "schema": schema, "key_properties": ["id"]},
            {"type": "RECORD", "stream": f"{name}-labels", "record": {"id": 1}},
        ]
    subprocess.run(
        [Path(sys.executable).with_name("target-bigquery"), "--config", "target.json"],
        input="".join(f"{json.dumps(message)}\n" for message in messages),
        text=True,
        capture_output=True,
        check=True,
    )
