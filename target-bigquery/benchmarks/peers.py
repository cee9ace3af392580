"""Other targets, each in an environment of its own that is gone afterwards."""

# ruff: noqa: INP001, S603

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from measure import Used, measure
from target_bigquery.testing import Sink

# Older clients know no setting for another endpoint.
HOOK = """
try:
    from google.cloud.bigquery import _http
    _http.Connection.DEFAULT_API_ENDPOINT = %r
except ImportError:
    pass
"""


@dataclass(frozen=True)
class Peer:
    """What to install with which Python, the settings, and how many records it gets: some take long."""

    package: str
    python: str
    settings: dict[str, object]
    also: tuple[str, ...] = ()
    records: int = 500_000


# As their users set them up for load jobs into typed columns. All take decimals for doubles; only the last validates.
PEERS = (
    Peer(
        "z3-target-bigquery==0.7.2",
        "3.10",
        {"method": "batch_job", "denormalized": True, "batch_size": 100_000, "project": "p", "dataset": "d"},
        ("setuptools<81",),
    ),
    Peer(
        "pipelinewise-target-bigquery==1.5.0",
        "3.9",
        {"project_id": "p", "default_target_schema": "d"},
        ("setuptools<81", "numpy<2"),
        100_000,
    ),
    Peer("target-bigquery-partition==0.2.5", "3.11", {"project_id": "p", "dataset_id": "d"}, ("setuptools<81",), 5_000),
)


def account(url: str) -> str:
    """A service account's file whose tokens come from ``url``."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    made = {"type": "service_account", "project_id": "p", "private_key": text, "private_key_id": "1"}
    return json.dumps(made | {"client_email": "a@b.example", "client_id": "1", "token_uri": f"{url}/token"})


def with_pyenv() -> dict[str, str]:
    """The environment, in which old versions of Python are found that pyenv has."""
    found = sorted(map(str, Path.home().glob(".pyenv/versions/*/bin")))
    return {**os.environ, "PATH": os.pathsep.join([os.environ.get("PATH", ""), *found])}


def run(peer: Peer, given: Path, folder: Path) -> Used:
    """What it takes.

    Raises:
        RuntimeError: it cannot be installed, or does not run.
    """
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(__file__).parents[2] / ".uv/bin"))
    if uv is None:
        raise RuntimeError("uv is not installed")
    home = folder / peer.package.split("=")[0]
    for step in (
        ["venv", "-q", "-p", peer.python, str(home)],
        ["pip", "install", "-q", "-p", str(home), peer.package, *peer.also],
    ):
        done = subprocess.run([uv, *step], capture_output=True, text=True, check=False, env=with_pyenv())
        if done.returncode:
            raise RuntimeError(f"uv {step[0]} failed: {' '.join(done.stderr.split())[:150]}")
    with Sink() as sink:
        (folder / "sitecustomize.py").write_text(HOOK % sink.url)
        (folder / "account.json").write_text(account(sink.url))
        settings = peer.settings | {"credentials_path": str(folder / "account.json")}
        (folder / "peer.json").write_text(json.dumps(settings))
        environment = {
            "PYTHONPATH": str(folder),
            "GOOGLE_APPLICATION_CREDENTIALS": str(folder / "account.json"),
            "BIGQUERY_EMULATOR_HOST": sink.url,
            "GOOGLE_CLOUD_PROJECT": "p",
            "PYTHONWARNINGS": "ignore",
        }
        return measure([home / "bin/target-bigquery", "--config", folder / "peer.json"], given, folder, **environment)
