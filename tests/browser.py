"""A real browser, headless, where one and its driver are installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import requests

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
LOGS = {"browser": "ALL", "performance": "ALL"}

needs_browser = pytest.mark.skipif(not DRIVER, reason="no chromedriver")


class Browser:
    """A session of the browser, as W3C WebDriver has it."""

    def __init__(self, session: str) -> None:
        self._session = session

    def say(self, path: str, **body: Any) -> Any:
        """Send a command, and return what it answers."""
        answer = requests.post(f"{self._session}/{path}", json=body, timeout=60)
        assert answer.ok, answer.text
        return answer.json()["value"]

    def open(self, url: str) -> None:
        """Go to a page."""
        self.say("url", url=url)

    def press(self, button: str, then: str) -> None:
        """Press a button, and find a text on the page that it leads to."""
        (element,) = self.say("element", using="css selector", value=button).values()
        self.say(f"element/{element}/click")
        self.say("element", using="xpath", value=f"//p[contains(., '{then}')]")

    def emulate(self, command: str, **params: Any) -> None:
        """Set something of the Chrome DevTools Protocol's domain Emulation."""
        self.say("goog/cdp/execute", cmd=f"Emulation.{command}", params=params)

    def run(self, script: str) -> Any:
        """Return what a script returns that runs in the page."""
        return self.say("execute/sync", script=script, args=[])

    def complaints(self) -> list[str]:
        """Return what the console says since the last time."""
        return [entry["message"] for entry in self.say("se/log", type="browser")]

    def requested(self) -> list[str]:
        """Return the addresses that were asked for since the last time."""
        events = [json.loads(entry["message"])["message"] for entry in self.say("se/log", type="performance")]
        return [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """Run the browser."""
    assert DRIVER
    log = folder / "driver.log"
    with log.open("wb") as out, subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=out) as driver:
        try:
            assert driver.stdout
            started = (re.search(rb"on port (\d+)\.", line) for line in driver.stdout)
            found = next(filter(None, started), None)
            assert found, log.read_text()
            url = f"http://127.0.0.1:{found[1].decode()}/session"
            always = {"goog:chromeOptions": OPTIONS, "goog:loggingPrefs": LOGS, "timeouts": FOUND_WITHIN}
            wanted = {"capabilities": {"alwaysMatch": always}}
            session = requests.post(url, json=wanted, timeout=60).json()["value"]["sessionId"]
            yield Browser(f"{url}/{session}")
            requests.delete(f"{url}/{session}", timeout=60)
        finally:
            driver.terminate()
