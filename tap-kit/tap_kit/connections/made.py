"""The file that Meltano reads beside meltano.yml, made from connections.yml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tap_kit.connections.file import Connection, plain
from tap_kit.connections.places import reports, tokens
from tap_kit.connections.project import LOADER, Project, extractor, included, loader, variable
from tap_kit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEAD = """\
# Made from {source}: edit that one, then `python -m tap_kit.connections {source} {target}`.
# Secrets come from the environment or .env, under these names; the same name without the company's part counts for
# every company that has none of its own.
"""
_MADE = re.compile(r"# Made from (.+?): ")
_COMMAND = "python -m tap_kit.connections"


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


def check_made(connections: Sequence[Connection], source: Path) -> None:
    """Make sure that Meltano, in this folder, reads what the file says now. The comments do not count.

    Raises:
        ConfigError: it does not.
    """
    root = Path()
    for path in included(root):
        made = _MADE.match(path.read_text("utf-8"))
        if made and Path(made[1]).resolve() == source.resolve():
            now = text(connections, Project.read(root, path), source=made[1], target=path)
            if plain(path) == yaml.load(now, Loader=yaml.BaseLoader):  # noqa: S506 - makes nothing but text
                return
            raise ConfigError(f"{source} has changed since {path} was made: run `{_COMMAND} {source} {path}`")
    new = "meltano/connections.meltano.yml"
    raise ConfigError(f"Meltano reads no file that is made from {source}: run `{_COMMAND} {source} {new}`")


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


class _Dumper(yaml.SafeDumper):
    """Repeats what is the same, and puts quotes around what is a number in YAML 1.2, as Meltano reads it, only."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[\d.]+[eE][-+]?\d+$|0o[0-7]+$"), list("-+.0123456789")
)
