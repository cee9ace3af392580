"""Authorization, and tokens that end."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sandbox.control import RefusedError
from sandbox.qonto.facts import CLIENT_ID, CLIENT_SECRET, PUBLIC_CLIENT_ID

from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox_tests.conftest import Json

BACK = "http://localhost:1/callback"
SECRETS = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
SCOPE = "offline_access organization.read"
DAY = 86_400


class Client:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def post(self, endpoint: str, **fields: str) -> requests.Response:
        return requests.post(f"{self.sandbox.qonto.auth_url}/{endpoint}", data=fields, timeout=5)

    def refresh(self, token: str, **fields: str) -> requests.Response:
        return self.post("token", grant_type="refresh_token", refresh_token=token, **{**SECRETS, **fields})

    def reads(self, tokens: Json) -> int:
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        return requests.get(f"{self.sandbox.qonto.api_url}/labels", headers=headers, timeout=5).status_code

    def authorize(self, decision: str = "approve", **params: str) -> dict[str, str]:
        """What comes back to the client."""
        asked = {"client_id": CLIENT_ID, "redirect_uri": BACK, "scope": SCOPE, "response_type": "code", **params}
        url = f"{self.sandbox.qonto.auth_url}/auth"
        response = requests.post(url, {"decision": decision}, params=asked, timeout=5, allow_redirects=False)
        assert response.status_code == 302
        target = response.headers["Location"]
        assert target.startswith(f"{BACK}?")
        return {name: value for name, (value,) in parse_qs(urlsplit(target).query).items()}

    def exchange(self, code: str, **fields: str) -> requests.Response:
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, **SECRETS, **fields}
        return self.post("token", **given)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Sandbox(transactions=0) as sandbox:
        yield Client(sandbox)


def error(response: requests.Response) -> tuple[int, str]:
    body: dict[str, Any] = response.json()
    assert body["error_description"]
    return response.status_code, body["error"]


def test_a_code_becomes_tokens_once(client: Client) -> None:
    page = requests.get(
        f"{client.sandbox.qonto.auth_url}/auth",
        {"client_id": CLIENT_ID, "redirect_uri": BACK, "scope": SCOPE, "response_type": "code"},
        timeout=5,
    )
    assert "<form" in page.text
    assert "organization.read" in page.text
    back = client.authorize(state="a b&c")
    assert back["state"] == "a b&c"
    tokens = client.exchange(back["code"]).json()
    assert tokens.keys() == {"access_token", "token_type", "expires_in", "refresh_token", "scope"}
    assert (tokens["expires_in"], tokens["scope"]) == (3600, SCOPE)
    assert client.reads(tokens) == 200
    assert error(client.exchange(back["code"])) == (400, "invalid_grant")


def test_what_ends_an_authorization(client: Client) -> None:
    assert client.authorize("deny", state="x") == {"error": "access_denied", "state": "x"}
    assert client.authorize(scope="organization.read everything")["error"] == "invalid_scope"
    assert client.authorize(scope="client_invoice.read")["error"] == "invalid_scope"
    assert client.authorize(response_type="token")["error"] == "unsupported_response_type"
    url = f"{client.sandbox.qonto.auth_url}/auth"
    assert requests.get(url, {"client_id": "x", "redirect_uri": BACK}, timeout=5).status_code == 400
    code = client.authorize()["code"]
    assert error(client.exchange(code, redirect_uri="http://elsewhere")) == (400, "invalid_grant")
    late = client.authorize()["code"]
    client.sandbox.advance_clock(601)
    assert error(client.exchange(late)) == (400, "invalid_grant")


def test_a_public_client_proves_itself(client: Client) -> None:
    assert client.authorize(client_id=PUBLIC_CLIENT_ID)["error"] == "invalid_request"
    challenge = urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).decode().rstrip("=")
    public = {"client_id": PUBLIC_CLIENT_ID, "client_secret": ""}
    for verifier, status in (("wrong", 400), ("verifier", 200)):
        code = client.authorize(client_id=PUBLIC_CLIENT_ID, code_challenge=challenge)["code"]
        response = client.exchange(code, code_verifier=verifier, **public)
        assert response.status_code == status
    assert client.refresh(response.json()["refresh_token"], **public).status_code == 200


def test_a_refresh_token_changes_with_every_use(client: Client) -> None:
    first = client.sandbox.qonto.grant(SCOPE)
    second = client.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    client.sandbox.advance_clock(60)
    assert client.refresh(first["refresh_token"]).status_code == 200
    client.sandbox.advance_clock(1)
    assert error(client.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert client.refresh(second["refresh_token"]).status_code == 200


def test_tokens_end(client: Client) -> None:
    tokens = client.sandbox.qonto.grant(SCOPE)
    client.sandbox.advance_clock(3599)
    assert client.reads(tokens) == 200
    client.sandbox.advance_clock(1)
    assert client.reads(tokens) == 401
    renewed = client.refresh(tokens["refresh_token"]).json()
    assert client.reads(renewed) == 200
    client.sandbox.advance_clock(90 * DAY)
    assert error(client.refresh(renewed["refresh_token"])) == (400, "invalid_grant")


def test_no_refresh_token_without_its_scope(client: Client) -> None:
    assert "refresh_token" not in client.sandbox.qonto.grant("organization.read")
    with pytest.raises(RefusedError, match="everything"):
        client.sandbox.qonto.grant("everything")


def test_revoke(client: Client) -> None:
    one, two = client.sandbox.qonto.grant(SCOPE), client.sandbox.qonto.grant(SCOPE)
    assert client.post("revoke", token=one["refresh_token"], **SECRETS).status_code == 200
    assert client.reads(one) == 401
    assert error(client.refresh(one["refresh_token"])) == (400, "invalid_grant")
    assert client.post("revoke", token=two["access_token"], **SECRETS).status_code == 200
    assert client.reads(two) == 401
    assert client.refresh(two["refresh_token"]).status_code == 200
    assert client.post("revoke", token="unknown", **SECRETS).status_code == 200


def test_errors(client: Client) -> None:
    token = client.sandbox.qonto.grant(SCOPE)["refresh_token"]
    assert error(client.refresh(token, client_secret="wrong")) == (401, "invalid_client")
    assert error(client.refresh("unknown")) == (400, "invalid_grant")
    assert error(client.refresh(token, client_id=PUBLIC_CLIENT_ID)) == (400, "invalid_grant")
    assert error(client.post("token", grant_type="password", **SECRETS)) == (400, "unsupported_grant_type")
    asked = {"grant_type": "refresh_token", "refresh_token": token, **SECRETS}
    url = f"{client.sandbox.qonto.auth_url}/token"
    assert error(requests.post(url, json=asked, timeout=5)) == (400, "invalid_request")
    assert error(client.post("revoke", token=token)) == (401, "invalid_client")


def test_tokens_do_not_count_against_the_limit(client: Client) -> None:
    client.sandbox.limit((1, 60.0))
    token = client.sandbox.qonto.grant(SCOPE)["refresh_token"]
    assert {client.refresh(token).status_code for _ in range(3)} == {200}
    client.sandbox.limit()
