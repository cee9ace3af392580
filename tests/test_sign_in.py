"""Signing in to the sandbox of each vendor, as a browser does, and what a signed-in tap says of itself."""

from __future__ import annotations

import io
import json
import logging
import re
import socket
import sys
import webbrowser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from sandbox.qonto.facts import PUBLIC_CLIENT_ID
from tap_kit import callback
from tap_kit.cli import exit_code
from tap_kit.commands import NAMES, commands
from tap_kit.testing import run_tap
from tap_qonto.tap import TapQonto

from sandbox import Sandbox

from .person import STREAMS, TAPS, Browser, Shell, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


ROOT = Path(__file__).parent.parent
SCOPES = {
    "qonto": "offline_access organization.read client.read",
    "fortnox": "companyinformation customer settings",
    "procountor": "",
}
DAYS = {"qonto": 90, "fortnox": 45, "procountor": 180}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(transactions=20) as running:
        yield running


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """A command line sets up the log of its process, which here is that of all tests."""
    before = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers[:] = before


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    return number


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    person = Browser()
    monkeypatch.setattr(webbrowser, "open", person.open)
    yield person
    person.close()


@pytest.fixture
def shell(sandbox: Sandbox, tmp_path: Path, port: int) -> Callable[[str], Shell]:
    return lambda vendor: Shell(vendor, sandbox, tmp_path, port)


@pytest.fixture
def qonto(shell: Callable[[str], Shell]) -> Shell:
    return shell("qonto")


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return list(dict.fromkeys(record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR))


@pytest.mark.parametrize("vendor", TAPS)
def test_the_command_line_and_meltano_know_the_same_commands(vendor: str, capsys: pytest.CaptureFixture[str]) -> None:
    (plugin,) = yaml.safe_load((ROOT / f"tap-{vendor}" / "plugin.meltano.yml").read_text())["plugins"]["extractors"]
    known = commands(TAPS[vendor]).commands
    assert {"login", "logout", "status", "check"} <= set(plugin["commands"]) <= set(known) == set(NAMES)
    for name, command in plugin["commands"].items():
        called, *options = command["args"].split()
        assert called == name
        assert {option.partition("=")[0] for option in options} <= {flag for p in known[name].params for flag in p.opts}
    assert exit_code(TAPS[vendor], ["--help"]) == 0
    assert " | ".join(NAMES) in capsys.readouterr().out


@pytest.mark.parametrize("vendor", TAPS)
def test_from_signing_in_to_signing_out(
    vendor: str,
    shell: Callable[[str], Shell],
    browser: Browser,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    tap = shell(vendor)
    assert tap.run("status") == 1
    assert tap.run("check") == 2
    assert f"run tap-{vendor} login" in errors(caplog)[-1]

    assert tap.login() == 0, caplog.text
    browser.close()
    assert browser.asked.get("scope", [""]) == [SCOPES[vendor]]
    assert "This window can be closed" in browser.shown[0]
    token = tap.stored()["refresh_token"]
    assert tap.store.stat().st_mode & 0o777 == 0o600

    capsys.readouterr()
    assert tap.run("status") == 0
    said = capsys.readouterr().out
    assert f"company: {tap.stored()['company']} ({tap.stored()['number']})" in said
    assert f"days left: {DAYS[vendor]}\n" in said

    assert tap.run("check") == 0, caplog.text
    said = capsys.readouterr().out
    for stream in STREAMS[vendor]:
        assert f"{stream}: can be read" in said
    assert "2 of 2 selected streams can be read" in said

    newest = tap.stored()["refresh_token"]
    assert tap.run("logout") == 0
    assert tap.stored() == {}
    assert tap.run("check") == 2
    if vendor != "procountor":  # which revokes nothing on request
        assert tap.run("check", refresh_token=newest) == 1
    assert not {token, newest, *browser.asked["state"]} & set(re.findall(r"[\w.-]+", caplog.text))


def test_a_run_needs_no_token_in_the_settings(qonto: Shell, browser: Browser, tmp_path: Path) -> None:
    assert qonto.login() == 0
    run = run_tap("tap_qonto", qonto.settings, tmp_path, catalog=qonto.catalog)
    assert run.code == 0, run.log
    assert run.rows("labels")
    assert run.rows("clients")
    assert qonto.stored()["company"], "what signing in told is kept when the token changes"
    assert browser.asked


def test_before_somebody_has_signed_in_nothing_is_sent(
    qonto: Shell, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.clear_log()
    (qonto.folder / "config.json").write_text(json.dumps(qonto.settings))
    assert exit_code(TapQonto, ["--config", str(qonto.folder / "config.json")]) == 2
    assert errors(caplog) == ["nobody has signed in to Qonto yet: run tap-qonto login"]
    assert capsys.readouterr().out == ""
    assert sandbox.log() == []


def test_only_the_scopes_of_the_selected_streams_are_asked_for(qonto: Shell, browser: Browser) -> None:
    qonto.select("teams", "cards", "transactions")
    assert qonto.login() == 0
    assert browser.asked["scope"] == ["offline_access organization.read card.read team.read"]
    assert qonto.login("--scopes", "client.read,team.read") == 0
    browser.close()
    assert browser.asked["scope"] == ["offline_access organization.read client.read team.read"]


def test_pkce_and_a_state_of_its_own_for_each_sign_in(qonto: Shell, browser: Browser) -> None:
    assert qonto.login() == 0
    first = browser.asked
    assert qonto.login() == 0
    assert first["code_challenge_method"] == ["S256"]
    for name in ("state", "code_challenge"):
        assert first[name] != browser.asked[name]
        assert len(first[name][0]) >= 32


def test_an_answer_to_a_renewal_that_got_lost_is_asked_for_again(
    sandbox: Sandbox, qonto: Shell, browser: Browser
) -> None:
    """Qonto takes a used refresh token for a minute more."""
    assert qonto.login() == 0
    sandbox.clear_log()
    sandbox.faults([{"match": {"path": "*/token"}, "do": {"kind": "lose"}}])
    try:
        assert qonto.run("check") == 0
    finally:
        sandbox.faults([])
    assert [entry["path"].rpartition("/")[2] for entry in sandbox.log()][:2] == ["token", "token"]
    assert qonto.run("check") == 0
    assert browser.asked


def test_a_public_app_signs_in_without_a_secret(qonto: Shell, browser: Browser) -> None:
    qonto.settings |= {"client_id": PUBLIC_CLIENT_ID, "client_secret": ""}
    assert qonto.login() == 0
    assert browser.asked["code_challenge"]
    first = qonto.stored()["refresh_token"]
    assert qonto.run("check") == 0
    assert qonto.stored()["refresh_token"] != first
    assert qonto.run("logout") == 0


@pytest.mark.parametrize(
    ("person", "given", "code", "said"),
    [
        ({"decision": "deny"}, {}, 1, "Qonto was not allowed to let the app read: nothing is stored"),
        ({"forged": {"state": "of-another"}}, {}, 1, "not the answer to this sign-in"),
        ({"forged": {"code": "0" * 64}}, {}, 1, "start again, the code was used or is too old"),
        ({}, {"scopes": "everything"}, 1, "add them to the app, or use --scopes"),
        ({}, {"client_secret": "wrong"}, 1, "check client_id and client_secret"),
        ({}, {"client_id": ""}, 2, "set client_id"),
        ({}, {"client_id": "", "client_secret": "", "api_key": "acme-1:k3y"}, 2, "tap-qonto signs in by itself"),
    ],
)
def test_a_sign_in_that_fails_is_one_line_and_stores_nothing(
    qonto: Shell,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
    *,
    person: dict[str, Any],
    given: dict[str, str],
    code: int,
    said: str,
) -> None:
    vars(browser).update(person)
    scopes = ("--scopes", given.pop("scopes")) if "scopes" in given else ()
    assert qonto.login(*scopes, **given) == code
    (line,) = errors(caplog)
    assert said in line
    assert qonto.stored() == {}


def test_a_port_that_is_taken(qonto: Shell, browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", qonto.port))
        other.listen()
        assert qonto.login() == 2
    (line,) = errors(caplog)
    assert f"port {qonto.port} cannot be listened on" in line
    assert "--port" in line
    assert browser.asked == {}, "nobody is asked for something that cannot arrive"


def test_nobody_comes(
    qonto: Shell, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    monkeypatch.setattr(callback, "_SECONDS", 0.01)
    assert qonto.login() == 1
    assert "nobody signed in" in errors(caplog)[0]
    assert qonto.control.auth_url in capsys.readouterr().out, "the link is there for a browser that did not open"


def test_without_a_browser_here_the_address_is_pasted(
    qonto: Shell, browser: Browser, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(browser, capsys))
    assert qonto.login("--no-browser") == 0
    assert qonto.stored()["refresh_token"]


def test_an_address_that_is_not_of_this_machine_is_pasted(
    shell: Callable[[str], Shell],
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tap = shell("procountor")
    monkeypatch.setattr(sys, "stdin", Terminal(browser, capsys))
    monkeypatch.setattr(webbrowser, "open", lambda _: True)
    assert tap.login(redirect_uri="https://acme.example/back") == 0
    assert browser.asked["redirect_uri"] == ["https://acme.example/back"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "nothing was pasted"),
        ("yes\n", "no address with a code"),
        ("http://localhost/callback?code=1&state=2\n", "not the answer to this sign-in"),
    ],
)
def test_what_is_pasted_wrongly(
    qonto: Shell, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, line: str, said: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(line))
    assert qonto.login("--no-browser") == 1
    (error,) = errors(caplog)
    assert said in error
    assert qonto.stored() == {}


def test_a_sign_in_to_another_company_is_refused_and_revoked(
    sandbox: Sandbox, qonto: Shell, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    assert qonto.login() == 0
    content = json.loads(qonto.store.read_text())
    next(iter(content["tokens"].values())).update(company="Globex", number="globex-1")
    qonto.store.write_text(json.dumps(content))
    before = qonto.stored()
    sandbox.clear_log()
    assert qonto.login() == 2
    (line,) = errors(caplog)
    assert "holds a sign-in to Globex (globex-1), and this one is to" in line
    assert qonto.stored() == before
    assert [entry["path"] for entry in sandbox.log()][-1].endswith("/revoke")
    assert browser.asked


def test_what_check_says_of_streams_that_cannot_be_read(
    qonto: Shell, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qonto.login("--scopes", "client.read") == 0
    browser.close()
    qonto.select("labels", "clients", "teams", "cards")
    capsys.readouterr()
    assert qonto.run("check") == 1
    said = capsys.readouterr().out
    assert "labels: can be read" in said
    assert re.search(r"^cards: Qonto refused access: .*; it needs scope card.read and OAuth 2.0$", said, re.MULTILINE)
    assert re.search(r"^teams: .*scope team.read", said, re.MULTILINE)
    assert "2 of 4 selected streams can be read" in said


def test_check_with_an_api_key(sandbox: Sandbox, qonto: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    key = {"client_id": "", "client_secret": "", "api_key": sandbox.qonto.api_key}
    assert qonto.run("check", **key) == 0
    assert "2 of 2 selected streams can be read" in capsys.readouterr().out
    assert qonto.run("status", **key) == 0
    assert "without an end: `tap-qonto check` says which company" in capsys.readouterr().out
    assert qonto.run("check", **{**key, "api_key": "acme-1:wrong"}) == 1
    assert qonto.run("check", **{**key, "api_url": "nowhere"}) == 2


@pytest.mark.parametrize(("days", "warned"), [(14, False), (13, True), (1, True)])
def test_a_run_says_when_a_sign_in_is_about_to_end(
    shell: Callable[[str], Shell],
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
    *,
    days: int,
    warned: bool,
) -> None:
    tap = shell("procountor")  # where a refresh token stays the same
    assert tap.login() == 0
    content = json.loads(tap.store.read_text())
    saved = datetime.now(UTC) - timedelta(days=180 - days, seconds=60)
    next(iter(content["tokens"].values()))["saved"] = saved.isoformat()
    tap.store.write_text(json.dumps(content))
    assert tap.run("check") == 0
    assert (f"ends in {days} days: run tap-procountor login" in caplog.text) is warned
    assert browser.asked
