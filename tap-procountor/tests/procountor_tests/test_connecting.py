"""Whose credentials they are, and how they become access tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from tap_kit.testing import Reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tap_kit.testing import Run

SECRETS = ("s3cr3t", "k3yk3yk3y", "acc3ss", "r3fr3sh")
SETTING = "Allow the usage of invoiceable API clients"
WHERE = "Management > Company info > Usage settings > Integration settings"


def test_another_company_ends_the_run(procountor: Any, tap: Callable[..., Run]) -> None:
    run = tap(company_id=4712)
    assert (run.code, run.messages) == (2, [])
    assert "company_id is 4712, but the credentials are of company 4711" in run.errors[-1]
    assert [asked.path for asked in procountor.asked] == ["oauth/token", "sessioninfo"]
    assert tap("ledger_accounts", company_id=4711).code == 0


def test_the_state_of_another_company_ends_the_run(procountor: Any, tap: Callable[..., Run]) -> None:
    """Or all of the other company's receipts would be taken for deleted."""
    procountor.lists["ledgerreceipts"] = [{"id": 1, "receiptDate": "2026-03-02", "version": "2026-03-02T00:00:00"}]
    first = tap("ledger_receipts")
    assert tap("ledger_receipts", state=first.state).code == 0
    procountor.objects["sessioninfo"]["companyId"] = 4712
    run = tap("ledger_receipts", state=first.state)
    assert (run.code, run.messages) == (2, [])
    assert "the state is of company 4711, but the credentials are of company 4712" in run.errors[-1]


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
