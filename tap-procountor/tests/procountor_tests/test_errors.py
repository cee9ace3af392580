"""One clear line and the right exit code; no secret in any of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

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
SETTING = "Allow the usage of invoiceable API clients"
WHERE = "Management > Company info > Usage settings > Integration settings"
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


def test_another_company_ends_the_run(procountor: Any, tap: Callable[..., Run]) -> None:
    run = tap(company_id=4712)
    assert (run.code, run.messages) == (2, [])
    assert "company_id is 4712, but the credentials are of company 4711" in run.errors[-1]
    assert [asked.path for asked in procountor.asked] == ["oauth/token", "sessioninfo"]
    assert tap("ledger_accounts", company_id=4711).code == 0


@pytest.mark.parametrize("redirect", [{}, {"redirect_uri": "https://acme.example/back"}])
def test_a_token_for_an_api_key(procountor: Any, tap: Callable[..., Run], redirect: dict[str, str]) -> None:
    """All in the body and no charset in the content type, or Procountor refuses it."""
    assert tap("ledger_accounts", **redirect).code == 0
    asked = procountor.asked[0]
    assert (asked.method, asked.path, asked.query) == ("POST", "oauth/token", {})
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in asked.headers
    form = {"grant_type": "client_credentials", "api_key": "k3yk3yk3y", "client_id": "client"}
    assert parse_qs(asked.body) == {name: [v] for name, v in {**form, "client_secret": "s3cr3t", **redirect}.items()}
    assert {asked.headers.get("authorization") for asked in procountor.asked[1:]} == {"Bearer acc3ss"}


def test_a_token_for_a_refresh_token(procountor: Any, tap: Callable[..., Run], tmp_path: Path) -> None:
    """No other comes with it, as far as is known; if one does, it is kept and used next."""
    settings = {"api_key": None, "refresh_token": "r3fr3sh", "token_store": str(tmp_path / "tokens.json")}
    assert tap("ledger_accounts", **settings).code == 0
    form = parse_qs(procountor.asked[0].body)
    assert (form["grant_type"], form["refresh_token"]) == (["refresh_token"], ["r3fr3sh"])
    assert not (tmp_path / "tokens.json").exists()
    issued = {"access_token": "acc3ss", "expires_in": 3600, "refresh_token": "r3fr3sh-2"}
    procountor.replies["oauth/token"] = lambda _: Reply(issued)
    assert tap("ledger_accounts", **settings).code == 0
    procountor.asked.clear()
    assert tap("ledger_accounts", **settings).code == 0
    assert parse_qs(procountor.asked[0].body)["refresh_token"] == ["r3fr3sh-2"]


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (403, {"error": "access_denied", "error_description": "not allowed"}, SETTING),
        (400, {"error": "invalid_grant"}, SETTING),
        (400, {"error": "invalid_grant"}, WHERE),
        (401, {"error": "invalid_client"}, "check client_id and client_secret"),
        (200, {"hello": "world"}, "answered without a token; check auth_url"),
    ],
)
def test_no_token(procountor: Any, tap: Callable[..., Run], status: int, body: Any, words: str) -> None:
    procountor.replies["oauth/token"] = lambda _: Reply(body, status=status)
    run = tap()
    assert (run.code, run.messages) == (1, [])
    (line,) = run.errors
    assert words in line
    assert not any(secret in run.log for secret in SECRETS)
    assert len(procountor.asked) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_all_is_refused_with_a_good_token(procountor: Any, tap: Callable[..., Run], status: int) -> None:
    procountor.replies["sessioninfo"] = lambda _: Reply({"errors": [{"message": "NO"}]}, status=status)
    run = tap()
    assert (run.code, run.messages) == (1, [])
    assert SETTING in run.errors[-1]
    assert WHERE in run.errors[-1]


def test_a_token_that_ends_early_is_renewed_once(procountor: Any, tap: Callable[..., Run]) -> None:
    tokens = iter(("old", "new"))
    procountor.replies["oauth/token"] = lambda _: Reply({"access_token": next(tokens), "expires_in": 3600})

    def only_new(asked: Any) -> Reply | None:
        return None if asked.headers["authorization"] == "Bearer new" else Reply({}, status=401)

    procountor.replies["company"] = only_new
    procountor.objects["company"] = {"id": 4711}
    assert tap("company").code == 0


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
