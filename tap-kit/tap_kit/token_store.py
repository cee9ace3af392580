"""Where a refresh token lives between runs: a file that one process at a time renews."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from filelock import FileLock, Timeout
from platformdirs import user_state_path

from tap_kit.errors import ConfigError, TapError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK_SECONDS = 120  # a renewal takes seconds; whoever holds the lock longer hangs


@dataclass
class Stored:
    """What the store holds for one connection, while it is locked."""

    path: Path
    seed: str
    tokens: dict[str, dict[str, Any]]

    @property
    def refresh_token(self) -> str | None:
        """The last refresh token that grew from the seed, or None of a new seed."""
        return self.tokens.get(self.seed, {}).get("refresh_token")

    def save(self, refresh_token: str) -> None:
        """Write the token so that a crash leaves the old file or the new one, and only its owner reads it."""
        self.tokens[self.seed] = {"refresh_token": refresh_token}
        new = _new(self.path)
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"tokens": self.tokens}, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class TokenStore:
    """Keeps refresh tokens in a file, each under a digest of the seed that it grew from.

    A new seed in the settings, as after signing in again, has no token there and is used itself.
    """

    def __init__(self, where: str | None, *, tap: str, seed: str) -> None:
        """Take the setting `token_store` (a path, a file:// URL, or None for the user's own folder) and the seed.

        Raises:
            ConfigError: it is no file.
        """
        digest = sha256(seed.encode()).hexdigest()
        self._seed = digest[:32]
        self._path = _path(where) if where else user_state_path(tap) / f"{digest[:16]}.json"

    @contextmanager
    def locked(self) -> Iterator[Stored]:
        """Hold the store for oneself: the token in it is the last one, until it is left.

        Raises:
            ConfigError: the file cannot be read or written.
            TapError: another process does not let it go.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(f"{self._path}.lock", timeout=_LOCK_SECONDS, mode=0o600):
                yield Stored(self._path, self._seed, self._read())
        except Timeout as error:
            raise TapError(f"token_store {self._path} is held by another process: see whether a run hangs") from error
        except OSError as error:
            raise ConfigError(f"token_store {self._path}: {error.strerror}") from error

    def _read(self) -> dict[str, dict[str, Any]]:
        """Read the file, or the new one that a process had written when it died."""
        with suppress(FileNotFoundError, ValueError, LookupError, TypeError):
            return _tokens(_new(self._path))
        try:
            return _tokens(self._path)
        except FileNotFoundError:
            return {}
        except (ValueError, LookupError, TypeError) as error:
            raise ConfigError(f"token_store {self._path} is not a token store: name another file") from error


def _tokens(path: Path) -> dict[str, dict[str, Any]]:
    tokens: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))["tokens"]
    return tokens


def _new(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _path(where: str) -> Path:
    url = urlsplit(where)
    if url.scheme == "file":
        return Path(unquote(url.path))
    if "://" in where:
        raise ConfigError(f"token_store: {url.scheme}:// is not supported, name a file")
    return Path(where).expanduser()
