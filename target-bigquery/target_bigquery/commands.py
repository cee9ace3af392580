"""What the command line can do beside Singer's own: `target-bigquery erase` and `target-bigquery remove`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from target_bigquery import settings

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("erase", "remove")


def commands(name: str, read_config: Callable[..., Any]) -> click.Group:
    """The commands; ``read_config`` is the SDK's callback of ``--config``."""

    def erase(config: Any, stream: str, key: tuple[str, ...]) -> None:
        from target_bigquery.erase import erase as work  # noqa: PLC0415 (the client costs a second)
        from target_bigquery.failures import explained  # noqa: PLC0415

        with explained():
            click.echo(work(parsed(config), stream, key))

    def remove(config: Any, dataset: str, *, yes: bool) -> None:
        from target_bigquery.failures import explained  # noqa: PLC0415
        from target_bigquery.remove import remove as work  # noqa: PLC0415

        with explained():
            work(parsed(config, dataset=dataset), yes=yes)

    given = click.Option(["--config"], multiple=True, callback=read_config, help="A file with settings, or ENV.")
    stream = click.Option(["--stream"], required=True, help="The stream, as the tap names it.")
    key = click.Option(
        ["--key"],
        multiple=True,
        required=True,
        help="Its key; once for each column, in their order. COLUMN=VALUE where the table declares no key.",
    )
    dataset = click.Option(["--dataset"], required=True, help="The dataset; the one of the settings is not looked at.")
    yes = click.Option(["--yes"], is_flag=True, help="Remove it. Otherwise what would go is listed.")
    listed = (
        click.Command("erase", None, erase, [given, stream, key], help="Remove a record for good, wherever it is."),
        click.Command("remove", None, remove, [given, dataset, yes], help="Remove what this target made in a dataset."),
    )
    return click.Group(name, commands={one.name: one for one in listed if one.name})


def parsed(config: Any, **given: str) -> settings.Settings:
    """The settings of ``--config``, or of the environment where it is ENV; ``given`` ones win.

    Raises:
        ConfigError: names the setting and what it should be.
    """
    values = dict(config.config or {}) if config else {}
    if config and config.parse_env:
        values |= settings.from_environment()
    return settings.parse(values | given)
