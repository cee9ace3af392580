"""Tokens in a file of mode 600. Its locks end with the process that holds them."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from filelock import FileLock, Timeout

from tap_kit.errors import ConfigError
from tap_kit.vault import Entries, Hold, Holder, host, in_use, under_way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_PATIENCE = 120  # seconds; a renewal takes few, and whoever holds the lock longer hangs


class FileVault:
    """A vault for the processes of one machine, or of those that share a file system with locks."""

    def __init__(self, path: Path) -> None:
        """Take where the file is, or will be."""
        self._path = path
        self._lock = FileLock(f"{path}.lock", timeout=_PATIENCE, mode=0o600)

    def entries(self) -> Entries:
        """Return what is kept now."""
        with self.turn() as entries:
            return entries

    def put(self, seed: str, entry: Mapping[str, Any] | None) -> None:
        """Write so that a crash leaves the old file or the new one, and only its owner reads it."""
        with self.turn() as entries, self._named():
            kept = {key: value for key, value in entries.items() if key != seed} | ({seed: entry} if entry else {})
            new = _new(self._path)
            new.unlink(missing_ok=True)
            _write(new, json.dumps({"tokens": kept}))
            new.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    @contextmanager
    def turn(self) -> Iterator[Entries]:
        """Hold the file."""
        try:
            with self._named():
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._lock.acquire()
        except Timeout as error:
            raise in_use(str(self._path), None) from error
        try:
            yield self._read()
        finally:
            self._lock.release()

    @contextmanager
    def alone(self, name: str) -> Iterator[Hold]:
        """Hold a lock file of the name beside the file, and tell in another one who does. Nobody can take it."""
        note = self._path.with_name(f"{self._path.name}.run-{name}.json")
        lock = FileLock(note.with_suffix(".lock"), timeout=0, mode=0o600)
        try:
            with self._named():
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                lock.acquire()
        except Timeout as error:
            holder = None
            with suppress(OSError, msgspec.DecodeError):
                holder = msgspec.json.decode(note.read_bytes(), type=Holder)
            raise under_way(str(self._path), holder) from error
        try:
            with self._named():
                note.unlink(missing_ok=True)
                _write(note, msgspec.json.encode(Holder(host(), datetime.now(UTC))).decode())
            yield Hold()
        finally:
            note.unlink(missing_ok=True)
            lock.release()

    def _read(self) -> Entries:
        """Read the file, or the new one that a process had written when it died."""
        with suppress(FileNotFoundError, ValueError, LookupError, TypeError):
            return _tokens(_new(self._path))
        try:
            with self._named():
                return _tokens(self._path)
        except FileNotFoundError:
            return {}
        except (ValueError, LookupError, TypeError) as error:
            raise ConfigError(f"token_store {self._path} is not a token store: name another file") from error

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Say which file could not be read or written, and why."""
        try:
            yield
        except (Timeout, FileNotFoundError):
            raise
        except OSError as error:
            raise ConfigError(f"token_store {self._path}: {error.strerror}") from error


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _tokens(path: Path) -> Entries:
    tokens: Entries = json.loads(path.read_text("utf-8"))["tokens"]
    return tokens


def _new(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")
