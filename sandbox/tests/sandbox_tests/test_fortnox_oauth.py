"""Fortnox's tokens: consent, single use, service accounts, and answers that get lost."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sandbox.control import RefusedError

from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

BACK = "http://localhost:1/callback"
SCOPE = "companyinformation invoice"
DAY = 86_400
Json = dict[str, Any]


class Client:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.fortnox = sandbox.fortnox
        self.basic = (self.fortnox.client_id, self.fortnox.client_secret)

    def post(self, endpoint: str, headers: Json | None = None, **fields: str) -> requests.Response:
        url = f"{self.fortnox.auth_url}/{endpoint}"
        return requests.post(url, fields, auth=self.basic, headers=headers, timeout=5)

    def refresh(self, token: str) -> requests.Response:
        return self.post("token", grant_type="refresh_token", refresh_token=token)

    def service_account(self, tenant: Any) -> requests.Response:
        return self.post("token", {"TenantId": str(tenant)}, grant_type="client_credentials")

    def reads(self, tokens: Json, path: str = "companyinformation") -> requests.Response:
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        return requests.get(f"{self.fortnox.api_url}/3/{path}", headers=headers, timeout=5)

    def authorize(self, decision: str = "approve", **params: str) -> dict[str, str]:
        """What comes back to the client."""
        asked = {
            "client_id": self.basic[0],
            "redirect_uri": BACK,
            "scope": SCOPE,
            "state": "x",
            "response_type": "code",
        }
        url = f"{self.fortnox.auth_url}/auth"
        answer = requests.post(
            url, {"decision": decision}, params={**asked, **params}, timeout=5, allow_redirects=False
        )
        assert answer.status_code == 302
        return {name: value for name, (value,) in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def exchange(self, code: str, redirect_uri: str = BACK) -> requests.Response:
        return self.post("token", grant_type="authorization_code", code=code, redirect_uri=redirect_uri)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Sandbox(transactions=0) as sandbox:
        sandbox.fortnox.limit()
        yield Client(sandbox)


def error(response: requests.Response) -> tuple[int, str]:
    body = response.json()
    assert body.keys() == {"error", "error_description"}
    return response.status_code, body["error"]


def claims(token: str) -> Json:
    payload = token.split(".")[1]
    found: Json = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def test_a_code_becomes_tokens_once(client: Client) -> None:
    asked = {"client_id": client.basic[0], "redirect_uri": BACK, "scope": SCOPE, "state": "x", "response_type": "code"}
    page = requests.get(f"{client.fortnox.auth_url}/auth", asked, timeout=5).text
    assert "<form" in page
    assert "companyinformation" in page
    back = client.authorize(state="a b&c")
    assert back["state"] == "a b&c"
    tokens = client.exchange(back["code"]).json()
    assert tokens.keys() == {"access_token", "refresh_token", "expires_in", "token_type", "scope"}
    assert (tokens["expires_in"], tokens["token_type"], tokens["scope"]) == (3600, "bearer", SCOPE)
    assert client.reads(tokens).status_code == 200
    assert error(client.exchange(back["code"])) == (400, "invalid_grant")


def test_what_ends_a_consent(client: Client) -> None:
    assert client.authorize("deny") == {"error": "access_denied", "state": "x"}
    assert client.authorize(scope="invoice everything")["error"] == "invalid_scope"
    assert client.authorize(response_type="token")["error"] == "unsupported_response_type"
    without_state = {"client_id": client.basic[0], "redirect_uri": BACK, "scope": SCOPE, "response_type": "code"}
    assert requests.get(f"{client.fortnox.auth_url}/auth", without_state, timeout=5).status_code == 400
    assert error(client.exchange(client.authorize()["code"], "http://elsewhere")) == (400, "invalid_grant")
    late = client.authorize()["code"]
    client.sandbox.advance_clock(600)
    assert error(client.exchange(late)) == (400, "invalid_grant")


def test_an_access_token_says_whose_it_is(client: Client) -> None:
    granted = client.fortnox.grant(SCOPE)
    known = claims(granted["access_token"])
    assert known["tenantId"] == client.fortnox.tenant_id == granted["tenant_id"]
    assert known["scopes"] == SCOPE.split()
    assert known["exp"] - known["iat"] == 3600
    assert client.reads(granted).json()["CompanyInformation"]["DatabaseNumber"] == known["tenantId"]


def test_a_refresh_token_works_once(client: Client) -> None:
    first = client.fortnox.grant(SCOPE)
    second = client.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    used = client.refresh(first["refresh_token"])
    assert used.json() == {"error": "invalid_grant", "error_description": "Invalid refresh token"}
    assert used.status_code == 400
    assert client.reads(first).status_code == 200
    assert client.refresh(second["refresh_token"]).status_code == 200


def test_tokens_end(client: Client) -> None:
    tokens = client.fortnox.grant(SCOPE)
    client.sandbox.advance_clock(3599)
    assert client.reads(tokens).status_code == 200
    client.sandbox.advance_clock(1)
    answer = client.reads(tokens)
    assert (answer.status_code, answer.json()) == (401, {"message": "unauthorized"})
    renewed = client.refresh(tokens["refresh_token"]).json()
    assert client.reads(renewed).status_code == 200
    client.sandbox.advance_clock(45 * DAY)
    assert error(client.refresh(renewed["refresh_token"])) == (400, "invalid_grant")


def test_a_service_account_needs_the_tenant(client: Client) -> None:
    tokens = client.service_account(client.fortnox.tenant_id).json()
    assert "refresh_token" not in tokens
    assert client.reads(tokens).status_code == 200
    assert error(client.service_account(1)) == (400, "invalid_grant")
    assert error(client.post("token", grant_type="client_credentials")) == (400, "invalid_grant")
    client.fortnox.settings(client_credentials="refused")
    assert error(client.service_account(client.fortnox.tenant_id)) == (400, "invalid_grant")
    client.fortnox.settings()


def test_what_a_command_finds(client: Client) -> None:
    found = client.fortnox.environment()
    answer = requests.post(
        f"{found['TAP_FORTNOX_AUTH_URL']}/token",
        {"grant_type": "client_credentials"},
        auth=(found["TAP_FORTNOX_CLIENT_ID"], found["TAP_FORTNOX_CLIENT_SECRET"]),
        headers={"TenantId": found["TAP_FORTNOX_TENANT_ID"]},
        timeout=5,
    )
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    about = requests.get(f"{found['TAP_FORTNOX_API_URL']}/3/companyinformation", headers=headers, timeout=5).json()
    assert about["CompanyInformation"]["OrganizationNumber"] == client.fortnox.organization_number
    assert found["TAP_FORTNOX_API_URL"] in client.fortnox.greeting()


def test_who_is_not_the_client(client: Client) -> None:
    url, fields = f"{client.fortnox.auth_url}/token", {"grant_type": "refresh_token", "refresh_token": "x"}
    for auth in (("sample-client", "wrong"), None):
        answer = requests.post(url, fields, auth=auth, timeout=5)
        assert answer.status_code == 401
        assert answer.json() == {"error": "invalid_client", "error_description": "The client credentials are invalid"}
    in_body = {**fields, "client_id": client.basic[0], "client_secret": client.basic[1]}
    assert requests.post(url, in_body, timeout=5).status_code == 401
    assert error(requests.post(url, json=fields, auth=client.basic, timeout=5)) == (400, "invalid_request")
    assert error(client.post("token", grant_type="password")) == (400, "unsupported_grant_type")


def test_revoke(client: Client) -> None:
    granted = client.fortnox.grant(SCOPE)
    for token in (granted["refresh_token"], "unknown"):
        assert client.post("revoke", token_type_hint="refresh_token", token=token).json() == {"revoked": True}
    assert error(client.refresh(granted["refresh_token"])) == (400, "invalid_grant")
    assert error(requests.post(f"{client.fortnox.auth_url}/revoke", {"token": "x"}, timeout=5)) == (
        401,
        "invalid_client",
    )


def test_a_lost_answer_has_used_the_token(client: Client) -> None:
    granted, before = client.fortnox.grant(SCOPE), client.fortnox.tokens()
    client.sandbox.faults([{"match": {"path": "*/token"}, "do": {"kind": "lose"}}])
    with pytest.raises(requests.ConnectionError):
        client.refresh(granted["refresh_token"])
    client.sandbox.faults([])
    assert client.fortnox.tokens()["refresh_token"] == before["refresh_token"] + 1
    assert error(client.refresh(granted["refresh_token"])) == (400, "invalid_grant")
    assert client.fortnox.tokens()["refused"] == before["refused"] + 1


def test_scopes(client: Client) -> None:
    narrow = client.fortnox.grant("companyinformation")
    assert client.reads(narrow).status_code == 200
    refused = client.reads(narrow, "invoices")
    assert refused.status_code == 403
    assert refused.json()["ErrorInformation"]["code"] == 2000663
    with pytest.raises(RefusedError, match="everything"):
        client.fortnox.grant("everything")
    assert client.reads({"access_token": "unknown"}).status_code == 401


def test_tokens_do_not_count_against_the_limit(client: Client) -> None:
    client.fortnox.limit((1, 60.0))
    assert {client.service_account(client.fortnox.tenant_id).status_code for _ in range(3)} == {200}
    client.fortnox.limit()
