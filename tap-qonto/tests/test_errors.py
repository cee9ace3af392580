"""One clear line and the right exit code; what was read is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.testing import Reply, run_tap

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tap_kit.testing import Run

KEY = "riverside-mill-4471:k3yk3yk3y"
UNAUTHORIZED = Reply({"errors": [{"code": "authorization_token_invalid", "detail": "no"}]}, status=401)
FORBIDDEN = Reply({"errors": [{"code": "forbidden", "detail": "no rights"}]}, status=403)


def bookmark(stream: str, column: str = "updated_at", value: Any = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    return {"bookmarks": {stream: {"replication_key": column, "replication_key_value": value}}}


@pytest.mark.parametrize(
    ("settings", "given", "words"),
    [
        ({"api_key": " slug:key"}, {}, "api_key is not of the form"),
        ({"api_key": "slug:key\n"}, {}, "api_key is not of the form"),
        ({"api_key": "slugkey"}, {}, "api_key is not of the form"),
        ({"api_key": 12345678}, {}, "api_key must be"),
        ({"api_key": None}, {}, "set api_key, or"),
        ({"api_key": ""}, {}, "set api_key, or client_id and client_secret of an app"),
        ({"client_id": "app"}, {}, "api_key and client_id are set: one credential is enough"),
        ({"api_key": "", "client_secret": "s3cr3t"}, {}, "set client_id"),
        ({"staging_token": "two words"}, {}, "staging_token: contains spaces"),
        ({"auth_url": "oauth.qonto.com"}, {}, "auth_url is not a URL"),
        ({"api_url": "thirdparty.qonto.com"}, {}, "api_url is not a URL"),
        ({"ibans": ["FR7630001007941234567890186"]}, {}, "ibans: 1 of them cannot be right"),
        ({"start_date": "soon"}, {}, "start_date is not a date"),
        ({"start_date": "2026-02-30"}, {}, "start_date is not a date"),
        ({}, {"state": bookmark("orders")}, "the state is of another tap: tap-qonto has no stream orders"),
        (
            {},
            {"state": bookmark("transactions", "settled_at")},
            "the state of transactions was not written by tap-qonto",
        ),
        ({}, {"state": bookmark("transactions", value="yesterday")}, "the state of transactions was not written"),
        ({}, {"state": bookmark("labels")}, "the state of labels was not written"),
        ({}, {"state": "[1, 2]"}, "the state is not a Singer state"),
        ({}, {"state": "{not json"}, "the state is not JSON"),
        ({}, {"catalog": "{not json"}, "the catalog is not JSON"),
    ],
)
def test_wrong_input_is_one_line_exit_2_and_nothing_asked(
    qonto: Any, tap: Callable[..., Run], settings: dict[str, Any], given: dict[str, Any], words: str
) -> None:
    run = tap(**settings, **given)
    assert run.code == 2
    (line,) = run.errors
    assert words in line
    assert "k3yk3y" not in run.log
    assert "12345678" not in run.log
    assert (run.messages, qonto.asked) == ([], [])


def test_another_organization_than_the_one_that_is_meant(qonto: Any, tap: Callable[..., Run]) -> None:
    qonto.lists["labels"] = [{"id": "1", "name": "of somebody else"}]
    run = tap(organization_slug="riverside-bakery-4471")
    assert (run.code, run.messages) == (2, [])
    (line,) = run.errors
    assert "the credentials are of another organization than organization_slug: nothing was read" in line
    assert [path for path, _ in qonto.asked] == ["organization"]

    assert tap(organization_slug=" Riverside-Mill-4471").rows("labels")

    qonto.faults["organization"] = FORBIDDEN
    run = tap(organization_slug="riverside-mill-4471")
    assert (run.code, run.messages) == (2, [])
    assert "organization_slug cannot be compared, as the scope organization.read is missing" in run.log


def test_a_catalog_with_an_unknown_stream(qonto: Any, tap: Callable[..., Run]) -> None:
    metadata = [{"breadcrumb": [], "metadata": {"selected": True}}]
    entry = {"tap_stream_id": "orders", "stream": "orders", "schema": {"properties": {"id": {"type": "string"}}}}
    run = tap(catalog={"streams": [{**entry, "metadata": metadata}]})
    assert (run.code, run.messages, qonto.asked) == (2, [], [])
    (line,) = run.errors
    assert "the catalog selects streams that tap-qonto does not have: orders" in line


@pytest.mark.parametrize("content", ["{bad", "[1]", '"k3yk3y"', ""])
def test_a_config_file_that_holds_no_settings(tmp_path: Path, content: str) -> None:
    run = run_tap("tap_qonto", content, tmp_path)
    assert run.code == 2
    (line,) = run.errors
    assert "config.json: not a JSON object with settings" in line


def test_a_missing_config_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tap_qonto", "--config", str(tmp_path / "none.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "none.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_key(qonto: Any, tap: Callable[..., Run]) -> None:
    qonto.answer = lambda *_: UNAUTHORIZED
    run = tap()
    assert run.code == 1
    (line,) = run.errors
    assert "Qonto refused the credentials: check api_key" in line
    assert len(qonto.asked) == 1


def test_nobody_at_the_address(tmp_path: Path) -> None:
    run = run_tap("tap_qonto", {"api_key": KEY, "api_url": "http://127.0.0.1:9"}, tmp_path)
    assert run.code == 1
    (line,) = run.errors
    assert "Qonto at http://127.0.0.1:9 cannot be reached: connection refused" in line


@pytest.mark.parametrize("refusal", [FORBIDDEN, UNAUTHORIZED], ids=["403", "401"])
def test_a_refused_stream_is_skipped_and_the_others_go_on(
    qonto: Any, tap: Callable[..., Run], transaction: Any, refusal: Reply
) -> None:
    qonto.lists["transactions"] = [transaction(1)]
    qonto.faults["memberships"] = refusal
    run = tap()
    assert run.code == 1
    assert len(run.rows("transactions")) == 1
    first, last = run.errors
    assert "Stream memberships is skipped: Qonto refused access" in first
    assert "not read: memberships" in last
    assert not any(m["type"] == "ACTIVATE_VERSION" and m["stream"] == "memberships" for m in run.messages)


def test_a_refused_account_is_left_out_and_the_others_are_read(
    qonto: Any, tap: Callable[..., Run], transaction: Any
) -> None:
    qonto.lists["transactions"] = [transaction(1)]
    answer = qonto.answer
    other = qonto.lists["bank_accounts"][1]["id"]

    def refuse(path: str, query: Any) -> Reply:
        return FORBIDDEN if query.get("bank_account_id") == [other] else answer(path, query)

    qonto.answer = refuse
    run = tap()
    assert run.code == 1
    assert len(run.rows("transactions")) == 1
    assert len(run.errors) == 7  # three statuses of transactions and of their attachments, and the last line
    assert f"Stream transactions of bank_account_id {other}, status pending is skipped" in run.errors[3]


def test_a_wrong_path_is_about_the_url(qonto: Any, tap: Callable[..., Run]) -> None:
    qonto.answer = lambda *_: Reply({"errors": [{"code": "not_found"}]}, status=404)
    run = tap()
    assert run.code == 1
    (line,) = run.errors
    assert "Qonto refused the first request: check api_url" in line


def test_an_iban_that_the_organization_does_not_have(qonto: Any, tap: Callable[..., Run]) -> None:
    run = tap(ibans=["DE89 3704 0044 0532 0130 00"])
    assert run.code == 2
    assert "ibans: the organization has no bank account …3000" in run.errors[-1]
    assert "DE89" not in run.log
    assert not [path for path, _ in qonto.asked if path == "transactions"]


def test_a_list_that_changed_is_skipped_and_the_others_go_on(qonto: Any, tap: Callable[..., Run]) -> None:
    qonto.faults["labels"] = Reply({"tags": []})
    qonto.lists["memberships"] = [{"first_name": "nameless"}]
    qonto.lists["statements"] = [{"id": "s"}]
    run = tap()
    assert run.code == 1
    assert "Qonto answered without 'labels' (GET labels)" in run.errors[0]
    assert "a record of memberships came without its key (id)" in run.errors[1]
    assert "not read: labels, memberships" in run.errors[2]
    assert run.rows("statements") == [{"id": "s"}]


def test_a_sign_on_page_is_not_asked_for_stream_by_stream(qonto: Any, tap: Callable[..., Run]) -> None:
    qonto.answer = lambda *_: Reply(raw=b"<html>", headers={"Content-Type": "text/html"})
    run = tap()
    assert run.code == 1
    (line,) = run.errors
    assert "Qonto answered with text/html that is not JSON; check api_url" in line
    assert {path for path, _ in qonto.asked} == {"bank_accounts"}


def test_a_full_table_that_broke_off_is_not_activated(qonto: Any, tap: Callable[..., Run]) -> None:
    qonto.lists["labels"] = [{"id": str(n), "name": "x"} for n in range(150)]
    answer = qonto.answer

    def break_off(path: str, query: Any) -> Reply:
        return (
            Reply({"errors": []}, status=400) if (path, query.get("page")) == ("labels", ["2"]) else answer(path, query)
        )

    qonto.answer = break_off
    run = tap()
    assert run.code == 1
    assert len(run.rows("labels")) == 100
    activated = {m["stream"] for m in run.messages if m["type"] == "ACTIVATE_VERSION"}
    assert "memberships" in activated
    assert "labels" not in activated


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_run_with_whole_lines_and_its_state(
    qonto: Any, transaction: Any, tmp_path: Path, number: int, code: int
) -> None:
    qonto.lists["transactions"] = [transaction(n) for n in range(1500)]
    answer, stuck, release = qonto.answer, threading.Event(), threading.Event()

    def stick(path: str, query: Any) -> Reply:
        if query.get("page") == ["9"]:
            stuck.set()
            release.wait(30)
        return answer(path, query)

    qonto.answer = stick
    (tmp_path / "config.json").write_text(f'{{"api_key": "{KEY}", "api_url": "{qonto.url}"}}')
    command = [sys.executable, "-m", "tap_qonto", "--config", str(tmp_path / "config.json")]
    with (tmp_path / "out").open("wb") as out_file, (tmp_path / "log").open("wb") as log_file:
        process = subprocess.Popen(command, stdout=out_file, stderr=log_file)
        try:
            assert stuck.wait(30)
            os.kill(process.pid, number)
            process.wait(30)
        finally:
            release.set()
            process.kill()
            process.wait()
    out, log = (tmp_path / "out").read_bytes(), (tmp_path / "log").read_bytes()
    assert process.returncode == code
    assert out.endswith(b"}\n")
    assert b"Traceback" not in log
    assert out.splitlines()[-1].startswith(b'{"type":"STATE"')


def test_a_reader_that_goes_away(qonto: Any, transaction: Any, tmp_path: Path) -> None:
    qonto.lists["transactions"] = [transaction(n) for n in range(1500)]
    (tmp_path / "config.json").write_text(f'{{"api_key": "{KEY}", "api_url": "{qonto.url}"}}')
    command = [sys.executable, "-m", "tap_qonto", "--config", str(tmp_path / "config.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        log = process.stderr.read()
        code = process.wait(30)
    assert code == 1
    assert b"stdout was closed by its reader" in log
    assert b"Traceback" not in log
