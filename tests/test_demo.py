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


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
def test_the_demo_adds_up_and_neither_its_end_nor_ctrl_c_leaves_anything_running(project: Path) -> None:
    command = [sys.executable, "-m", "sandbox.demo"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"qonto\.transactions +([\d,]+)", done.stdout) == ["5,000", "5,025"]
    assert "Cash flow by month and account" in done.stdout
    assert running_in(project) == []

    log = project / ".local/demo/run.log"
    before = log.stat().st_ino
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True, start_new_session=True) as again:
        assert again.stdout
        while again.poll() is None and not (log.exists() and log.stat().st_ino != before and log.stat().st_size):
            time.sleep(0.05)  # until Meltano has begun
        os.killpg(again.pid, signal.SIGINT)  # as a terminal does
        assert again.wait(60) == 130
        assert "1. Load everything" in again.stdout.read()  # what the first one left was no obstacle
    assert running_in(project) == []
