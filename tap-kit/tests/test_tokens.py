"""Access tokens: one a run, renewed once; a rotating refresh token is saved before it is used."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from tap_kit import tokens as tokens_module
from tap_kit.errors import ConfigError, CredentialsError, VendorChangedError, VendorError
from tap_kit.grant import Grant
from tap_kit.token_store import TokenStore
from tap_kit.tokens import Tokens

if TYPE_CHECKING:
    from pathlib import Path

    from .issuer import Issuer

SEED = "seed-1"


def grant(issuer: Issuer, seed: str = SEED, *, basic: bool = True) -> Grant:
    return Grant(
        vendor="Vendor",
        url=issuer.url,
        client_id="app",
        client_secret="hidden",
        basic=basic,
        form={"grant_type": "refresh_token"},
        refresh_token=seed,
        sign_in_again="sign in again",
        not_json_hint="is auth_url right?",
    )


def tokens(issuer: Issuer, store: Path, seed: str = SEED) -> Tokens:
    return Tokens(grant(issuer, seed), TokenStore(str(store), tap="tap-test", seed=seed))


def test_many_threads_get_one_token(issuer: Issuer, tmp_path: Path) -> None:
    signed = tokens(issuer, tmp_path / "tokens.json")
    with ThreadPoolExecutor(8) as pool:
        headers = list(pool.map(lambda _: signed.headers()["Authorization"], range(40)))
    assert set(headers) == {"Bearer access-1"}
    assert len(issuer.asked) == 1


def test_a_refused_token_is_renewed_once_for_all_threads(issuer: Issuer, tmp_path: Path) -> None:
    signed = tokens(issuer, tmp_path / "tokens.json")
    used = signed.headers()
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: signed.renew(used), range(16)))
    assert signed.headers()["Authorization"] == "Bearer access-2"
    assert not signed.renew(signed.headers()), "what was renewed a moment ago is refused for another reason"
    assert len(issuer.asked) == 2


def test_a_token_that_ends_soon_is_renewed_before(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(tokens_module.time, "monotonic", lambda: now[0])
    signed = tokens(issuer, tmp_path / "tokens.json")
    signed.headers()
    now[0] += 3500
    assert signed.headers()["Authorization"] == "Bearer access-1"
    now[0] += 50
    assert signed.headers()["Authorization"] == "Bearer access-2"


def test_each_run_goes_on_with_the_token_that_the_last_one_saved(issuer: Issuer, tmp_path: Path) -> None:
    store = tmp_path / "folder" / "tokens.json"
    for _ in range(3):
        tokens(issuer, store).headers()
    assert [form["refresh_token"] for form, _ in issuer.asked] == [SEED, "refresh-1", "refresh-2"]
    assert store.stat().st_mode & 0o777 == 0o600
    assert SEED not in store.read_text()


def test_a_seed_from_signing_in_again_wins_over_what_is_stored(issuer: Issuer, tmp_path: Path) -> None:
    store = tmp_path / "tokens.json"
    tokens(issuer, store).headers()
    issuer.valid = "seed-2"
    tokens(issuer, store, "seed-2").headers()
    tokens(issuer, store, "seed-2").headers()
    assert [form["refresh_token"] for form, _ in issuer.asked] == [SEED, "seed-2", "refresh-2"]


def test_without_a_store_in_the_settings_the_users_own_folder_is_taken(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for _ in range(2):
        Tokens(grant(issuer), TokenStore(None, tap="tap-test", seed=SEED)).headers()
    assert [path.suffix for path in (tmp_path / "tap-test").glob("*.json")] == [".json"]
    assert len(issuer.asked) == 2


def test_two_processes_at_once_take_turns(issuer: Issuer, tmp_path: Path) -> None:
    script = (
        "import sys; from tap_kit.token_store import TokenStore; from tap_kit.grant import Grant\n"
        "from tap_kit.tokens import Tokens\n"
        "grant = Grant('Vendor', sys.argv[1], 'app', 'hidden', True, {'grant_type': 'refresh_token'},"
        " refresh_token='seed-1')\n"
        "Tokens(grant, TokenStore(sys.argv[2], tap='t', seed='seed-1')).headers()\n"
    )
    command = [sys.executable, "-c", script, issuer.url, str(tmp_path / "tokens.json")]
    running = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert len(issuer.asked) == 3
    assert json.loads((tmp_path / "tokens.json").read_text())["tokens"].popitem()[1]["refresh_token"] == issuer.valid


@pytest.mark.parametrize("point", ["before the request", "while it is saved", "after it was saved"])
def test_a_run_that_is_killed_leaves_a_token_that_works(issuer: Issuer, tmp_path: Path, point: str) -> None:
    """Killed while it saves means: between writing the new file and putting it in place of the old one."""
    kill = "lambda *a, **k: os._exit(9)"
    patch = {
        "before the request": f"tap_kit.grant.requests.post = {kill}",
        "while it is saved": f"pathlib.Path.replace = {kill}",
        "after it was saved": "tap_kit.tokens.conceal = lambda secret: os._exit(9) if 'access' in secret else None",
    }[point]
    script = (
        "import os, pathlib, sys, tap_kit.tokens; from tap_kit.token_store import TokenStore\n"
        f"from tap_kit.grant import Grant; from tap_kit.tokens import Tokens\n{patch}\n"
        "grant = Grant('Vendor', sys.argv[1], 'app', 'hidden', True, {'grant_type': 'refresh_token'},"
        " refresh_token='seed-1')\n"
        "Tokens(grant, TokenStore(sys.argv[2], tap='t', seed='seed-1')).headers()\n"
    )
    store = tmp_path / "tokens.json"
    killed = subprocess.run([sys.executable, "-c", script, issuer.url, str(store)], check=False)
    assert killed.returncode == 9
    assert tokens(issuer, store).headers()["Authorization"].startswith("Bearer access-")


def test_what_the_form_and_the_headers_hold(issuer: Issuer, tmp_path: Path) -> None:
    tokens(issuer, tmp_path / "tokens.json").headers()
    form, headers = issuer.asked[0]
    assert form == {"grant_type": "refresh_token", "refresh_token": SEED}
    assert headers["Authorization"].startswith("Basic ")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    Tokens(
        Grant("Vendor", issuer.url, "app", "hidden", basic=False, form={"grant_type": "client_credentials"})
    ).headers()
    form, headers = issuer.asked[1]
    assert form == {"grant_type": "client_credentials", "client_id": "app", "client_secret": "hidden"}
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    ("replies", "error", "said"),
    [
        ([(400, b'{"error": "invalid_grant"}')], CredentialsError, "sign in again"),
        ([(401, b'{"error": "invalid_client"}')], CredentialsError, "client_id and client_secret"),
        ([(400, b'{"error": "unsupported", "error_description": "seed-1"}')], CredentialsError, "unsupported"),
        ([(403, b"<html>")], CredentialsError, "sign in again"),
        ([(200, b"<html>Sign on</html>")], VendorChangedError, "is auth_url right"),
        ([(200, b"[]")], VendorChangedError, "without a token"),
        ([(503, b"")] * 4, VendorError, "run again later"),
    ],
)
def test_what_goes_wrong_is_said_in_one_line(
    issuer: Issuer, tmp_path: Path, replies: list[tuple[int, bytes] | None], error: type[Exception], said: str
) -> None:
    issuer.replies = replies
    with pytest.raises(error, match=said) as raised:
        tokens(issuer, tmp_path / "tokens.json").headers()
    assert SEED not in str(raised.value)
    assert "hidden" not in str(raised.value)


def test_a_passing_fault_is_tried_again(issuer: Issuer, tmp_path: Path) -> None:
    issuer.replies = [(503, b""), (429, b""), None]
    assert tokens(issuer, tmp_path / "tokens.json").headers()["Authorization"] == "Bearer access-3"


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"tokens"'])
def test_a_file_that_is_no_store_is_left_alone(issuer: Issuer, tmp_path: Path, content: str) -> None:
    store = tmp_path / "notes.txt"
    store.write_text(content)
    with pytest.raises(ConfigError, match="is not a token store"):
        tokens(issuer, store).headers()
    assert store.read_text() == content
    assert not issuer.asked


def test_a_store_that_cannot_be_written_is_found_before_the_token_is_used_up(issuer: Issuer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"tokens\.json: "):
        tokens(issuer, tmp_path / "file" / "tokens.json").headers()
    assert not issuer.asked
