"""The package installs without a C compiler: slower, and complete."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
UV = shutil.which("uv") or shutil.which("uv", path=str(PACKAGE.parent / ".uv" / "bin"))


@pytest.mark.skipif(UV is None, reason="uv is not installed")
def test_without_a_compiler_there_is_a_wheel(tmp_path: Path) -> None:
    source = shutil.copytree(PACKAGE, tmp_path / "source", ignore=shutil.ignore_patterns("tests", "build", "*.so"))
    command = [UV, "build", "--quiet", "--wheel", "--out-dir", tmp_path, source]
    done = subprocess.run(command, env={**os.environ, "CC": "false"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = {Path(name).name for name in zipfile.ZipFile(wheel).namelist()}
    assert "native.py" in names
    assert not any(name.endswith(".so") for name in names)
