"""make demo, and that nothing of it stays."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the Meltano project beside the checkout, as if it were a second one."""
    folder = tmp_path / "second"
    folder.mkdir()
    shutil.copy(ROOT / "meltano.yml", folder)
    for definition in ROOT.glob("*/plugin.meltano.yml"):
        (folder / definition.parent.name).mkdir()
        shutil.copy(definition, folder / definition.parent.name)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    return folder


def running_in(folder: Path) -> list[str]:
    """The commands of processes that work in or on the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_text().replace("\0", " ")
            if entry.name.isdigit() and (str(folder) in command or (entry / "cwd").readlink() == folder):
                found.append(command)
        except OSError:
            continue
    return found


def test_the_demo_adds_up_twice_and_leaves_nothing_running(project: Path) -> None:
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "sandbox.demo"], cwd=project, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.findall(r"qonto\.transactions +([\d,]+)", done.stdout) == ["5,000", "5,025"]
        assert "Cash flow by month and account" in done.stdout
        assert running_in(project) == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
def test_ctrl_c_leaves_nothing_running(project: Path) -> None:
    log = project / ".local/demo/run.log"
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox.demo"], cwd=project, stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        deadline = time.monotonic() + 60
        while not log.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)  # until Meltano has begun
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        assert process.wait(60) == 130
    assert running_in(project) == []
