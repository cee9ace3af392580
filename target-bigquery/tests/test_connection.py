"""Whose credentials reach BigQuery."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.exceptions import RefreshError
from target_bigquery import connection
from target_bigquery.errors import ConfigError
from target_bigquery.failures import explain
from target_bigquery.settings import parse

LOADER = "loader@p-1.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def account() -> str:
    """A service account's JSON."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    info = {"client_email": "ci@p-1.iam.gserviceaccount.com", "token_uri": "https://oauth2.googleapis.com/token"}
    return json.dumps({"type": "service_account", "private_key": key.decode(), **info})


class Google:
    """Gives a token to who asks."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.asked: list[tuple[str, str | None]] = []

    def __call__(self, url: str, method: str = "", headers: Any = None, **_: Any) -> Any:
        self.asked.append((f"{method} {url}", {k.lower(): v for k, v in (headers or {}).items()}.get("authorization")))
        if "iamcredentials" in url:
            answer = {"accessToken": "theirs", "expireTime": "2100-01-01T00:00:00Z"}
            return SimpleNamespace(status=self.status, data=json.dumps(answer).encode(), headers={})
        answer = {"access_token": "own", "expires_in": 3600, "token_type": "Bearer"}
        return SimpleNamespace(status=200, data=json.dumps(answer).encode(), headers={})


def test_the_own_token_buys_one_of_the_impersonated_account(account: str) -> None:
    config = {"project": "p-1", "dataset": "d", "credentials_json": account, "impersonate_service_account": LOADER}
    credentials, google = connection.client(parse(config))._credentials, Google()
    credentials.refresh(google)
    assert credentials.token == "theirs"
    assert [url for url, _ in google.asked] == [
        "POST https://oauth2.googleapis.com/token",
        f"POST https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{LOADER}:generateAccessToken",
    ]
    assert google.asked[1][1] == "Bearer own"
    with pytest.raises(RefreshError) as refused:
        credentials.refresh(Google(status=403))
    assert "Service Account Token Creator" in explain(refused.value)


def test_without_impersonation_the_own_credentials_are_used(account: str) -> None:
    credentials = connection.client(parse({"project": "p-1", "dataset": "d", "credentials_json": account}))._credentials
    assert credentials.service_account_email.startswith("ci@")


def test_an_address_is_an_address() -> None:
    with pytest.raises(ConfigError, match="impersonate_service_account is no service account's e-mail address"):
        parse({"project": "p-1", "dataset": "d", "impersonate_service_account": "loader"})
