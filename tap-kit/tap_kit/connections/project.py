"""What the Meltano project is to know of the connections: a file beside meltano.yml, made from connections.yml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from tap_kit.connections.file import Connection, plain
from tap_kit.connections.places import reports, tokens
from tap_kit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOADER = "target-bigquery"

_HEAD = """\
# Made from {source}: edit that one, then `python -m tap_kit.connections {source} {target}`.
# Secrets come from the environment or .env, under these names; the same name without the company's part counts for
# every company that has none of its own.
"""


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
        main = _content(root / "meltano.yml")
        included = (path for pattern in main.include_paths for path in sorted(root.glob(pattern)))
        contents = [main, *(_content(path) for path in included if path.resolve() != besides.resolve())]
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


def text(connections: Sequence[Connection], project: Project, *, source: str, target: Path) -> str:
    """Return the file: the same for the same connections.

    Raises:
        ConfigError: a connection does not fit the project.
    """
    head = _HEAD.format(source=source, target=target)
    for connection in connections:
        project.check(connection)
        secrets = [name for name, secret in project.taps[connection.tap].items() if secret]
        head += f"# {connection.name}: {', '.join(variable(connection, name) for name in secrets)}\n"
    return head + yaml.dump(_parts(connections, project), Dumper=_Dumper, sort_keys=False)


def _parts(connections: Sequence[Connection], project: Project) -> dict[str, Any]:
    return {
        "plugins": {
            "extractors": [
                {
                    "name": extractor(one),
                    "inherit_from": one.tap,
                    "config": {**_places(one, project), **one.settings},
                }
                for one in connections
            ],
            "loaders": [
                {
                    "name": loader(one),
                    "inherit_from": LOADER,
                    "config": {"dataset": one.dataset, "report_dir": _report_dir(one)},
                }
                for one in connections
            ],
        },
        "jobs": [{"name": one.name, "tasks": [f"{extractor(one)} {loader(one)}"]} for one in connections],
        "schedules": [
            {"name": one.name, "job": one.name, "interval": one.schedule} for one in connections if one.schedule
        ],
    }


def _places(connection: Connection, project: Project) -> dict[str, str]:
    """Return the settings that say where what belongs to the connection is, of those that the tap has."""
    places = {"token_store": _place(tokens(connection.name)), "report_dir": _report_dir(connection)}
    return {name: place for name, place in places.items() if name in project.taps[connection.tap]}


def _report_dir(connection: Connection) -> str:
    """Return where both the extractor and the loader put their reports."""
    return str(connection.settings.get("report_dir") or _place(reports(connection.name)))


def _place(path: Path) -> str:
    return f"${{MELTANO_PROJECT_ROOT}}/{path.as_posix()}"


def extractor(connection: Connection) -> str:
    """Return the name of the extractor that a connection has."""
    return f"{connection.tap}--{connection.name}"


def loader(connection: Connection) -> str:
    """Return the name of the loader that a connection has."""
    return f"{LOADER}--{connection.name}"


def _content(path: Path) -> _Content:
    try:
        return msgspec.convert(plain(path), _Content)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}") from error


class _Dumper(yaml.SafeDumper):
    """Repeats what is the same, and puts quotes around what is a number in YAML 1.2, as Meltano reads it, only."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[\d.]+[eE][-+]?\d+$|0o[0-7]+$"), list("-+.0123456789")
)
