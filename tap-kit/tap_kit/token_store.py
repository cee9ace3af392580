"""Where a refresh token lives between runs, and who may renew it or run just now."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from platformdirs import user_state_path

from tap_kit.claims import claims
from tap_kit.errors import ConfigError
from tap_kit.file_vault import FileVault
from tap_kit.times import moment, now_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from tap_kit.vault import Hold, Vault


@dataclass
class Stored:
    """What the store holds for one connection."""

    vault: Vault
    seed: str
    entry: Mapping[str, Any]
    """What was saved for the seed: `refresh_token`, the moment `saved`, and what signing in told."""

    @property
    def refresh_token(self) -> str | None:
        """The last refresh token that grew from the seed, or None of a new seed."""
        return self.entry.get("refresh_token")

    @property
    def tenant(self) -> str | None:
        """The company as a service account asks for it, if it is known."""
        return self.entry.get("tenant")

    def days_left(self, first: str | None) -> int | None:
        """Return the days until the token ends, the last one counted in, at most 0 afterwards; None if it is not known.

        Args:
            first: the token that is used while none is stored.
        """
        if days := self.entry.get("days"):
            ends = moment(self.entry["saved"]) + timedelta(days=days)
        elif exp := claims(self.refresh_token or first or "").get("exp"):
            ends = datetime.fromtimestamp(exp, UTC)
        else:
            return None
        return ceil((ends - datetime.now(UTC)) / timedelta(days=1))

    def save(self, refresh_token: str | None, **told: Any) -> None:
        """Keep a token, and what is known besides; what is None now is forgotten.

        Args:
            refresh_token: the newest one; None where a service account needs none.
            told: `days` that a token lasts; `company`, `number`, `scope`, `tenant` of the sign-in.
        """
        entry = {**self.entry, **told, "refresh_token": refresh_token, "saved": now_text()}
        self.entry = {name: value for name, value in entry.items() if value is not None}
        self.vault.put(self.seed, self.entry)

    def forget(self) -> None:
        """Delete what was saved for the seed."""
        self.entry = {}
        self.vault.put(self.seed, None)


class TokenStore:
    """Keeps refresh tokens, each under a digest of the seed that it grew from.

    A new seed in the settings, as after signing in again, has no token there and is used itself.
    """

    def __init__(self, where: str | None, *, tap: str, seed: str) -> None:
        """Take the setting `token_store` (None: a file in the user's own folder) and the seed.

        The seed is the setting `refresh_token`, or without one what tells the connection from others.

        Raises:
            ConfigError: the setting cannot be right.
        """
        digest = sha256(seed.encode()).hexdigest()
        self.tap = tap
        self._seed = digest[:32]
        self._vault = _vault(where) if where else FileVault(user_state_path(tap) / f"{digest[:16]}.json")

    def look(self) -> Stored:
        """Return what is stored just now.

        Raises:
            ConfigError: it cannot be read.
        """
        return self._stored(self._vault.entries())

    @contextmanager
    def locked(self) -> Iterator[Stored]:
        """Hold the store for oneself: the token in it is the last one, until it is left.

        Raises:
            ConfigError: the store cannot be read or written.
            TapError: another process does not let it go.
        """
        with self._vault.turn() as entries:
            yield self._stored(entries)

    def run(self, streams: Iterable[str]) -> AbstractContextManager[Hold]:
        """Hold the connection for a run of these streams; another run of the same streams is a TapError meanwhile.

        Runs that share a sign-in and read different streams do not disturb each other.
        """
        digest = sha256(" ".join(sorted(streams)).encode()).hexdigest()
        return self._vault.alone(f"{self._seed[:8]}-{digest[:8]}")

    def _stored(self, entries: Mapping[str, dict[str, Any]]) -> Stored:
        return Stored(self._vault, self._seed, entries.get(self._seed, {}))


def _vault(where: str) -> Vault:
    url = urlsplit(where)
    match url.scheme if "://" in where else "":
        case "":
            return FileVault(Path(where).expanduser())
        case "file":
            return FileVault(Path(unquote(url.path)))
        case "gs":
            from tap_kit.cloud_storage import CloudStorage  # noqa: PLC0415 (few need it)
            from tap_kit.shared_vault import SharedVault  # noqa: PLC0415

            return SharedVault(CloudStorage(where))
        case "secretmanager":
            from tap_kit.secret_manager import SecretManager  # noqa: PLC0415 (few need it)
            from tap_kit.shared_vault import SharedVault  # noqa: PLC0415

            return SharedVault(SecretManager(where))
        case other:
            known = "name a file, gs://bucket/name.json or secretmanager://projects/P/secrets/S"
            raise ConfigError(f"token_store: {other}:// is not supported, {known}")
