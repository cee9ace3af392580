"""Signing in with a real browser, headless, where one and its driver are installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import requests

from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DRIVER = shutil.which("chromedriver")
OPTIONS = {
    "args": [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",  # asks for no page but ours
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
}
FOUND_WITHIN = {"implicit": 30_000}  # milliseconds: a click does not wait for the page that it leads to


@contextmanager
def chromium(folder: Path) -> Iterator[str]:
    """The address of a session of the browser, as W3C WebDriver has it."""
    assert DRIVER
    log = folder / "driver.log"
    with log.open("wb") as out, subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=out) as driver:
        try:
            assert driver.stdout
            started = (re.search(rb"on port (\d+)\.", line) for line in driver.stdout)
            found = next(filter(None, started), None)
            assert found, log.read_text()
            url = f"http://127.0.0.1:{found[1].decode()}/session"
            wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": OPTIONS, "timeouts": FOUND_WITHIN}}}
            session = requests.post(url, json=wanted, timeout=60).json()["value"]["sessionId"]
            yield f"{url}/{session}"
            requests.delete(f"{url}/{session}", timeout=60)
        finally:
            driver.terminate()


def press(session: str, link: str, button: str, then: str) -> None:
    """Open a page, press a button, and find a text on the page that it leads to."""

    def say(path: str, **body: Any) -> Any:
        answer = requests.post(f"{session}/{path}", json=body, timeout=60)
        assert answer.ok, answer.text
        return answer.json()["value"]

    say("url", url=link)
    (element,) = say("element", using="css selector", value=button).values()
    say(f"element/{element}/click")
    say("element", using="xpath", value=f"//p[contains(., '{then}')]")


@pytest.mark.skipif(not DRIVER, reason="no chromedriver")
@pytest.mark.parametrize(("button", "code"), [("approve", 0), ("deny", 1)])
def test_a_person_signs_in_with_chromium(tmp_path: Path, button: str, code: int) -> None:
    with Sandbox(transactions=20) as sandbox, chromium(tmp_path) as session:
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
            press(session, link, f"button[value={button}]", "This window can be closed")
            rest = login.stdout.read()
            assert login.wait() == code, (tmp_path / "log").read_text()
        assert ("Signed in to Sample Lantern Works" in rest) is (code == 0)
        assert (tmp_path / "tokens.json").exists() is (code == 0)
