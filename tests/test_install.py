"""Each package installs alone into a clean environment and tells what it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UV = Path(sys.executable).with_name("uv")
PLUGINS = {
    "tap-qonto": ["./tap-kit", "./tap-qonto"],
    "target-bigquery": ["./target-bigquery"],
}


def uv(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([UV, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def pythons() -> list[str]:
    """The supported versions that this machine has."""
    versions = ("3.11", "3.13")
    return [v for v in versions if uv("python", "find", "--no-python-downloads", v).returncode == 0]


def about(folder: Path, plugin: str) -> str:
    done = subprocess.run([folder / "bin" / plugin, "--about"], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("version", pythons())
@pytest.mark.parametrize("plugin", PLUGINS)
def test_it_installs_alone_with_uv(plugin: str, version: str, tmp_path: Path) -> None:
    folder = tmp_path / "alone"
    assert uv("venv", "--no-python-downloads", "--python", version, folder).returncode == 0
    done = uv("pip", "install", "--python", folder / "bin" / "python", *PLUGINS[plugin])
    assert done.returncode == 0, done.stderr
    assert f"Name: {plugin}" in about(folder, plugin)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("plugin", PLUGINS)
def test_it_installs_alone_with_pip(plugin: str, tmp_path: Path) -> None:
    folder = tmp_path / "alone"
    assert uv("venv", "--seed", "--python", sys.executable, folder).returncode == 0
    command = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", *PLUGINS[plugin]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"Name: {plugin}" in about(folder, plugin)
