"""Whether a run would go well: the credentials, the company, and one request of each selected stream."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import click

from tap_kit.errors import AccessError, TapError
from tap_kit.report import folder_of

if TYPE_CHECKING:
    from tap_kit.stream import TableStream
    from tap_kit.tap import TableTap


def ready(tap: TableTap) -> None:
    """Make sure that there are places for reports and files, before anything is asked.

    Raises:
        ConfigError: there cannot be one where report_dir or files_uri says.
    """
    folder_of(tap)
    for stream in tap.table_streams:
        _ = stream.shelf


def check(tap: TableTap) -> int:
    """Ask for the first page of each selected stream, and say what it takes to read those that are refused.

    Returns:
        0 if all of them can be read, else 1.

    Raises:
        ConfigError: see `ready`.
        TapError: the vendor did not let the tap in at all, or it is another company than the settings say.
    """
    ready(tap)
    tap.connect()
    try:
        company = str(tap.api.company(tap.client))
    except AccessError as error:
        company = f"not known, {error}"
    click.echo(f"company: {company}")
    streams = tap.table_streams
    refused = 0
    with ThreadPoolExecutor(tap.api.in_flight) as pool:
        for stream, why in zip(streams, pool.map(_refusal, streams), strict=True):
            click.echo(f"{stream.name}: {why or 'can be read'}")
            refused += bool(why)
    tap.client.close()
    click.echo(f"{len(streams) - refused} of {len(streams)} selected streams can be read")
    return TapError.exit_code if refused else 0


def _refusal(stream: TableStream) -> str:
    """Return why the first part of a stream cannot be read, or an empty string."""
    try:
        for part in stream.parts():
            if part.read:
                next(part.read(), None)
            else:
                stream.pages(part).fetch(stream.params(part))
            break
    except TapError as error:
        return stream.reason(error)
    return ""
