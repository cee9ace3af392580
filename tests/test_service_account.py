"""Fortnox: an app that is let in for good, and what becomes of a sign-in whose answers get lost."""

from __future__ import annotations

import json
import logging
import socket
import threading
import webbrowser
from typing import TYPE_CHECKING, Any

import pytest
import requests
from tap_fortnox.tap import TapFortnox
from tap_kit import grant as grant_module
from tap_kit.cli import exit_code
from tenacity import wait_none

from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(transactions=0) as running:
        yield running


@pytest.fixture(autouse=True)
def _as_before(sandbox: Sandbox) -> Iterator[None]:
    """The log of a process is that of all tests; and the vendor's ways are those of the start."""
    before = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers[:] = before
    sandbox.faults([])
    sandbox.fortnox.settings(client_credentials="allowed")


class Company:
    """One connection of tap-fortnox, and the administrator who agrees to everything, at another machine."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.fortnox = sandbox, sandbox.fortnox
        self.store, self.config, self.catalog = (folder / f"{name}.json" for name in ("tokens", "config", "catalog"))
        self.link = ""
        self.settings: dict[str, str] = {
            "client_id": self.fortnox.client_id,
            "client_secret": self.fortnox.client_secret,
            "token_store": str(self.store),
            "api_url": self.fortnox.api_url,
            "auth_url": self.fortnox.auth_url,
        }
        catalog = json.loads(TapFortnox(validate_config=False).catalog_json_text)
        for entry in catalog["streams"]:
            entry["metadata"][-1]["metadata"]["selected"] = entry["tap_stream_id"] == "units"
        self.catalog.write_text(json.dumps(catalog))

    def tap(self, command: str, *options: str) -> int:
        self.config.write_text(json.dumps(self.settings))
        files = ("--config", str(self.config), "--catalog", str(self.catalog))
        return exit_code(TapFortnox, (command, *files, *options))

    def login(self, *options: str) -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        return self.tap("login", "--port", port, *options)

    def agree(self, link: str) -> bool:
        self.link = link
        answer = requests.post(link, data={"decision": "approve"}, timeout=10, allow_redirects=False)
        threading.Thread(target=requests.get, args=(answer.headers["Location"],), kwargs={"timeout": 10}).start()
        return True

    def stored(self) -> dict[str, Any]:
        entries = list(json.loads(self.store.read_text())["tokens"].values())
        return dict(entries[0]) if entries else {}

    def asked(self) -> list[tuple[str, int]]:
        """Which requests for tokens the vendor has had, with their statuses; 0 where the answer was lost."""
        return [(e["path"], e["status"]) for e in self.sandbox.log() if e["path"].endswith(("/token", "/revoke"))]


@pytest.fixture
def company(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    company = Company(sandbox, tmp_path)
    monkeypatch.setattr(webbrowser, "open", company.agree)
    monkeypatch.setattr(grant_module, "wait_random_exponential", lambda **_: wait_none())
    return company


def test_signed_in_once_and_for_all(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    tenant = str(company.fortnox.tenant_id)
    assert company.login("--service-account") == 0
    assert "account_type=service" in company.link
    said = capsys.readouterr().out
    assert "as a service account. It lasts until the company ends it." in said
    assert f"With the setting tenant_id {tenant}, no token store is needed." in said
    stored = company.stored()
    assert (stored["tenant"], stored["scope"]) == (tenant, "companyinformation settings")
    assert not {"refresh_token", "days"} & set(stored)

    company.sandbox.advance_clock(400 * 86_400)
    assert company.tap("check") == 0
    assert "units: can be read" in capsys.readouterr().out
    assert company.stored() == stored, "nothing rotates"

    assert company.tap("status") == 0
    assert "days left: no end, as a service account\n" in capsys.readouterr().out

    del company.settings["token_store"]
    company.settings["tenant_id"] = tenant
    assert company.tap("check") == 0
    company.settings = {**company.settings, "tenant_id": "", "token_store": str(company.store)}
    capsys.readouterr()
    assert company.tap("logout") == 0
    assert "Fortnox revokes none on request: end it there" in capsys.readouterr().out
    assert company.stored() == {}
    assert company.tap("status") == 1


def test_an_app_without_service_accounts_is_told_what_to_switch_on(
    company: Company, caplog: pytest.LogCaptureFixture
) -> None:
    company.fortnox.settings(client_credentials="refused")
    assert company.login("--service-account") == 1
    assert "switch service accounts on for the app, and let an administrator of the company sign in" in caplog.text
    assert not company.store.exists()
    assert company.asked()[-1] == ("/fortnox/oauth-v1/revoke", 200)


def test_after_a_lost_answer_the_service_account_goes_on(company: Company, caplog: pytest.LogCaptureFixture) -> None:
    assert company.login() == 0
    company.sandbox.faults([{"match": {"path": "*/token"}, "do": {"kind": "lose"}}])
    for _ in range(2):
        assert company.tap("check") == 0, caplog.text
    assert caplog.text.count("Fortnox takes the refresh token no more: going on as the service account") == 1
    assert company.stored()["tenant"] == str(company.fortnox.tenant_id)
    assert company.stored()["company"], "what signing in told is kept"


def test_without_one_it_is_one_line_that_says_to_sign_in(company: Company, caplog: pytest.LogCaptureFixture) -> None:
    company.fortnox.settings(client_credentials="refused")
    assert company.login() == 0
    company.sandbox.faults([{"match": {"path": "*/token"}, "do": {"kind": "lose"}}])
    assert company.tap("check") == 1
    (line,) = {record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR}
    assert line.startswith("Fortnox takes this sign-in no more: connect the company again with tap-fortnox login")
    assert company.login() == 0
    assert company.tap("check") == 0


def test_a_request_that_fortnox_never_saw_is_made_again(company: Company) -> None:
    company.fortnox.settings(client_credentials="refused")
    assert company.login() == 0
    company.sandbox.faults([{"match": {"path": "*/token"}, "do": {"kind": "reset"}, "times": 2}])
    assert company.tap("check") == 0
