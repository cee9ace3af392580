"""The files that a tap saved under `files_uri`: those with a note of it beside them, and no others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import fsspec

from tap_kit.errors import TapError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fsspec import AbstractFileSystem


class SavedFile(NamedTuple):
    """A file and its note, as paths of the file system that has them."""

    system: AbstractFileSystem
    file: str
    note: str

    def remove(self) -> None:
        """Let the file go, and then the note: who is interrupted finds the rest again."""
        try:
            for path in (self.file, self.note):
                if self.system.exists(path):
                    self.system.rm_file(path)
        except OSError as error:
            raise TapError(f"{self.file}: {error.strerror or error}") from error


class Saved:
    """The saved files of a connection."""

    def __init__(self, uri: str) -> None:
        """Take where they are.

        Raises:
            TapError: nothing can read there.
        """
        self.uri = uri
        try:
            self._system, self._path = fsspec.core.url_to_fs(uri.rstrip("/"))
        except (ValueError, ImportError) as error:
            raise TapError(f"files_uri: {str(error).splitlines()[0]}") from error

    def __iter__(self) -> Iterator[SavedFile]:
        """Yield them: they lie in a folder of their kind, as `tap_kit.files` saves them."""
        try:
            for note in self._system.glob(f"{self._path}/*/*.json"):
                if name := _name(self._system.cat_file(note)):
                    yield SavedFile(self._system, f"{note.rpartition('/')[0]}/{name}", note)
        except OSError as error:
            raise TapError(f"files_uri {self.uri}: {error.strerror or error}") from error


def _name(content: bytes) -> str:
    """Return the name of the file that a note is about, or an empty string if it is no note."""
    try:
        return str(json.loads(content)["file_uri"]).rpartition("/")[2]
    except (ValueError, LookupError, TypeError):
        return ""
