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
from typing import Any

import duckdb
from filelock import FileLock, Timeout

EXTENSIONS = ("icu", "ducklake", "spatial")
TAKEN = 1
"""Seconds for a predecessor that is about to end."""

# DuckDB's own functions look into every table of every dataset, also to tell of one. DuckLake's tables know as much:
# https://ducklake.select/docs/stable/specification/tables/overview
CATALOG = {
    "duckdb_schemas()": "SELECT * FROM {0}.ducklake_schema WHERE end_snapshot IS NULL",
    "duckdb_tables()": """
        SELECT schema_name, table_name, coalesce(record_count, 0) AS estimated_size
        FROM {0}.ducklake_table AS t JOIN {0}.ducklake_schema USING (schema_id)
        LEFT JOIN {0}.ducklake_table_stats USING (table_id) WHERE t.end_snapshot IS NULL""",
    "duckdb_views()": """
        SELECT schema_name, view_name, false AS internal
        FROM {0}.ducklake_view AS v JOIN {0}.ducklake_schema USING (schema_id) WHERE v.end_snapshot IS NULL""",
    "duckdb_columns()": """
        SELECT schema_name, table_name, column_name, nulls_allowed AS is_nullable
        FROM {0}.ducklake_column AS c JOIN {0}.ducklake_table AS t USING (table_id)
        JOIN {0}.ducklake_schema USING (schema_id)
        WHERE c.end_snapshot IS NULL AND t.end_snapshot IS NULL AND c.parent_column IS NULL""",
}


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


def look_up_one(database: Any) -> None:
    """Let the emulator ask for one table as quickly in a large catalog as in a small one."""
    ask = database.fetch

    def fetch(sql: str, params: list[Any] | None = None) -> Any:
        if params and params[0] in database._attached:  # noqa: SLF001 (the release is pinned)
            metadata = database.quote(f"__ducklake_metadata_{params[0]}")
            for call, select in CATALOG.items():
                sql = sql.replace(call, f"({select.format(metadata)})")
            sql = sql.replace("database_name = $1", "$1 IS NOT NULL").replace("database_name = ?", "? IS NOT NULL")
        return ask(sql, params)

    database.fetch = fetch


def update_in_turn(tables: Any) -> None:
    """Let one update of a table look at its etag and write before the next one looks, as BigQuery does."""
    update, lock = tables.update, threading.Lock()

    def update_alone(*arguments: Any) -> Any:
        with lock:
            return update(*arguments)

    tables.update = update_alone


def serve(listener: socket.socket, data_dir: Path, project: str) -> None:
    """Until stdin ends."""
    import uvicorn  # noqa: PLC0415
    from local_bigquery import app  # type: ignore[import-untyped]  # noqa: PLC0415
    from local_bigquery.catalog import tables  # type: ignore[import-untyped]  # noqa: PLC0415
    from local_bigquery.engine import database  # type: ignore[import-untyped]  # noqa: PLC0415
    from local_bigquery.settings import settings  # type: ignore[import-untyped]  # noqa: PLC0415

    look_up_one(database)
    update_in_turn(tables)
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
