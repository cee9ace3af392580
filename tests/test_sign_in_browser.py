"""Signing in with a real browser."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox import Sandbox

from .browser import chromium, needs_browser

if TYPE_CHECKING:
    from pathlib import Path


@needs_browser
@pytest.mark.parametrize(("button", "code"), [("approve", 0), ("deny", 1)])
def test_a_person_signs_in_with_chromium(tmp_path: Path, button: str, code: int) -> None:
    with Sandbox(transactions=20) as sandbox, chromium(tmp_path) as browser:
        granted = sandbox.qonto.grant()
        settings = {
            "client_id": granted["client_id"],
            "client_secret": granted["client_secret"],
            "api_url": sandbox.qonto.api_url,
            "auth_url": sandbox.qonto.auth_url,
            "token_store": str(tmp_path / "tokens.json"),
        }
        (tmp_path / "config.json").write_text(json.dumps(settings))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        config = str(tmp_path / "config.json")
        command = [sys.executable, "-m", "tap_qonto", "login", "--config", config, "--port", port]
        environment = {**os.environ, "BROWSER": "true"}  # the link is opened below
        with (
            (tmp_path / "log").open("w") as log,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment) as login,
        ):
            assert login.stdout
            link = next((line.strip() for line in login.stdout if line.startswith("http")), None)
            assert link, (tmp_path / "log").read_text()
            browser.open(link)
            browser.press(f"button[value={button}]", "This window can be closed")
            rest = login.stdout.read()
            assert login.wait() == code, (tmp_path / "log").read_text()
        assert ("Signed in to Sample Lantern Works" in rest) is (code == 0)
        assert (tmp_path / "tokens.json").exists() is (code == 0)
