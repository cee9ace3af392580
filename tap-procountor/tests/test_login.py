"""Signing in: from a user in a browser to a refresh token."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tap_kit.testing import Reply
from tap_procountor import login

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BACK = "https://acme.example/back"
SETTINGS = {"client_id": "client", "client_secret": "s3cr3t", "redirect_uri": BACK}


class Browser(io.StringIO):
    """Follows the address on stderr, and pastes the one that it is sent to."""

    def __init__(self, said: io.StringIO, answer: str) -> None:
        super().__init__()
        self.said = said
        self.answer = answer
        self.asked: dict[str, list[str]] = {}

    def readline(self, size: int | None = -1, /) -> str:
        del size
        (address,) = re.findall(r"https?://\S+", self.said.getvalue())
        self.asked = parse_qs(urlsplit(address).query)
        return f"{BACK}?{self.answer.format(state=self.asked['state'][0])}\n"


@pytest.fixture
def sign_in(procountor: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Browser]:
    """Run the command with a user who comes back with `answer`."""

    def run(answer: str, **changes: Any) -> Browser:
        settings = {**SETTINGS, "api_url": procountor.url, "login_url": "https://login.example/login", **changes}
        (tmp_path / "config.json").write_text(json.dumps(settings))
        said = io.StringIO()
        browser = Browser(said, answer)
        monkeypatch.setattr(sys, "argv", ["tap-procountor-login", "--config", str(tmp_path / "config.json")])
        monkeypatch.setattr(sys, "stderr", said)
        monkeypatch.setattr(sys, "stdin", browser)
        login.main()
        return browser

    return run


def test_a_user_signs_in(procountor: Any, sign_in: Callable[..., Browser], capsys: pytest.CaptureFixture[str]) -> None:
    procountor.replies["oauth/token"] = lambda _: Reply({"access_token": "a", "refresh_token": "r3fr3sh"})
    browser = sign_in("code=c0de&state={state}")
    assert capsys.readouterr().out == "r3fr3sh\n"
    assert {name: browser.asked[name] for name in ("response_type", "client_id", "redirect_uri")} == {
        "response_type": ["code"],
        "client_id": ["client"],
        "redirect_uri": [BACK],
    }
    (asked,) = procountor.asked
    form = {"grant_type": "authorization_code", "code": "c0de", **SETTINGS}
    assert parse_qs(asked.body) == {name: [value] for name, value in form.items()}
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("answer", "changes", "words"),
    [
        ("code=c0de&state=of-another", {}, "no code of this sign-in"),
        ("error=access_denied&state={state}", {}, "access_denied"),
        ("code=c0de&state={state}", {"redirect_uri": None}, "signing in needs redirect_uri"),
        ("code=c0de&state={state}", {}, "HTTP 400; check the settings"),
    ],
)
def test_what_goes_wrong(
    procountor: Any, sign_in: Callable[..., Browser], answer: str, changes: dict[str, Any], words: str
) -> None:
    procountor.replies["oauth/token"] = lambda _: Reply({"error": "invalid_grant"}, status=400)
    with pytest.raises(SystemExit, match=words):
        sign_in(answer, **changes)
