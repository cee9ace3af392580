"""The end of a connection: what would go is listed, and goes when its name is said; what breaks hides nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from tap_kit.connections.places import LOCAL
from tap_kit.connections.project import variable
from tap_kit.errors import TapError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tap_kit.connections.file import Connection
    from tap_kit.connections.parts import Part

AUDIT = LOCAL / "removals.jsonl"


def listed(parts: Sequence[Part]) -> list[Part]:
    """Say what there is of each part, and return the parts that there are.

    One that nothing is known of is tried all the same, but for what is known to stay.
    """
    there = []
    for part in parts:
        try:
            found = part.found()
        except TapError as error:
            click.echo(f"{part.name}: {error}")
            there.append(part)
            continue
        for line in found or ["nothing is there"]:
            click.echo(f"{part.name}: {line}")
        there += [part] if found else []
    return there


def removed(parts: Sequence[Part]) -> list[str]:
    """Let each part go, and return the names of those that did not."""
    failed = []
    for part in parts:
        try:
            part.remove()
            click.echo(f"{part.name}: removed")
        except TapError as error:
            click.echo(f"{part.name}: {error}", err=True)
            failed.append(part.name)
    return failed


def audited(connection: Connection, environment: str, parts: Sequence[Part], failed: Sequence[str]) -> None:
    """Add a line about the removal to a file: when, which connection, and which parts. No datum of a person is in it.

    Raises:
        TapError: the file cannot be written.
    """
    names = [part.name for part in parts]
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "connection": connection.name,
        "tap": connection.tap,
        "dataset": connection.dataset,
        "environment": environment,
        "removed": [name for name in names if name not in failed],
        "failed": list(failed),
    }
    try:
        AUDIT.parent.mkdir(parents=True, exist_ok=True)
        with AUDIT.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(line)}\n")
    except OSError as error:
        raise TapError(f"{AUDIT}: {error.strerror}") from error


def left(connection: Connection, secrets: Mapping[str, bool]) -> Iterator[str]:
    """Yield what only people can do."""
    yield f"take {connection.name} out of connections.yml, and make Meltano's file of it again"
    variables = ", ".join(variable(connection, name) for name, secret in secrets.items() if secret)
    yield f"delete its key or app at the vendor, and its secrets: {variables}"
    places = [
        name for name in ("token_store", "report_dir", "files_uri", "columns_file") if name in connection.settings
    ]
    yield from (f"look at {connection.settings[name]}, its {name}" for name in places)
