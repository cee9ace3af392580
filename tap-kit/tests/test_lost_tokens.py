"""A renewal whose answer is lost, or whose process dies: what a refresh token that works once makes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.errors import ConfigError, CredentialsError
from tap_kit.google_api import GoogleApi
from tap_kit.grant import Grant, ServiceAccount
from tap_kit.token_store import TokenStore
from tap_kit.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import requests

    from .google_fake import Store
    from .issuer import Issuer

SEED, TENANT = "seed-1", "4711"
SERVICE = ServiceAccount("Tenant", "tenant", "tenant_id", {})
FORM = {"grant_type": "refresh_token"}


def tokens(url: str, where: Path | str, service: ServiceAccount | None = SERVICE, seed: str = SEED) -> Tokens:
    grant = Grant("Vendor", url, "app", "hidden", basic=True, form=FORM, refresh_token=seed, service=service)
    return Tokens(grant, TokenStore(str(where), tap="tap-test", seed=seed))


@pytest.fixture
def where(tmp_path: Path) -> Path:
    return tmp_path / "tokens.json"


@pytest.fixture
def used(issuer: Issuer, where: Path) -> Any:
    """A vendor whose access tokens name the company, after one run."""
    issuer.tenant = TENANT
    tokens(issuer.url, where).headers()
    return issuer


def kinds(issuer: Issuer) -> list[str]:
    return [form.get("refresh_token") or form["grant_type"] for form, _ in issuer.asked]


def stored(where: Path) -> dict[str, Any]:
    (entry,) = json.loads(where.read_text())["tokens"].values()
    return dict(entry)


def test_a_request_that_nobody_heard_is_made_again(used: Issuer, where: Path) -> None:
    used.unheard = {2, 3}
    tokens(used.url, where).headers()
    assert kinds(used)[1:] == ["refresh-1"] * 3
    assert stored(where)["refresh_token"] == used.valid == "refresh-4"


def test_after_a_lost_answer_the_service_account_goes_on(
    used: Issuer, where: Path, caplog: pytest.LogCaptureFixture
) -> None:
    used.agreed, used.lost = True, {2}
    signed = tokens(used.url, where)
    assert signed.headers()["Authorization"].startswith("Bearer ")
    assert kinds(used)[1:] == ["refresh-1", "refresh-1", "client_credentials"]
    assert "Vendor takes the refresh token no more: going on as the service account" in caplog.text
    assert stored(where) == {"tenant": TENANT, "saved": stored(where)["saved"]}

    tokens(used.url, where).headers()
    assert kinds(used)[4:] == ["client_credentials"], "from then on it needs no other"


def test_a_new_seed_wins_over_the_service_account(used: Issuer, where: Path) -> None:
    used.agreed, used.lost = True, {2}
    tokens(used.url, where).headers()
    used.valid = "seed-2"
    tokens(used.url, where, seed="seed-2").headers()
    assert kinds(used)[4:] == ["seed-2"]


@pytest.mark.parametrize("service", [SERVICE, None])
def test_where_nothing_else_is_agreed_it_is_one_line(used: Issuer, where: Path, service: ServiceAccount | None) -> None:
    used.lost = {2}
    before = stored(where)
    with pytest.raises(CredentialsError, match="Vendor takes this sign-in no more"):
        tokens(used.url, where, service).headers()
    assert kinds(used)[3:] == ["client_credentials"] * bool(service)
    assert stored(where) == before


def test_without_a_token_and_a_company_somebody_has_to_sign_in(issuer: Issuer, where: Path) -> None:
    with pytest.raises(ConfigError, match="nobody has signed in to Vendor yet: run tap-test login"):
        tokens(issuer.url, where, seed="").headers()
    assert not issuer.asked


def test_killed_between_the_answer_and_saving_it(used: Issuer, where: Path) -> None:
    """The one moment at which the newest token is known to nobody."""
    script = (
        "import os, sys; from tap_kit.grant import Grant; from tap_kit.tokens import Tokens\n"
        "from tap_kit.token_store import Stored, TokenStore; Stored.save = lambda *a, **k: os._exit(9)\n"
        "grant = Grant('Vendor', sys.argv[1], 'app', 'hidden', True, {'grant_type': 'refresh_token'},"
        " refresh_token='seed-1')\n"
        "Tokens(grant, TokenStore(sys.argv[2], tap='t', seed='seed-1')).headers()\n"
    )
    assert subprocess.run([sys.executable, "-c", script, used.url, str(where)], check=False).returncode == 9
    assert stored(where)["refresh_token"] != used.valid
    used.agreed = True
    assert tokens(used.url, where).headers()
    assert kinds(used)[2:] == ["refresh-1", "client_credentials"]


class KilledError(BaseException):
    """Comes out of every request of a process that was killed, which so gives nothing back."""


def until(point: int, *, before: bool) -> Callable[..., requests.Response]:
    """Return how a process asks a store that is killed before, or after, the request of this number."""
    numbers, ask = count(1), GoogleApi.ask

    def asked(self: GoogleApi, *what: Any, **how: Any) -> requests.Response:
        number = next(numbers)
        if number > point or (number == point and before):
            raise KilledError
        answer = ask(self, *what, **how)
        if number == point:
            raise KilledError
        return answer

    return asked


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize("before", [True, False])
def test_killed_at_any_request_to_a_store(
    issuer: Issuer, store: Store, monkeypatch: pytest.MonkeyPatch, *, before: bool, agreed: bool
) -> None:
    """Lost is a token that was given and does not count yet; a service account makes up for that."""
    issuer.tenant, issuer.agreed = TENANT, agreed
    lost = []
    for point in count(1):
        issuer.valid = seed = f"seed-{point}"
        tokens(issuer.url, store.where, seed=seed).headers()
        with monkeypatch.context() as patch:
            patch.setattr(GoogleApi, "ask", until(point, before=before))
            try:
                tokens(issuer.url, store.where, seed=seed).headers()
                break
            except KilledError:
                store.google.ahead += 200  # the lease of the dead ends
        try:
            tokens(issuer.url, store.where, seed=seed).headers()
        except CredentialsError:
            lost.append(point)
    assert point > 4
    # The requests by which a new token is saved; in a secret it counts from the second one on.
    saving = {"gs": [3], "secretmanager": [4, 5]}[store.where.partition(":")[0]]
    assert lost == ([] if agreed else saving if before else saving[:-1])
