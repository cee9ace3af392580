"""The process behind `LocalBigQuery`: `python -P emulator.py SOCKET_FD DATA_DIR PROJECT [passing]`.

A passing folder goes with the process, as nobody else is sure to be there at its end.

It imports nothing of this package, and the emulator only once it has the folder: both take their time.
"""

from __future__ import annotations

import importlib.resources
import os
import shutil
import socket
import sys
import threading
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

EXTENSIONS = ("icu", "ducklake", "spatial")
TAKEN = 1
"""Seconds for a predecessor that is about to end."""


def link_extensions(home: Path) -> None:
    """DuckDB looks for extensions in its home and would download what is not there: link the installed ones."""
    platform = duckdb.sql("PRAGMA platform").fetchall()[0][0]
    folder = home / ".duckdb" / "extensions" / f"v{duckdb.__version__}" / platform
    folder.mkdir(parents=True, exist_ok=True)
    for name in EXTENSIONS:
        file = f"{name}.duckdb_extension"
        package = importlib.resources.files(f"duckdb_extension_{name}")
        link = folder / file
        link.unlink(missing_ok=True)
        link.symlink_to(str(package / "extensions" / f"v{duckdb.__version__}" / file))


def serve(listener: socket.socket, data_dir: Path, project: str) -> None:
    """Until stdin ends."""
    import uvicorn  # noqa: PLC0415
    from local_bigquery import app  # type: ignore[import-untyped]  # noqa: PLC0415
    from local_bigquery.engine import database  # type: ignore[import-untyped]  # noqa: PLC0415
    from local_bigquery.settings import settings  # type: ignore[import-untyped]  # noqa: PLC0415

    settings.data_dir = data_dir / "bigquery"
    settings.default_project_id = project
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1))

    def watch() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=watch, daemon=True).start()
    server.run(sockets=[listener])
    database.connection().close()


def main() -> None:
    """Exit code 1, and one line on stderr, when the folder is in use."""
    listener, data_dir = socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])
    try:
        with FileLock(data_dir / "bigquery.lock", timeout=TAKEN):
            link_extensions(data_dir)
            serve(listener, data_dir, sys.argv[3])
    except Timeout:
        sys.exit(f"another one uses {data_dir}")
    if "passing" in sys.argv:
        shutil.rmtree(data_dir, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main()
