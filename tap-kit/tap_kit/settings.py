"""Settings that taps share."""

from __future__ import annotations

from singer_sdk import typing as th

START_DATE = th.Property(
    "start_date",
    th.StringType,
    title="Start date",
    description="Nothing older than this day or moment (ISO 8601, UTC unless it says otherwise) is read. "
    "Without it everything is.",
)
TOKEN_STORE = th.Property(
    "token_store",
    th.StringType,
    title="Token store",
    description="Where the refresh token is kept, which changes while the tap runs: a file, gs://bucket/name.json or "
    "secretmanager://projects/P/secrets/S. A file of the user's own folder if not set.",
)
FILES_URI = th.Property(
    "files_uri",
    th.StringType,
    title="Files URI",
    description="Where files are saved: a folder, or any URI that fsspec writes to (gs://bucket/folder, …). "
    "Without it none is.",
)
COLUMNS_FILE = th.Property(
    "columns_file",
    th.StringType,
    title="Columns file",
    description="A YAML file of the streams and columns that may be sent; nothing else ever is. "
    "Without it every column is.",
)
HASH_KEY = th.Property(
    "hash_key",
    th.StringType,
    secret=True,
    title="Hash key",
    description="What the columns are hashed with that columns_file marks so. Another key makes other hashes.",
)
USER_AGENT = th.Property(
    "user_agent",
    th.StringType,
    title="User agent",
    description="How the tap introduces itself to the vendor.",
)
REPORT_DIR = th.Property(
    "report_dir",
    th.StringType,
    title="Report folder",
    description="A folder for the report of each run, as JSON and as a page; one folder for each connection. "
    "Without it none is written.",
)
