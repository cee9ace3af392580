"""What the Meltano project defines by itself, and what is called how in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from tap_kit.connections.file import Connection, plain
from tap_kit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOADER = "target-bigquery"


class _Setting(msgspec.Struct):
    name: str
    kind: str = ""
    sensitive: str = ""


class _Extractor(msgspec.Struct):
    name: str
    settings: list[_Setting] = []


class _Plugins(msgspec.Struct):
    extractors: list[_Extractor] = []


class _Job(msgspec.Struct):
    name: str


class _Content(msgspec.Struct):
    default_environment: str = ""
    include_paths: list[str] = []
    plugins: _Plugins = msgspec.field(default_factory=_Plugins)
    jobs: list[_Job] = []


@dataclass
class Project:
    """What the project defines by itself.

    Attributes:
        taps: settings by tap, each with whether it is a secret.
        jobs: their names.
        environment: the one that counts where MELTANO_ENVIRONMENT does not name another.
    """

    taps: dict[str, dict[str, bool]]
    jobs: set[str]
    environment: str = ""

    @classmethod
    def read(cls, root: Path, besides: Path) -> Project:
        """Read meltano.yml and what it includes, `besides` one file, which is the one to be made.

        Raises:
            ConfigError: there is no such project.
        """
        others = (path for path in included(root) if path.resolve() != besides.resolve())
        main, *_ = contents = [_content(path) for path in (root / "meltano.yml", *others)]
        taps = {
            tap.name: {one.name: one.sensitive == "true" or one.kind == "password" for one in tap.settings}
            for content in contents
            for tap in content.plugins.extractors
        }
        return cls(taps, {job.name for content in contents for job in content.jobs}, main.default_environment)

    def check(self, connection: Connection) -> None:
        """Raise ConfigError if the project does not know the tap or a setting, or the file would hold a secret."""
        name, tap = connection.name, connection.tap
        if name in self.jobs:
            raise ConfigError(f"{name}: meltano.yml has a job of this name, take another")
        if tap not in self.taps:
            raise ConfigError(f"{name}: no extractor {tap} in this project, there are {', '.join(sorted(self.taps))}")
        for setting in connection.settings:
            if setting not in self.taps[tap]:
                raise ConfigError(f"{name}: {tap} has no setting {setting}")
            if self.taps[tap][setting]:
                raise ConfigError(f"{name}: {setting} is a secret, set {variable(connection, setting)} instead")


def variable(connection: Connection, setting: str) -> str:
    """Return the environment variable that Meltano takes a setting of the connection from."""
    return f"{extractor(connection)}_{setting}".replace("-", "_").upper()


def extractor(connection: Connection) -> str:
    """Return the name of the extractor that a connection has."""
    return f"{connection.tap}--{connection.name}"


def loader(connection: Connection) -> str:
    """Return the name of the loader that a connection has."""
    return f"{LOADER}--{connection.name}"


def included(root: Path) -> Iterator[Path]:
    """Yield the files that meltano.yml includes.

    Raises:
        ConfigError: there is no such project.
    """
    for pattern in _content(root / "meltano.yml").include_paths:
        yield from sorted(root.glob(pattern))


def _content(path: Path) -> _Content:
    try:
        return msgspec.convert(plain(path), _Content)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}") from error
