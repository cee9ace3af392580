"""Files that records have: saved once each, under an id, wherever fsspec writes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import fsspec
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from tap_kit.errors import ConfigError, RequestRefusedError, VendorError
from tap_kit.times import now_text

if TYPE_CHECKING:
    from tap_kit.client import Client

RawRecord = dict[str, Any]
Content = tuple[str, Iterator[bytes]]

_retrying = Retrying(
    retry=retry_if_exception_type(VendorError),
    stop=stop_after_attempt(4),
    wait=wait_random_exponential(multiplier=0.5, max=10),
    reraise=True,
)
# What the tap itself tells about a file, of which the vendor's records hold nothing.
COLUMNS = frozenset({"file_uri", "file_sha256", "file_bytes", "file_saved_at", "file_error"})

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}$")


@dataclass(frozen=True, slots=True)
class File:
    """The file of a record.

    Attributes:
        folder: where files of its kind are kept.
        number: returns what tells the file from others, or None where the record has none.
        content: returns the file's name, and its content in pieces. Both may raise RequestRefusedError where the
            vendor has it no more.
    """

    folder: str
    number: Callable[[RawRecord], str | None]
    content: Callable[[Client, RawRecord], Content]


class Shelf:
    """Keeps files of one kind in a folder. Every method may be called from any thread.

    Beside a file lies a note, `<number>.json`, written after it: a file without one is not whole, and saved again.
    """

    def __init__(self, uri: str, file: File) -> None:
        """Take the setting `files_uri`, and what is kept.

        Raises:
            ConfigError: nothing can write there.
        """
        self._file = file
        self._folder = f"{uri.rstrip('/')}/{file.folder}"
        try:
            self._system, self._path = fsspec.core.url_to_fs(self._folder)
        except (ValueError, ImportError) as error:
            raise ConfigError(f"files_uri: {str(error).splitlines()[0]}") from error

    def save(self, client: Client, record: RawRecord) -> RawRecord:
        """Return the columns that tell about a record's file, which is saved unless it was before.

        Raises:
            ConfigError: the folder cannot be written to.
        """
        number = self._file.number(record)
        if number is None:
            return {}
        try:
            return self._note(number) or _retrying(self._download, client, number, record)
        except RequestRefusedError as error:
            return {"file_error": f"the vendor does not give the file: HTTP {error.status}"}
        except VendorError as error:
            return {"file_error": str(error)}
        except OSError as error:
            raise ConfigError(f"files_uri {self._folder} cannot be written to: {error.strerror or error}") from error

    def _at(self, number: str, suffix: str) -> str:
        return f"{self._path}/{quote(number, safe='')}{suffix}"

    def _note(self, number: str) -> RawRecord | None:
        try:
            note: RawRecord = json.loads(self._system.cat_file(self._at(number, ".json")))
        except FileNotFoundError:
            return None
        return note

    def _download(self, client: Client, number: str, record: RawRecord) -> RawRecord:
        name, pieces = self._file.content(client, record)
        found = _SUFFIX.search(name)
        suffix = found.group().lower() if found else ""
        digest, size = hashlib.sha256(), 0
        first = next(pieces, b"")  # what is refused is not begun
        self._system.makedirs(self._path, exist_ok=True)
        with self._system.open(self._at(number, suffix), "wb") as target:
            for piece in chain((first,), pieces):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        note = {
            "file_uri": f"{self._folder}/{quote(number, safe='')}{suffix}",
            "file_sha256": digest.hexdigest(),
            "file_bytes": size,
            "file_saved_at": now_text(),
        }
        self._system.pipe_file(self._at(number, ".json"), json.dumps(note).encode())
        return note
