"""What tokens come from and go to, and what taps declare, for the tests of several files."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import pytest
from tap_kit import grant, shared_vault
from tenacity import wait_none

from . import bank, books, people
from .google_fake import Google, Store
from .issuer import Issuer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    running = Issuer()
    with serving(running, time.time) as url:
        running.url = f"{url}/token"
        yield running


@pytest.fixture(scope="session")
def _google() -> Iterator[Google]:
    running = Google()
    with serving(running, running.clock) as url:
        running.url = url
        yield running


@pytest.fixture
def google(_google: Google, monkeypatch: pytest.MonkeyPatch) -> Google:
    _google.begin()
    _google.secrets["projects/p/secrets/s"] = {"etag": 1, "annotations": {"team": "finance"}, "versions": {}}
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", _google.url)
    monkeypatch.setenv("SECRET_MANAGER_EMULATOR_HOST", _google.url.removeprefix("http://"))
    return _google


@pytest.fixture(params=["gs://bucket/folder/tokens.json", "secretmanager://projects/p/secrets/s"], ids=["gs", "secret"])
def store(request: pytest.FixtureRequest, google: Google) -> Store:
    return Store(google, request.param)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow each other at once."""
    for module in (grant, shared_vault):
        monkeypatch.setattr(module, "wait_random_exponential", lambda **_: wait_none())
    monkeypatch.setattr(shared_vault, "_PAUSE", 0)


@pytest.fixture(params=["file", "gs", "secret"])
def where(request: pytest.FixtureRequest, google: Google, tmp_path: Path) -> str:
    """A token store of each kind, in which nothing is stored."""
    kinds = {"gs": "gs://bucket/tokens.json", "secret": f"secretmanager://{next(iter(google.secrets))}"}
    return kinds.get(request.param, str(tmp_path / "folder" / "tokens.json"))


@pytest.fixture(scope="session", autouse=True)
def _schemas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the taps of these tests declare, each in a package of its own."""
    folder = tmp_path_factory.mktemp("packages")
    for package, streams in (*bank.SCHEMAS.items(), *books.SCHEMAS.items(), *people.SCHEMAS.items()):
        (schemas := folder / package / "schemas").mkdir(parents=True)
        for name, columns in streams.items():
            (schemas / f"{name}.json").write_text(json.dumps({"description": "Some.", "properties": columns}))
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))
