"""The settings: one table of them, read from files or the environment into one frozen object."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from singer_sdk import typing as th

from target_bigquery.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "TARGET_BIGQUERY_"
METHODS = ("upsert", "append-only", "overwrite")

SCHEMA: dict[str, Any] = th.PropertiesList(
    th.Property("project", th.StringType, required=True, description="Google Cloud project of the dataset."),
    th.Property("dataset", th.StringType, required=True, description="Dataset; created if it is missing."),
    th.Property(
        "location", th.StringType, description="Where a missing dataset is created, and where jobs run. Example: EU."
    ),
    th.Property("credentials_path", th.StringType, description="Service-account file."),
    th.Property(
        "credentials_json",
        th.StringType,
        secret=True,
        description="Service-account JSON. Without it and without a path: application default credentials.",
    ),
    th.Property(
        "api_endpoint",
        th.StringType,
        description="A local BigQuery emulator, used without credentials. BIGQUERY_EMULATOR_HOST does the same.",
    ),
    th.Property(
        "load_method",
        th.StringType,
        default="upsert",
        allowed_values=list(METHODS),
        description=(
            "upsert: by key, streams without a key are appended, versioned full tables are swapped. "
            "append-only: every record becomes a row. overwrite: every stream of the run replaces its table."
        ),
    ),
    th.Property(
        "hard_delete",
        th.BooleanType,
        default=False,
        description=(
            "A record whose _sdc_deleted_at is set takes its row away. Otherwise the row stays, with _sdc_deleted_at."
        ),
    ),
    th.Property(
        "add_record_metadata", th.BooleanType, default=True, description="Add the _sdc_* columns to every table."
    ),
    th.Property(
        "batch_size_bytes",
        th.IntegerType,
        default=16 << 20,
        description="Bytes of Parquet in one load job; a stream's rows are sent as soon as there are that many.",
    ),
    th.Property(
        "commit_after_seconds",
        th.IntegerType,
        default=300,
        description="Rows are committed at the first STATE after this time, or after twice this time without one.",
    ),
    th.Property(
        "retry_seconds",
        th.IntegerType,
        default=600,
        description="How long to repeat a request or job that BigQuery says may be repeated.",
    ),
    th.Property("staging_dir", th.StringType, description="Folder for staged files. Default: the system's."),
).to_dict()

_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off", ""}
_DATASET = re.compile(r"[A-Za-z0-9_]{1,1024}", re.ASCII)
_PROJECT = re.compile(r"([a-z0-9.-]+:)?[a-z0-9-]{1,63}", re.ASCII)


@dataclass(frozen=True)
class Settings:
    """What the run needs to know; see ``SCHEMA`` for the meaning of each."""

    project: str
    dataset: str
    location: str | None = None
    credentials_path: str | None = None
    credentials_json: str | None = None
    api_endpoint: str | None = None
    load_method: str = "upsert"
    hard_delete: bool = False
    add_record_metadata: bool = True
    batch_size_bytes: int = 16 << 20
    commit_after_seconds: int = 300
    retry_seconds: int = 600
    staging_dir: str = ""


def from_environment() -> dict[str, str]:
    """The settings that stand in ``TARGET_BIGQUERY_*`` variables, as text."""
    return {
        name: os.environ[PREFIX + name.upper()] for name in SCHEMA["properties"] if PREFIX + name.upper() in os.environ
    }


def parse(config: Mapping[str, Any]) -> Settings:
    """Check and convert.

    Raises:
        ConfigError: names the setting and what it should be.
    """
    known = SCHEMA["properties"]
    values = {
        name: _coerce(name, value, known[name]) for name, value in config.items() if name in known and value is not None
    }
    for name in SCHEMA["required"]:
        if not values.get(name):
            raise ConfigError(f"setting {name} is missing: set it in the config file or as {PREFIX}{name.upper()}")
    values["api_endpoint"] = values.get("api_endpoint") or os.environ.get("BIGQUERY_EMULATOR_HOST")
    settings = Settings(**{name: value for name, value in values.items() if value not in (None, "")})
    if not _PROJECT.fullmatch(settings.project):
        raise ConfigError("setting project is no project id: lower-case letters, digits and dashes")
    if not _DATASET.fullmatch(settings.dataset):
        raise ConfigError("setting dataset is no dataset name: letters, digits and underscores")
    if settings.load_method not in METHODS:
        raise ConfigError(f"setting load_method must be one of {', '.join(METHODS)}")
    for name in ("batch_size_bytes", "retry_seconds", "commit_after_seconds"):
        if getattr(settings, name) < (1 if name == "batch_size_bytes" else 0):
            raise ConfigError(f"setting {name} must not be negative or, for a size, zero")
    _check_staging_dir(settings.staging_dir)
    return settings


def _coerce(name: str, value: Any, schema: Mapping[str, Any]) -> Any:
    types = schema["type"]
    if "boolean" in types and not isinstance(value, bool):
        if str(value).lower() in _TRUE | _FALSE:
            return str(value).lower() in _TRUE
        raise ConfigError(f"setting {name} must be true or false")
    if "integer" in types:
        try:
            return int(str(value))
        except ValueError:
            raise ConfigError(f"setting {name} must be a whole number") from None
    if "string" in types and not isinstance(value, str):
        raise ConfigError(f"setting {name} must be a text")
    return value


def _check_staging_dir(path: str) -> None:
    try:
        with tempfile.TemporaryFile(dir=path or None):
            pass
    except OSError as error:
        where = path or "the system's temporary folder"
        raise ConfigError(f"cannot write staged files to {where}: {error.strerror}; set staging_dir") from None
