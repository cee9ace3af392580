"""One clear line and the right exit code; no secret in any of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit import client
from tap_kit.testing import Reply, run_tap
from tap_procountor.settings import token_url
from tenacity import wait_none

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tap_kit.testing import Run

SECRETS = ("s3cr3t", "k3yk3yk3y", "acc3ss", "r3fr3sh")
FORBIDDEN = Reply({"errors": [{"status": 403, "message": "INSUFFICIENT_RIGHTS"}]}, status=403)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"client_id": None}, "'client_id' is a required property"),
        ({"client_secret": None}, "'client_secret' is a required property"),
        ({"api_key": None}, "nobody has signed in to Procountor yet: run tap-procountor login"),
        ({"refresh_token": "r3fr3sh"}, "set either api_key"),
        ({"api_url": "api.procountor.com"}, "api_url is not a URL"),
        ({"auth_url": "oauth/token"}, "auth_url is not a URL"),
        ({"requests_per_second": 0}, "requests_per_second must be at least 1"),
        ({"requests_per_second": "ten"}, "requests_per_second must be"),
        ({"company_id": "Kuusi Oy"}, "company_id must be"),
        ({"start_date": "soon"}, "start_date is not a date"),
    ],
)
def test_wrong_settings(procountor: Any, tap: Callable[..., Run], settings: dict[str, Any], words: str) -> None:
    run = tap(**settings)
    assert run.code == 2
    assert words in run.errors[-1]
    assert (run.messages, procountor.asked) == ([], [])


def test_a_stream_without_the_right_is_left_out(procountor: Any, tap: Callable[..., Run]) -> None:
    procountor.lists["coa"] = [{"ledgerAccountCode": "1910"}]
    procountor.replies["payrolls/employees"] = lambda _: FORBIDDEN
    run = tap("employees", "ledger_accounts")
    assert run.code == 1
    assert len(run.rows("ledger_accounts")) == 1
    first, last = run.errors
    assert "Stream employees is skipped: Procountor refused access: the user behind the credentials" in first
    assert "it needs the right to payroll" in first
    assert "not read: employees" in last


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"errors": [{"status": 400, "message": "UNABLE_TO_GET_CONNECTION"}]}, status=400),
        Reply({}, status=503),
        Reply({}, status=429),
        Reply(raw=b"<html>Bad gateway", headers={"Content-Type": "text/html"}),
    ],
    ids=["UNABLE_TO_GET_CONNECTION", "503", "429", "html"],
)
def test_what_another_attempt_may_not_meet(
    procountor: Any, tap: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    monkeypatch.setattr(client, "wait_random_exponential", lambda **_: wait_none())
    monkeypatch.setattr(client.Limiter, "hold", lambda *_: None)
    procountor.lists["invoices"] = [{"id": 1, "version": "2026-03-01T08:00:00"}]
    failing = [reply, reply]
    procountor.replies["invoices/1"] = lambda _: failing.pop() if failing else None
    run = tap("invoices")
    assert run.code == 0
    assert len(run.rows("invoices")) == 1


def test_a_version_of_the_api_that_ended(procountor: Any, tap: Callable[..., Run]) -> None:
    run = tap(api_url=f"{procountor.url}/v2002/api", auth_url=f"{procountor.url}/oauth/token")
    assert run.code == 1
    assert "refused the first request: check api_url" in run.errors[-1]


def test_personal_data_is_in_no_log(procountor: Any, tap: Callable[..., Run]) -> None:
    """Not from records, and not from the bodies of errors."""
    procountor.lists["persons"] = [{"id": 1, "lastName": "CANARY", "registryInfo": {"active": True}}]
    said = {"errors": [{"message": "CANARY has 010190-123A", "field": "CANARY"}]}
    procountor.replies["persons/1"] = lambda _: Reply(said, status=400)
    run = tap("persons")
    assert run.code == 1
    assert "CANARY" not in run.log


def test_the_command_line(procountor: Any, tmp_path: Path) -> None:
    procountor.objects["sessioninfo"]["companyId"] = 1
    config = {"client_id": "c", "client_secret": "s3cr3t", "api_key": "k3yk3yk3y", "api_url": procountor.url}
    run = run_tap("tap_procountor", {**config, "company_id": 2}, tmp_path)
    assert run.code == 2
    (line,) = run.errors
    assert "company_id is 2, but the credentials are of company 1" in line
    assert not any(secret in json.dumps(run.log) for secret in SECRETS)


@pytest.mark.parametrize("auth_url", ["https://login.example/api", "https://login.example/api/oauth/token", "", None])
def test_the_token_path_is_under_auth_url(auth_url: str | None) -> None:
    url = token_url({"api_url": "https://api.example/api/", "auth_url": auth_url})
    assert url == f"https://{'login' if auth_url else 'api'}.example/api/oauth/token"
