"""Where a refresh token lives between runs: a file that one process at a time renews."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from filelock import FileLock, Timeout
from platformdirs import user_state_path

from tap_kit.errors import ConfigError, TapError
from tap_kit.times import moment, now_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LOCK_SECONDS = 120  # a renewal takes seconds; whoever holds the lock longer hangs


@dataclass
class Stored:
    """What the store holds for one connection, while it is locked."""

    path: Path
    seed: str
    tokens: dict[str, dict[str, Any]]

    @property
    def entry(self) -> Mapping[str, Any]:
        """What was saved for the seed: `refresh_token`, the moment `saved`, and what signing in told."""
        return self.tokens.get(self.seed, {})

    @property
    def refresh_token(self) -> str | None:
        """The last refresh token that grew from the seed, or None of a new seed."""
        return self.entry.get("refresh_token")

    @property
    def days_left(self) -> int | None:
        """Days until the token ends, the last one counted in, at most 0 afterwards; None if that was never told."""
        if not (days := self.entry.get("days")):
            return None
        left = moment(self.entry["saved"]) + timedelta(days=days) - datetime.now(UTC)
        return ceil(left / timedelta(days=1))

    def save(self, refresh_token: str, **told: Any) -> None:
        """Keep a token, and what signing in told besides: `days` that a token lasts, `company`, `number`, `scope`."""
        self.tokens[self.seed] = {**self.entry, **told, "refresh_token": refresh_token, "saved": now_text()}
        self._write()

    def forget(self) -> None:
        """Delete what was saved for the seed."""
        self.tokens.pop(self.seed, None)
        self._write()

    def _write(self) -> None:
        """Write so that a crash leaves the old file or the new one, and only its owner reads it."""
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

        The seed is the setting `refresh_token`, or without one what tells the connection from others.

        Raises:
            ConfigError: it is no file.
        """
        digest = sha256(seed.encode()).hexdigest()
        self.tap = tap
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
