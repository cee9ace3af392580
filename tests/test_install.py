"""Each package installs alone into a clean environment and tells what it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UV = Path(sys.executable).with_name("uv")
PACKAGES = {
    "tap-kit": ["./tap-kit"],
    "tap-fortnox": ["./tap-kit", "./tap-fortnox"],
    "tap-procountor": ["./tap-kit", "./tap-procountor"],
    "tap-qonto": ["./tap-kit", "./tap-qonto"],
    "target-bigquery": ["./target-bigquery"],
    "sandbox": ["./sandbox"],
}
SAYS = {
    "tap-kit": (["python", "-c", "from tap_kit import tap; print(tap.TableTap.__name__)"], "TableTap"),
    "tap-fortnox": (["tap-fortnox", "--about"], "Name: tap-fortnox"),
    "tap-procountor": (["tap-procountor", "--about"], "Name: tap-procountor"),
    "tap-qonto": (["tap-qonto", "--about"], "Name: tap-qonto"),
    "target-bigquery": (["target-bigquery", "--about"], "Name: target-bigquery"),
    "sandbox": (["python", "-m", "sandbox", "--help"], "--transactions"),
}


def uv(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([UV, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def python() -> str:
    """The oldest supported version that this machine has."""
    has = uv("python", "find", "--no-python-downloads", "3.11").returncode == 0
    return "3.11" if has else sys.executable


def says_what_it_is(folder: Path, package: str) -> bool:
    """Whether the package runs there, away from the checkout."""
    (program, *arguments), words = SAYS[package]
    done = subprocess.run(
        [folder / "bin" / program, *arguments], capture_output=True, text=True, check=True, cwd=folder
    )
    return words in done.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_it_installs_alone_with_uv(package: str, tmp_path: Path) -> None:
    folder = tmp_path / "alone"
    assert uv("venv", "--no-python-downloads", "--python", python(), folder).returncode == 0
    done = uv("pip", "install", "--python", folder / "bin" / "python", *PACKAGES[package])
    assert done.returncode == 0, done.stderr
    assert says_what_it_is(folder, package)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("package", ["tap-qonto"])
def test_it_installs_alone_with_pip(package: str, tmp_path: Path) -> None:
    folder = tmp_path / "alone"
    assert uv("venv", "--seed", "--python", sys.executable, folder).returncode == 0
    command = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", *PACKAGES[package]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert says_what_it_is(folder, package)
