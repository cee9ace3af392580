"""`python -m tap_kit.connections [run | remove] connections.yml …`: make what Meltano reads, run them, or end one."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tap_kit.connections.file import named, read
from tap_kit.connections.made import check_made, text
from tap_kit.connections.parts import parts
from tap_kit.connections.places import REPORTS
from tap_kit.connections.project import Project
from tap_kit.connections.removal import audited, left, listed, removed
from tap_kit.connections.runs import Runs
from tap_kit.connections.untold import told
from tap_kit.errors import ConfigError, InterruptedRunError, TapError
from tap_kit.report import sum_up

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command(epilog="Or `run`, or `remove`, each with --help.")
@click.argument("file")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if the target is not up to date.")
def write(file: str, target: Path, *, check: bool) -> None:
    """Make TARGET, which meltano.yml includes, from the connections in FILE."""
    connections = read(file)
    content = text(connections, Project.read(Path(), target), source=file, target=target)
    try:
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, "utf-8")
        elif not target.exists() or target.read_text("utf-8") != content:
            raise TapError(f"{target} is not up to date: run `python -m tap_kit.connections {file} {target}`")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{target}: {getattr(error, 'strerror', 'not text')}") from error
    click.echo(f"{target}: connections={len(connections)}")


@click.command
@click.argument("file")
@click.argument("names", nargs=-1)
@click.option("--parallel", type=click.IntRange(min=1), default=1, show_default=True, help="So many at a time.")
def run(file: str, names: tuple[str, ...], parallel: int) -> None:
    """Run `meltano run` for each connection in FILE, or for NAMES. One that fails does not stop the others."""
    connections = read(file)
    wanted = named(connections, names)
    check_made(connections, Path(file))
    failed = []
    for ended in Runs(parallel)([connection.name for connection in wanted]):
        how = f"failed with exit code {ended.code}, {ended.why}" if ended.code else "done"
        failed += [ended.name] if ended.code else []
        seconds = (ended.ended - ended.started).total_seconds()
        click.echo(f"{ended.name}: {how} ({seconds:.0f} s)")
        with _reporting():
            told(wanted, ended)
    if REPORTS.is_dir():
        with _reporting():
            click.echo(f"reports: {sum_up(REPORTS)}")
    if failed:
        raise TapError(f"{len(failed)} of {len(wanted)} connections failed: {', '.join(sorted(failed))}")


@contextmanager
def _reporting() -> Iterator[None]:
    """What was loaded is loaded, whether or not there is a page that says so."""
    try:
        yield
    except OSError as error:
        click.echo(f"reports: {error.filename or REPORTS}: {error.strerror}", err=True)


@click.command
@click.argument("file")
@click.argument("name")
@click.option("--yes", metavar="NAME", help="Remove it. Otherwise what would go is listed.")
@click.option("--files", is_flag=True, help="And the files of records that the tap saved under files_uri.")
def remove(file: str, name: str, yes: str | None, *, files: bool) -> None:
    """Remove the connection NAME in FILE: its sign-in, state, dataset, logs and reports, in Meltano's environment."""
    connections = read(file)
    (connection,) = named(connections, [name])
    project = Project.read(Path(), Path())
    environment = os.environ.get("MELTANO_ENVIRONMENT") or project.environment
    others = [one for one in connections if one.name != name]
    click.echo(f"{name} in environment {environment}:")
    there = listed(parts(connection, others, environment, files=files))
    if (yes or _typed(name)) != name:
        click.echo(f"nothing was removed: --yes {name} removes it")
        return
    failed = removed(there)
    audited(connection, environment, there, failed)
    for line in left(connection, project.taps.get(connection.tap, {})):
        click.echo(f"left to you: {line}")
    if failed:
        raise TapError(f"{name}: not removed: {', '.join(failed)} (reasons above); run it again")


def _typed(name: str) -> str:
    """Return what somebody at a terminal types."""
    if not sys.stdin.isatty():
        return ""
    answer: str = click.prompt(f"Type {name} to remove it", default="", show_default=False)
    return answer


def main(arguments: list[str]) -> int:
    """Run one of the commands.

    Returns:
        0: done. 1: a connection failed, or is not removed whole, or the target is not up to date. 2: a file or the
        command line is wrong. 128 + n: signal n.
    """
    beside = {"run": run, "remove": remove}.get(arguments[0] if arguments else "")
    command, rest = (beside, arguments[1:]) if beside else (write, arguments)
    try:
        command.main(rest, prog_name="python -m tap_kit.connections", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return ConfigError.exit_code
    except (TapError, InterruptedRunError) as error:
        click.echo(str(error), err=True)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
