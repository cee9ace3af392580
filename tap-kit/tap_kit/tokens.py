"""OAuth 2.0: one access token a run, renewed once for all threads; a refresh token is saved before it is used."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from tap_kit.errors import ConfigError
from tap_kit.redact import conceal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oauthlib.oauth2 import OAuth2Token

    from tap_kit.grant import Grant
    from tap_kit.token_store import Stored, TokenStore

logger = logging.getLogger(__name__)

WARNING_DAYS = 14  # before its end that every run names the end of a sign-in
_MARGIN = 60.0  # seconds before its end that an access token is renewed
_PATIENCE = 60.0  # seconds between two renewals of access tokens that were refused: some streams refuse any


class Tokens:
    """Signs requests with an access token. Every method may be called from any thread."""

    def __init__(
        self, grant: Grant, store: TokenStore | None = None, *, headers: Mapping[str, str] | None = None
    ) -> None:
        """Take how to ask, where refresh tokens live if there are any, and headers that every request carries."""
        self.grant = grant
        self.store = store
        self._headers = dict(headers or {})
        self._lock = threading.Lock()
        self._token = ""
        self._ends = 0.0
        self._renewed = -_PATIENCE

    def headers(self) -> Mapping[str, str]:
        """Return the headers of the next request, with an access token that does not end just now.

        Raises:
            ConfigError: nobody has signed in yet.
            CredentialsError, VendorError, VendorChangedError: there is no access token.
        """
        with self._lock:
            if time.monotonic() >= self._ends:
                self._renew()
            return {**self._headers, "Authorization": f"Bearer {self._token}"}

    def renew(self, refused: Mapping[str, str]) -> bool:
        """Get another access token, unless another thread did so meanwhile, or it was in vain a moment ago."""
        with self._lock:
            if refused.get("Authorization") != f"Bearer {self._token}":
                return True
            if time.monotonic() - self._renewed < _PATIENCE:
                return False
            self._renew()
            self._renewed = time.monotonic()
            return True

    def take(self, answer: OAuth2Token) -> None:
        """Sign with the access token in an answer from now on, as after somebody has just signed in."""
        self._token = answer["access_token"]
        conceal(self._token)
        lasts = float(answer.get("expires_in", 3600))
        self._ends = time.monotonic() + max(lasts - _MARGIN, lasts / 2)

    def _renew(self) -> None:
        if self.store:
            with self.store.locked() as stored:
                answer = self._exchange(self.store, stored)
        else:
            answer = self.grant.token(self.grant.form)
        self.take(answer)

    def _exchange(self, store: TokenStore, stored: Stored) -> OAuth2Token:
        """Exchange the refresh token; the new one is saved before the access token is used."""
        old = stored.refresh_token or self.grant.refresh_token
        if not old:
            raise ConfigError(f"nobody has signed in to {self.grant.vendor} yet: run {store.tap} login")
        conceal(old)
        answer = self.grant.token({**self.grant.form, "refresh_token": old})
        new: str | None = answer.get("refresh_token")
        if new and new != old:
            conceal(new)
            stored.save(new)
        if (left := stored.days_left) is not None and left < WARNING_DAYS:
            logger.warning("The sign-in to %s ends in %d days: run %s login", self.grant.vendor, left, store.tap)
        return answer
