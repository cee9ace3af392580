"""Both ways to sign in, and tokens that end."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

if TYPE_CHECKING:
    from sandbox_tests.procountor_client import Json, ProcountorClient

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DAY = 86_400


def keys(client: ProcountorClient) -> dict[str, str]:
    own = client.own
    return {"client_id": own.client_id, "client_secret": own.client_secret}


def token(client: ProcountorClient, **fields: str) -> requests.Response:
    return requests.post(client.own.auth_url, data={**keys(client), **fields}, timeout=5)


def by_key(client: ProcountorClient, **fields: str) -> requests.Response:
    return token(client, grant_type="client_credentials", **{"api_key": client.own.api_key, **fields})


def refresh(client: ProcountorClient, old: str) -> requests.Response:
    return token(client, grant_type="refresh_token", refresh_token=old)


def reads(client: ProcountorClient, tokens: Json) -> int:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    return requests.get(f"{client.own.url}/company", headers=headers, timeout=5).status_code


def claims(tokens: Json) -> dict[str, Any]:
    payload = tokens["access_token"].split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def sign_in(client: ProcountorClient, decision: str = "approve") -> dict[str, str]:
    """What the browser brings back."""
    own = client.own
    asked = {"response_type": "code", "client_id": own.client_id, "redirect_uri": own.redirect_uri, "state": "a b&c"}
    assert "<form" in requests.get(own.login_url, asked, timeout=5).text
    back = requests.post(own.login_url, {"decision": decision}, params=asked, timeout=5, allow_redirects=False)
    assert back.status_code == 302
    assert back.headers["Location"].startswith(f"{own.redirect_uri}?")
    return {name: value for name, (value,) in parse_qs(urlsplit(back.headers["Location"]).query).items()}


def exchange(client: ProcountorClient, code: str, **fields: str) -> requests.Response:
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": client.own.redirect_uri}
    return token(client, **{**given, **fields})


def test_a_key_becomes_a_token_of_one_company(accountant: ProcountorClient) -> None:
    before = accountant.own.tokens().get("client_credentials", 0)
    tokens = by_key(accountant).json()
    assert tokens.keys() == {"access_token", "expires_in"}
    said = claims(tokens)
    assert said["cid"] == accountant.own.company_id == accountant.get("company")["id"]
    assert said["exp"] - said["iat"] == tokens["expires_in"] == 3600
    assert reads(accountant, tokens) == 200
    assert by_key(accountant, redirect_uri="http://localhost/any").ok
    assert accountant.own.tokens()["client_credentials"] == before + 2


def test_parameters_belong_into_a_plain_form(accountant: ProcountorClient) -> None:
    given = {**keys(accountant), "grant_type": "client_credentials", "api_key": accountant.own.api_key}
    url = accountant.own.auth_url
    assert requests.post(url, params=given, headers=FORM, timeout=5).status_code == 400
    assert requests.post(f"{url}?scope=m2m", data=given, timeout=5).status_code == 400
    charset = {"Content-Type": f"{FORM['Content-Type']}; charset=UTF-8"}
    assert requests.post(url, data=given, headers=charset, timeout=5).status_code == 415
    assert requests.post(url, json=given, timeout=5).status_code == 415


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"api_key": "wrong"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "wrong"}, 400, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "wrong"}, 400, "invalid_grant"),
    ],
)
def test_errors(accountant: ProcountorClient, fields: dict[str, str], status: int, error: str) -> None:
    given = {"grant_type": "client_credentials", "api_key": accountant.own.api_key, **fields}
    response = token(accountant, **given)
    assert (response.status_code, response.json()["error"]) == (status, error)


def test_a_code_becomes_tokens_once(accountant: ProcountorClient) -> None:
    back = sign_in(accountant)
    assert back["state"] == "a b&c"
    tokens = exchange(accountant, back["code"]).json()
    assert tokens.keys() == {"access_token", "expires_in", "refresh_token"}
    assert reads(accountant, tokens) == 200
    assert exchange(accountant, back["code"]).status_code == 400
    other = sign_in(accountant)["code"]
    assert exchange(accountant, other, redirect_uri="http://localhost/other").status_code == 400
    late = sign_in(accountant)["code"]
    accountant.sandbox.advance_clock(300)
    assert exchange(accountant, late).status_code == 400
    assert sign_in(accountant, "deny")["error"] == "access_denied"


def test_a_refresh_token_stays_for_six_months(accountant: ProcountorClient) -> None:
    tokens = accountant.own.grant()
    accountant.sandbox.advance_clock(3599)
    assert reads(accountant, tokens) == 200
    accountant.sandbox.advance_clock(1)
    assert reads(accountant, tokens) == 401
    for _ in range(2):
        renewed = refresh(accountant, tokens["refresh_token"]).json()
        assert "refresh_token" not in renewed
        assert reads(accountant, renewed) == 200
    accountant.sandbox.advance_clock(182 * DAY)
    assert refresh(accountant, tokens["refresh_token"]).status_code == 400


def test_a_refresh_token_can_be_made_to_rotate(accountant: ProcountorClient) -> None:
    accountant.own.settings(refresh_tokens="rotated")
    first = accountant.own.grant()["refresh_token"]
    second = refresh(accountant, first).json()["refresh_token"]
    assert refresh(accountant, first).status_code == 400
    assert refresh(accountant, second).ok


def test_no_other_token_opens_anything(accountant: ProcountorClient) -> None:
    tokens = accountant.own.grant()
    for other in (tokens["refresh_token"], accountant.own.api_key, "", "a.b.c", tokens["access_token"][:-2] + "xx"):
        assert reads(accountant, {"access_token": other}) == 401
    assert refresh(accountant, tokens["access_token"]).status_code == 400
    assert requests.get(f"{accountant.own.url}/status", timeout=5).status_code == 401


def test_a_company_that_does_not_allow_api_clients(accountant: ProcountorClient) -> None:
    accountant.own.settings(invoiceable_clients="refused")
    response = accountant.ask("company")
    assert response.status_code == 403
    assert "invoiceable API clients" in response.text
    accountant.own.settings(invoiceable_clients="no_token")
    assert by_key(accountant).status_code == 403
    accountant.own.settings(redirect_uri="required")
    assert by_key(accountant).status_code == 400
    assert by_key(accountant, redirect_uri="http://localhost/any").ok
