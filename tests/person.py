"""A person who signs in to the sandbox: at a browser, at a shell, and between the two."""

from __future__ import annotations

import io
import json
import re
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import requests
from tap_fortnox.tap import TapFortnox
from tap_kit.cli import exit_code
from tap_procountor.tap import TapProcountor
from tap_qonto.tap import TapQonto

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from tap_kit.tap import TableTap

    from sandbox import Sandbox

TAPS: dict[str, type[TableTap]] = {"qonto": TapQonto, "fortnox": TapFortnox, "procountor": TapProcountor}
STREAMS = {
    "qonto": ("labels", "clients"),
    "fortnox": ("customers", "units"),
    "procountor": ("bank_accounts", "products"),
}


class Browser:
    """Follows a link as a browser does: shows the page, presses a button, and goes where the answer sends it."""

    def __init__(self) -> None:
        self.decision = "approve"
        self.forged: dict[str, str] = {}
        self.asked: dict[str, list[str]] = {}
        self.shown: list[str] = []
        self._thread: threading.Thread | None = None

    def open(self, url: str) -> bool:
        self._thread = threading.Thread(target=self.visit, args=(url,))
        self._thread.start()
        return True

    def visit(self, url: str) -> None:
        target = self.press(url)
        address = urlsplit(target)
        if address.hostname == "localhost":
            icon = requests.get(f"{address.scheme}://{address.netloc}/favicon.ico", timeout=10)
            assert icon.status_code == 404
            self.shown.append(requests.get(target, timeout=10).text)

    def press(self, url: str) -> str:
        """Return where the vendor's page sends the browser."""
        self.asked = parse_qs(urlsplit(url).query)
        page = requests.get(url, timeout=10, allow_redirects=False)
        if page.is_redirect:
            return page.headers["Location"]
        assert f'value="{self.decision}"' in page.text
        form = {"decision": self.decision}
        target = requests.post(url, data=form, timeout=10, allow_redirects=False).headers["Location"]
        for name, value in self.forged.items():
            target = re.sub(rf"{name}=[^&]+", f"{name}={value}", target)
        return target

    def close(self) -> None:
        if self._thread:
            self._thread.join()


class Shell:
    """Runs the commands of one vendor's tap, in this process."""

    def __init__(self, vendor: str, sandbox: Sandbox, folder: Path, port: int) -> None:
        self.tap, self.folder, self.port = TAPS[vendor], folder, port
        self.control: Any = getattr(sandbox, vendor)
        self.store = folder / "tokens.json"
        granted = self.control.grant()
        self.settings = {name: granted[name] for name in ("client_id", "client_secret")} | {
            "token_store": str(self.store),
            "api_url": self.control.url if vendor == "procountor" else self.control.api_url,
            "auth_url": self.control.auth_url,
        }
        if vendor == "procountor":
            self.settings |= {
                "login_url": self.control.login_url,
                "redirect_uri": f"http://localhost:{port}/callback",
            }
        self.select(*STREAMS[vendor])

    def select(self, *streams: str) -> None:
        self.catalog = json.loads(self.tap(validate_config=False).catalog_json_text)
        for entry in self.catalog["streams"]:
            entry["metadata"][-1]["metadata"]["selected"] = entry["tap_stream_id"] in streams
        (self.folder / "catalog.json").write_text(json.dumps(self.catalog))

    def run(self, command: str, *options: str, **settings: Any) -> int:
        (self.folder / "config.json").write_text(json.dumps({**self.settings, **settings}))
        files = ("--config", str(self.folder / "config.json"), "--catalog", str(self.folder / "catalog.json"))
        return exit_code(self.tap, (command, *files, *options))

    def login(self, *options: str, **settings: Any) -> int:
        return self.run("login", "--port", str(self.port), *options, **settings)

    def stored(self) -> dict[str, Any]:
        """What the store holds for the only connection in it; nothing if there is none."""
        if not self.store.exists():
            return {}
        tokens = list(json.loads(self.store.read_text())["tokens"].values())
        return tokens[0] if tokens else {}


class Terminal(io.StringIO):
    """A person who follows the link that was printed, elsewhere, and pastes where it led to."""

    def __init__(self, browser: Browser, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__()
        self.browser, self.capsys = browser, capsys

    def readline(self, _: int | None = -1, /) -> str:
        (link,) = re.findall(r"http\S+", self.capsys.readouterr().out)
        return self.browser.press(link) + "\n"
