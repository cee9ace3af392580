"""`tap-x columns init | diff | accept`: the file of columns, made, compared and brought up to what the tap declares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tap_kit.contract import Contract
from tap_kit.contract_file import accepted, declared, difference, text
from tap_kit.contract_sent import last_seen, lines, undeclared
from tap_kit.errors import ConfigError

if TYPE_CHECKING:
    from tap_kit.contract_sent import Sent
    from tap_kit.tap import TableTap

FILE = "columns.yml"


def columns(tap: type[TableTap]) -> click.Group:
    """Return the group of commands. None of them asks the vendor anything, or needs a secret."""
    table, package = tap.table, tap.schema_package
    names = click.Choice(sorted(row.name for row in table))

    def init(file: str, stream: tuple[str, ...]) -> None:
        if Path(file).exists():
            raise ConfigError(f"{file} is there already: compare it with `{tap.name} columns diff {file}`")
        rows = [row for row in table if row.name in stream or (row.selected and not stream)]
        _write(file, text(tap.name, declared(package, rows)))
        click.echo(
            f"{file}: {len(rows)} streams; set columns_file to it. Personal data is left out until you choose it."
        )

    def told(reports: Path | None) -> list[Sent]:
        return last_seen(reports, tap.name) if reports else []

    def diff(file: str, reports: Path | None) -> int:
        contract = Contract.read(file)
        found = [*difference(contract, package, table), *lines(contract, told(reports))]
        click.echo("\n".join(found) or f"{file} has every column that its streams declare")
        return 1 if any(line[0] != " " for line in found) else 0

    def accept(file: str, stream: tuple[str, ...], reports: Path | None) -> None:
        contract = Contract.read(file)
        fields = undeclared(contract, told(reports))
        found = difference(contract, package, table)
        for name, new in fields.items():
            found += [f"+ {name}.{path}: {line['type']}, not loaded until you say so" for path, line in new.items()]
        _write(file, text(tap.name, accepted(contract, package, table, stream, fields)))
        click.echo("\n".join([*found, f"{file} is up to date"]))

    def command(name: str, work: object, says: str, *more: click.Parameter) -> click.Command:
        where = click.Argument(["file"], default=FILE)
        return click.Command(name, callback=work, params=[where, *more], help=says)  # type: ignore[arg-type]

    chosen = click.Option(["--stream"], multiple=True, type=names, help="These streams only.")
    added = click.Option(["--stream"], multiple=True, type=names, help="Add this stream, too.")
    seen = click.Option(
        ["--reports"],
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The folder of report_dir: what the runs saw, too.",
    )
    listed = (
        command("init", init, "Write a file of the columns of the streams that are read by themselves.", chosen),
        command("diff", diff, "Show what the tap declares otherwise than the file. Exit code 1: something.", seen),
        command("accept", accept, "Take that into the file; choices stay, comments do not.", added, seen),
    )
    commands = {one.name: one for one in listed if one.name}
    return click.Group("columns", commands=commands, help="The file of columns that may be sent.")


def _write(file: str, content: str) -> None:
    try:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(content, "utf-8")
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from error
