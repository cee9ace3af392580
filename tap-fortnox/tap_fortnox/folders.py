"""The archive and the inbox: trees of folders with files."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from tap_kit.api import Page
from tap_kit.pages import PageReader
from tap_kit.table import Partition
from tap_kit.times import now_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_kit.client import Client
    from tap_kit.table import RawRecord, Settings


def files_in(root: str) -> Callable[[Client, Settings], Iterator[Partition]]:
    """Return what reads the files in all folders under a root, `3/archive` or `3/inbox`."""

    def tree(client: Client, _: Settings) -> Iterator[Partition]:
        yield Partition(read=partial(_walk, client, root))

    return tree


def _walk(client: Client, root: str) -> Iterator[Page]:
    """Yield the files of each folder as a page.

    A folder and a file have the same kind of address (and that of a file answers with its content): only what a
    folder names as a folder is asked for.
    """
    waiting, seen = [("", "")], {""}
    while waiting:
        folder, path = waiting.pop(0)
        found = _folder(client, root, folder)
        if found is None:
            continue
        files = found.get("Files") or []
        yield Page(
            [{**file, "FolderId": found.get("Id") or folder, "FolderPath": path or "/"} for file in files],
            received_at=now_text(),
        )
        for below in found.get("Folders") or []:
            if below["Id"] not in seen:
                seen.add(below["Id"])
                waiting.append((below["Id"], f"{path}/{below['Name']}"))


def _folder(client: Client, root: str, folder: str) -> RawRecord | None:
    """Return a folder, None for one that went after it was listed."""
    path = f"{root}/{quote(folder, safe='')}" if folder else root
    none = (HTTPStatus.NOT_FOUND,) if folder else ()
    return next(iter(PageReader(client, path, "Folder", paged=False, none=none).fetch({}).records), None)
