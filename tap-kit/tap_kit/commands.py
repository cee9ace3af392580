"""What a tap's command line can do beside Singer's own: `tap-x login`, `logout`, `status`, `check` and `columns`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from singer_sdk.plugin_base import _ConfigInput

from tap_kit.callback import PORT
from tap_kit.columns_command import columns
from tap_kit.errors import ConfigError
from tap_kit.inputs import read_json
from tap_kit.login import login, logout, status
from tap_kit.preflight import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.tap import TableTap

NAMES = ("login", "logout", "status", "check", "columns")


def commands(tap: type[TableTap]) -> click.Group:
    """Return the commands of a tap."""

    def opened(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(config: _ConfigInput | None, catalog: str | None, **options: Any) -> Any:
            given = config or _ConfigInput()
            chosen = read_json("catalog", catalog) if catalog else None
            return work(tap(config=given.config, parse_env_config=given.parse_env, catalog=chosen), **options)

        return run

    def command(name: str, work: Callable[..., Any], says: str, *options: click.Option) -> click.Command:
        params: list[click.Parameter] = [
            click.Option(["--config"], multiple=True, callback=tap.cb_config, help="A file with settings, or ENV."),
            click.Option(["--catalog"], callback=_catalog, help="A file that says which streams are selected."),
            *options,
        ]
        return click.Command(name, callback=opened(work), params=params, help=says)

    by_hand = click.Option(
        ["--browser/--no-browser"], default=True, help="Open a browser here, or take the address that one was sent to."
    )
    port = click.Option(
        ["--port"],
        type=click.IntRange(1, 65535),
        default=PORT,
        show_default=True,
        help="Of http://localhost:…/callback.",
    )
    scopes = click.Option(["--scopes"], help="Ask for these, not for those of the selected streams.")
    service = click.Option(["--service-account"], is_flag=True, help="For good; an administrator has to agree to it.")
    options = (by_hand, port, scopes, *([service] if tap.service_accounts else []))
    listed = (
        command("login", login, "Sign in with a browser, and keep the token.", *options),
        command("logout", logout, "Revoke the sign-in, and delete it."),
        command("status", status, "Say who is signed in, and for how long."),
        command("check", check, "Say which selected streams can be read. Exit code 0: all, 1: not all, 2: settings."),
        columns(tap),
    )
    return click.Group(tap.name, commands={one.name: one for one in listed if one.name})


def _catalog(_: click.Context, __: click.Parameter, where: str | None) -> str | None:
    """Read the catalog. Meltano's commands name the one that it makes before it calls a plugin without options."""
    if not where:
        return None
    path = Path(where)
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        first = f": run `meltano invoke {path.parent.name}:status` first, which makes it"
        raise ConfigError(f"{where}: {error.strerror}{first if '.meltano' in path.parts else ''}") from error
