"""The settings of a run: read from files or the environment, checked, in one frozen object."""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from target_bigquery.errors import ConfigError
from target_bigquery.options import CHOICES, LEAST, NAMESPACE, PER_STREAM, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PREFIX = "TARGET_BIGQUERY_"

_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off", ""}
_DATASET = re.compile(r"[A-Za-z0-9_]{1,1024}", re.ASCII)
_PROJECT = re.compile(r"([a-z0-9.-]+:)?[a-z0-9-]{1,63}", re.ASCII)
_ACCOUNT = re.compile(r"[a-z0-9-]+@[a-z0-9.-]+", re.ASCII)


@dataclass(frozen=True)
class Settings:
    """What the run needs to know; see ``SCHEMA`` for the meaning of each."""

    project: str
    dataset: str
    location: str | None = None
    credentials_path: str | None = None
    credentials_json: str | None = None
    impersonate_service_account: str | None = None
    api_endpoint: str | None = None
    load_method: str = "upsert"
    hard_delete: bool = False
    add_record_metadata: bool = True
    on_invalid_record: str = "fail"
    nested: str = "record"
    flattening_max_depth: int | None = None
    number_type: str = "NUMERIC"
    partition_by: str | None = None
    partition_granularity: str = "day"
    cluster_by: Sequence[str] | None = None
    dataset_labels: Mapping[str, str] = field(default_factory=dict)
    table_expiration_days: int | None = None
    batch_size_bytes: int = 16 << 20
    batch_size_rows: int | None = None
    commit_after_seconds: int = 300
    retry_seconds: int = 600
    maximum_bytes_billed: int | None = None
    erasure_key: str | None = None
    stream_overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    staging_dir: str = ""
    report_dir: str = ""

    def of(self, stream: str) -> Settings:
        """The settings of one stream."""
        found: dict[str, Any] = {}
        for pattern, values in self.stream_overrides.items():
            if fnmatchcase(stream, pattern):
                found |= values
        return replace(self, **found)


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
    values = _known(config, SCHEMA["properties"])
    for name in SCHEMA["required"]:
        if not values.get(name):
            raise ConfigError(f"setting {name} is missing: set it in the config file or as {PREFIX}{name.upper()}")
    values["api_endpoint"] = values.get("api_endpoint") or os.environ.get("BIGQUERY_EMULATOR_HOST")
    settings = Settings(**{name: value for name, value in values.items() if value not in (None, "")})
    if not _PROJECT.fullmatch(settings.project):
        raise ConfigError("setting project is no project id: lower-case letters, digits and dashes")
    if not _DATASET.fullmatch(settings.dataset.replace(NAMESPACE, "x")):
        raise ConfigError(f"setting dataset is no dataset name: letters, digits, underscores and {NAMESPACE}")
    if not _ACCOUNT.fullmatch(settings.impersonate_service_account or "a@b"):
        raise ConfigError("setting impersonate_service_account is no service account's e-mail address")
    _check_values(values)
    settings = replace(settings, stream_overrides=_overrides(settings.stream_overrides))
    _check_staging_dir(settings.staging_dir)
    return settings


def _known(config: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    known = SCHEMA["properties"]
    given = {name: value for name, value in config.items() if name in names and value is not None}
    return {name: _coerce(name, value, known[name]) for name, value in given.items()}


def _check_values(values: Mapping[str, Any]) -> None:
    for name, choices in CHOICES.items():
        if values.get(name, choices[0]) not in choices:
            raise ConfigError(f"setting {name} must be one of {', '.join(choices)}")
    for name, least in LEAST.items():
        if values.get(name, least) < least:
            raise ConfigError(f"setting {name} must be {least} or more")


def _overrides(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    made = {}
    for pattern, values in given.items():
        if not isinstance(values, dict) or not values.keys() <= set(PER_STREAM):
            allowed = ", ".join(PER_STREAM)
            raise ConfigError(f"setting stream_overrides: {pattern!r} must be an object with any of {allowed}")
        made[pattern] = _known(values, PER_STREAM)
        _check_values(made[pattern])
    return made


def _coerce(name: str, value: Any, schema: Mapping[str, Any]) -> Any:
    types = schema["type"]
    if "boolean" in types and not isinstance(value, bool):
        if str(value).lower() in _TRUE | _FALSE:
            return str(value).lower() in _TRUE
        raise ConfigError(f"setting {name} must be true or false")
    if "object" in types:
        return _parsed(name, value, dict, "an object")
    if "array" in types:
        return _parsed(name, value, list, "a list")
    if "integer" in types:
        try:
            return int(str(value))
        except ValueError:
            raise ConfigError(f"setting {name} must be a whole number") from None
    if "string" in types and not isinstance(value, str):
        raise ConfigError(f"setting {name} must be a text")
    return value


def _parsed(name: str, value: Any, type_: type, what: str) -> Any:
    """A value that may be given as JSON, as the environment does."""
    try:
        made = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        made = None
    inner = made.values() if name == "dataset_labels" and isinstance(made, dict) else made if type_ is list else ()
    if not isinstance(made, type_) or not all(isinstance(one, str) for one in inner):
        raise ConfigError(f"setting {name} must be {what}")
    return made


def _check_staging_dir(path: str) -> None:
    try:
        with tempfile.TemporaryFile(dir=path or None):
            pass
    except OSError as error:
        where = path or "the system's temporary folder"
        raise ConfigError(f"cannot write staged files to {where}: {error.strerror}; set staging_dir") from None
