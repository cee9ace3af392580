"""`connections.yml`, which people write: a connection is one company at one vendor, with a dataset of its own.

connections:
- name: globex
  tap: tap-fortnox
  dataset: books_globex        # the vendor and the name unless set: fortnox_globex
  schedule: 15 3 * * *         # five fields of cron, or @hourly, @daily …; without it, none
  settings: {organization_number: 556677-8899, columns_file: columns/globex.yml}
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from tap_kit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

# In an environment variable, "-" and "_" are one: a name has no "-", so that no two can share their secrets.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_DATASET = re.compile(r"[A-Za-z0-9_]{1,1024}")  # BigQuery docs, Datasets
_SCHEDULE = re.compile(r"@(hourly|daily|midnight|weekly|monthly|yearly|annually)|([\d*/,a-z-]+ ){4}[\d*/,a-z-]+")


class Connection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One company at one vendor.

    Attributes:
        name: its own among all connections; the job and the schedule have it, too.
        tap: the extractor that it inherits from.
        dataset: where its tables are.
        schedule: when it is loaded, or an empty string.
        settings: of the tap; scalars as they are written, for Meltano knows what kind each is.
    """

    name: str
    tap: str
    dataset: str = ""
    schedule: str = ""
    settings: dict[str, Any] = {}

    def __post_init__(self) -> None:
        """Check what Meltano and BigQuery would refuse later, or take for something else."""
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"name {self.name!r}: take lower-case letters, digits and _, a letter first, 63 at most")
        if not self.dataset:
            default = f"{self.tap.removeprefix('tap-').replace('-', '_')}_{self.name}"
            msgspec.structs.force_setattr(self, "dataset", default)
        if not _DATASET.fullmatch(self.dataset):
            raise ValueError(f"{self.name}: dataset {self.dataset!r}: BigQuery takes letters, digits and _ only")
        if self.schedule and not _SCHEDULE.fullmatch(self.schedule.lower()):
            raise ValueError(f"{self.name}: schedule {self.schedule!r}: write it as 15 3 * * * or @daily")
        if empty := [setting for setting, value in self.settings.items() if not value]:
            raise ValueError(f"{self.name}: setting {empty[0]} is empty: give it a value or leave it out")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    connections: list[Connection]

    def __post_init__(self) -> None:
        # To BigQuery, Acme and acme are two datasets; to people they are one.
        for what, found in (
            ("name", [one.name for one in self.connections]),
            ("dataset", [one.dataset.lower() for one in self.connections]),
        ):
            if twice := [value for value, count in Counter(found).items() if count > 1]:
                raise ValueError(f"two connections have the {what} {twice[0]}")


def read(where: str) -> list[Connection]:
    """Read the file.

    Raises:
        ConfigError: there is none, or a connection in it cannot be.
    """
    try:
        return msgspec.convert(plain(Path(where)), _File).connections
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {error}") from error


def named(connections: Iterable[Connection], names: Iterable[str]) -> list[Connection]:
    """Return the connections of these names, or all.

    Raises:
        ConfigError: there is none of such a name.
    """
    by_name = {one.name: one for one in connections}
    if unknown := [name for name in names if name not in by_name]:
        raise ConfigError(f"no connection {unknown[0]}: there are {', '.join(by_name) or 'none'}")
    return [by_name[name] for name in dict.fromkeys(names)] or list(by_name.values())


def plain(path: Path) -> Any:
    """Return what a YAML file holds, each scalar as it is written: 0123 is no number, and 2026-01-31 no date.

    Raises:
        ConfigError: it cannot be read, or is not YAML.
    """
    try:
        return yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes nothing but text
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigError(f"{path} is not YAML{f': see line {mark.line + 1}' if mark else ''}") from error
