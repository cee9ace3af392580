"""Files that records have: saved once each, under the record's id, wherever fsspec writes."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import fsspec
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from tap_kit.errors import ConfigError, RequestRefusedError, VendorError
from tap_kit.times import now_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_kit.client import Client

    RawRecord = dict[str, Any]

_retrying = Retrying(
    retry=retry_if_exception_type(VendorError),
    stop=stop_after_attempt(4),
    wait=wait_random_exponential(multiplier=0.5, max=10),
    reraise=True,
)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}$")


@dataclass(frozen=True, slots=True)
class File:
    """The file of a record.

    Attributes:
        name: returns the file's name, or None where the record has no file.
        content: yields the file in pieces. Raises RequestRefusedError where it is not there any more.
    """

    name: Callable[[RawRecord], str | None]
    content: Callable[[Client, RawRecord], Iterator[bytes]]


class Shelf:
    """The files of one stream, in a folder of its name. Every method may be called from any thread.

    Beside a file lies a note, `<file>.json`, written after it: a file without one is not whole, and saved again.
    """

    def __init__(self, uri: str, stream: str) -> None:
        """Take the setting `files_uri`.

        Raises:
            ConfigError: nothing can write there.
        """
        self._folder = f"{uri.rstrip('/')}/{stream}"
        try:
            self._system, self._path = fsspec.core.url_to_fs(self._folder)
        except (ValueError, ImportError) as error:
            raise ConfigError(f"files_uri: {str(error).splitlines()[0]}") from error

    def save(self, client: Client, file: File, number: str, record: RawRecord) -> RawRecord:
        """Return the columns that tell about a record's file, which is saved unless it was before.

        Raises:
            ConfigError: the folder cannot be written to.
        """
        if (name := file.name(record)) is None:
            return {}
        found = _SUFFIX.search(name)
        kept = quote(number, safe="") + (found.group().lower() if found else "")
        try:
            return self._note(kept) or _retrying(self._download, client, file, kept, record)
        except RequestRefusedError as error:
            return {"file_error": f"the vendor does not give the file: HTTP {error.status}"}
        except VendorError as error:
            return {"file_error": str(error)}
        except OSError as error:
            raise ConfigError(f"files_uri {self._folder} cannot be written to: {error.strerror or error}") from error

    def _note(self, kept: str) -> RawRecord | None:
        try:
            note: RawRecord = json.loads(self._system.cat_file(f"{self._path}/{kept}.json"))
        except FileNotFoundError:
            return None
        return note

    def _download(self, client: Client, file: File, kept: str, record: RawRecord) -> RawRecord:
        digest, size = hashlib.sha256(), 0
        pieces = file.content(client, record)
        first = next(pieces, b"")  # refusals come before anything is written
        self._system.makedirs(self._path, exist_ok=True)
        with self._system.open(f"{self._path}/{kept}", "wb") as target:
            for piece in chain((first,), pieces):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        note = {
            "file_uri": f"{self._folder}/{kept}",
            "file_sha256": digest.hexdigest(),
            "file_bytes": size,
            "file_saved_at": now_text(),
        }
        self._system.pipe_file(f"{self._path}/{kept}.json", json.dumps(note).encode())
        return note
