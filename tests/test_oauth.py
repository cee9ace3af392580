"""tap-qonto signed in with OAuth 2.0: the lists that no API key reaches, and a refresh token that changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.testing import run_tap
from tap_qonto.tap import TapQonto

from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tap_kit.testing import Run

OAUTH_ONLY = ("cards", "payment_link_payments", "payment_links", "quotes", "teams", "terminals")


@pytest.fixture(scope="module")
def bank() -> Iterator[Sandbox]:
    with Sandbox(transactions=20) as running:
        yield running


@pytest.fixture
def tap(bank: Sandbox, tmp_path: Path) -> Callable[..., Run]:
    """Run tap-qonto with the streams selected; keywords are settings."""

    def run(granted: dict[str, Any], *streams: str, **settings: Any) -> Run:
        names = ("client_id", "client_secret", "refresh_token")
        config = {
            **{name: granted[name] for name in names},
            "api_url": bank.qonto.api_url,
            "auth_url": bank.qonto.auth_url,
            "token_store": str(tmp_path / "tokens.json"),
            **settings,
        }
        catalog = json.loads(TapQonto(validate_config=False).catalog_json_text)
        for entry in catalog["streams"]:
            entry["metadata"][-1]["metadata"]["selected"] = entry["tap_stream_id"] in streams
        return run_tap("tap_qonto", config, tmp_path, catalog=catalog)

    return run


def test_what_no_api_key_reaches_is_read_run_after_run(bank: Sandbox, tap: Callable[..., Run]) -> None:
    granted = bank.qonto.grant()
    for _ in range(2):
        done = tap(granted, *OAUTH_ONLY)
        assert done.code == 0, done.log
        for stream in OAUTH_ONLY:
            if stream != "payment_link_payments":
                ids = sorted(row["id"] for row in done.rows(stream))
                assert ids == sorted(record["id"] for record in bank.qonto.records(stream)), stream
        assert granted["refresh_token"] not in done.log
    used = [entry for entry in bank.log() if entry["path"].endswith("/token")]
    assert len(used) == 2, "one token a run"


def test_a_scope_that_was_not_granted_skips_its_stream_alone(bank: Sandbox, tap: Callable[..., Run]) -> None:
    done = tap(bank.qonto.grant("offline_access organization.read team.read"), "labels", "teams", "cards")
    assert done.code == 1
    assert done.rows("labels")
    assert done.rows("teams")
    (line, last) = done.errors
    assert "cards" in line
    assert "card.read" in line
    assert "cards" in last


def test_a_used_up_token_is_one_line_that_says_what_to_do(
    bank: Sandbox, tap: Callable[..., Run], tmp_path: Path
) -> None:
    granted = bank.qonto.grant()
    assert tap(granted, "labels").code == 0
    (tmp_path / "tokens.json").unlink()
    bank.advance_clock(120)  # for a minute the old one is still taken
    done = tap(granted, "labels")
    assert (done.code, len(done.errors), done.rows("labels")) == (1, 1, [])
    assert "sign in again" in done.errors[0]
    assert granted["refresh_token"] not in done.log
