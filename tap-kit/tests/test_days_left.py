"""The end of a sign-in is told two weeks before, by a run and by `status`, wherever the token is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit import token_store
from tap_kit.consent import Consent
from tap_kit.grant import Grant
from tap_kit.login import status
from tap_kit.token_store import TokenStore
from tap_kit.tokens import Tokens

from .issuer import jwt

if TYPE_CHECKING:
    from .issuer import Issuer

FORM = {"grant_type": "refresh_token"}


def signed(url: str, where: str, seed: str | None, days: int = 180) -> Tokens:
    consent = Consent(url="", days=days, renews=False)
    grant = Grant("Vendor", url, "app", "hidden", basic=True, form=FORM, refresh_token=seed, consent=consent)
    return Tokens(grant, TokenStore(where, tap="tap-test", seed=seed or "app"))


def told(tokens: Tokens) -> int:
    tap: Any = SimpleNamespace(name="tap-test", api=SimpleNamespace(vendor="Vendor", sign_in=tokens))
    return status(tap)


def same(issuer: Issuer) -> None:
    """Let the refresh token stay what it is."""
    issuer.replies = [(200, b'{"access_token": "acc3ss", "token_type": "bearer"}')] * 3


@pytest.mark.parametrize(("left", "warned"), [(14, False), (13, True), (1, True)])
def test_a_token_that_stays_the_same(
    issuer: Issuer,
    where: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    *,
    left: int,
    warned: bool,
) -> None:
    tokens = signed(issuer.url, where, None)
    assert tokens.store
    saved = datetime.now(UTC) - timedelta(days=180 - left, seconds=60)
    monkeypatch.setattr(token_store, "now_text", saved.isoformat)
    with tokens.store.locked() as stored:
        stored.save("t0ken", days=180)
    same(issuer)
    tokens.headers()
    assert (f"The sign-in to Vendor ends in {left} days: run tap-test login" in caplog.text) is warned
    assert tokens.days_left == left
    assert told(tokens) == 0
    said = capsys.readouterr().out
    assert f"days left: {left}\n" in said
    assert ("Sign in again soon: tap-test login" in said) is warned


@pytest.mark.parametrize("left", [100, 5])
def test_a_token_of_the_settings_that_tells_its_end(
    issuer: Issuer,
    where: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    left: int,
) -> None:
    seed = jwt(exp=int((datetime.now(UTC) + timedelta(days=left, seconds=-60)).timestamp()))
    same(issuer)
    tokens = signed(issuer.url, where, seed)
    tokens.headers()
    assert (f"ends in {left} days" in caplog.text) is (left == 5)
    told(tokens)
    assert f"days left: {left}\n" in capsys.readouterr().out


def test_a_token_of_the_settings_that_changes(
    issuer: Issuer, where: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its first use tells how long the next one lasts; so does each run, which makes it last as long again."""
    tokens = signed(issuer.url, where, issuer.valid, days=45)
    assert told(tokens) == 0
    assert "days left: not known\n" in capsys.readouterr().out
    tokens.headers()
    told(tokens)
    assert "days left: 45\n" in capsys.readouterr().out
    assert "ends in" not in caplog.text


def test_after_the_end_nobody_is_signed_in(
    issuer: Issuer, where: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = signed(issuer.url, where, None)
    assert told(tokens) == 1
    assert "Nobody is signed in to Vendor: run tap-test login" in capsys.readouterr().out
    assert tokens.store
    monkeypatch.setattr(token_store, "now_text", (datetime.now(UTC) - timedelta(days=181)).isoformat)
    with tokens.store.locked() as stored:
        stored.save("t0ken", days=180)
    assert told(tokens) == 1
    assert "days left: 0\n" in capsys.readouterr().out
