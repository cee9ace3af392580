"""What belongs to one connection: each part says what there is of it, and lets it go. Nothing here is a neighbour's."""

from __future__ import annotations

import os
import shutil
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tap_kit.connections.history import history
from tap_kit.connections.meltano import ask
from tap_kit.connections.places import log, reports, tokens, turn
from tap_kit.connections.project import extractor, loader
from tap_kit.connections.saved import Saved
from tap_kit.errors import ConfigError, TapError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tap_kit.connections.file import Connection


class Part(NamedTuple):
    """A part of a connection.

    Attributes:
        name: what it is.
        found: returns what would go, a line each. Raises TapError where that is not known, or has to stay.
        remove: lets it go. Raises TapError where it, or some of it, is still there.
    """

    name: str
    found: Callable[[], list[str]]
    remove: Callable[[], object]


def parts(connection: Connection, others: Sequence[Connection], environment: str, *, files: bool) -> list[Part]:
    """Return the parts of a connection, in the order in which they go; `files` are those of records.

    State goes before the data: should one of them stay, the next run reads too much and not too little.
    """
    state = f"{environment}:{extractor(connection)}-to-{loader(connection)}"
    return [
        _sign_in(connection),
        _state(state),
        _history(state),
        _dataset(connection),
        *([_saved_files(connection, others)] if files else []),
        _local(connection),
    ]


def _sign_in(connection: Connection) -> Part:
    """Return the sign-in, which is revoked where the vendor takes it back; its file, and the locks beside it."""
    own, tap = tokens(connection.name), extractor(connection)

    def kept() -> list[Path]:
        return sorted({*own.parent.glob(f"{own.name}*"), *own.parent.glob(f".{own.name}*")})

    @cache
    def company() -> list[str]:
        said = ask("invoke", f"{tap}:status")
        if said.code == ConfigError.exit_code and own.exists():  # with a key there is nothing to sign out of
            raise TapError(said.error)
        return [line for line in said.lines if line.startswith("company:")]

    def found() -> list[str]:
        return company() + [str(path) for path in kept()]

    def remove() -> None:
        if company():
            _told("invoke", f"{tap}:logout")
        _delete(kept())

    return Part("sign-in", found, remove)


def _state(name: str) -> Part:
    """Return how far each stream was read."""

    def found() -> list[str]:
        return [line for line in _told("state", "list") if line == name]

    return Part("state", found, partial(_told, "state", "clear", "--force", name))


def _history(name: str) -> Part:
    """Return what Meltano remembers of the runs, the states among it."""

    def found() -> list[str]:
        with history(name) as runs:
            return [str(runs)] if runs else []

    def remove() -> None:
        with history(name) as runs:
            _delete(runs.folders)
            runs.forget()

    return Part("runs that Meltano remembers", found, remove)


def _dataset(connection: Connection) -> Part:
    """Return what the target made in the dataset, by its own command: tables of others stay, and the dataset, too."""
    # Whatever TARGET_BIGQUERY_DATASET is here, the dataset is that of connections.yml.
    command = ("invoke", f"{loader(connection)}:remove", "--dataset", connection.dataset)

    def found() -> list[str]:
        said = ask(*command)
        if said.code and "has no dataset" not in said.error:
            raise TapError(said.error)
        return [line for line in said.lines if line.startswith(("would go:", "stays:"))]

    return Part("dataset", found, partial(_told, *command, "--yes"))


def _saved_files(connection: Connection, others: Iterable[Connection]) -> Part:
    """Return the files of records: of those under `files_uri` the ones that the tap saved."""
    uri = _files_uri(connection)

    def saved() -> Saved:
        for other in others:
            theirs = _files_uri(other)
            if theirs and (_inside(uri, theirs) or _inside(theirs, uri)):
                raise TapError(f"{uri} stays: the files of {other.name} are there, too")
        return Saved(uri)

    def found() -> list[str]:
        number = len(list(saved())) if uri else 0
        return [f"{number} under {uri}"] if number else []

    def remove() -> None:
        for file in saved():
            file.remove()

    return Part("saved files", found, remove)


def _local(connection: Connection) -> Part:
    """Return the log, the reports, and what Meltano made for the plugins."""
    run = Path(os.environ.get("MELTANO_SYS_DIR_ROOT") or ".meltano") / "run"
    own = (place(connection.name) for place in (log, turn, reports))
    paths = [*own, run / extractor(connection), run / loader(connection)]
    return Part(
        "log, reports and caches",
        lambda: [str(path) for path in paths if path.exists()],
        partial(_delete, paths),
    )


def _told(*arguments: str) -> list[str]:
    """Return the lines that a command of Meltano says, if it ends well."""
    said = ask(*arguments)
    if said.code:
        raise TapError(said.error)
    return said.lines


def _files_uri(connection: Connection) -> str:
    uri = str(connection.settings.get("files_uri") or "")
    return uri.replace("${MELTANO_PROJECT_ROOT}", str(Path.cwd())).replace("$MELTANO_PROJECT_ROOT", str(Path.cwd()))


def _inside(place: str, other: str) -> bool:
    """Return whether a place is another one, or in it."""
    return f"{place.rstrip('/')}/".startswith(f"{other.rstrip('/')}/")


def _delete(paths: Iterable[Path]) -> None:
    try:
        for path in paths:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise TapError(f"{error.filename}: {error.strerror}") from error
