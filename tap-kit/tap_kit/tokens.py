"""OAuth 2.0: one access token a run, renewed once for all threads; a refresh token is saved before it is used."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from tap_kit.claims import claims
from tap_kit.errors import ConfigError, CredentialsError
from tap_kit.redact import conceal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oauthlib.oauth2 import OAuth2Token

    from tap_kit.grant import Grant, ServiceAccount
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
        """Take how to ask, where refresh tokens live and runs notice each other, and headers of every request."""
        self.grant = grant
        self.store = store
        self.days_left: int | None = None
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
        if self.store and self.grant.renews:
            with self.store.locked() as stored:
                answer = self._exchange(self.store, stored)
        else:
            answer = self.grant.token(self.grant.form)
        self.take(answer)

    def _exchange(self, store: TokenStore, stored: Stored) -> OAuth2Token:
        """Exchange the refresh token; the new one is saved before the access token is used."""
        grant, service = self.grant, self.grant.service
        old = stored.refresh_token or (None if stored.tenant else grant.refresh_token)
        if not old and service and stored.tenant:
            return as_service_account(grant, service, stored.tenant)
        if not old:
            raise ConfigError(f"nobody has signed in to {grant.vendor} yet: run {store.tap} login")
        conceal(old)
        try:
            answer = grant.token({**grant.form, "refresh_token": old})
        except CredentialsError as refused:
            return self._without(stored, refused)
        new: str | None = answer.get("refresh_token")
        if new and new != old:
            conceal(new)
            tenant = claims(answer["access_token"]).get(service.claim) if service else None
            lasts = grant.consent.days if grant.consent else None
            stored.save(new, days=lasts, tenant=str(tenant) if tenant else stored.tenant)
        self.days_left = left = stored.days_left(old)
        if left is not None and left < WARNING_DAYS:
            logger.warning("The sign-in to %s ends in %d days: run %s login", grant.vendor, left, store.tap)
        return answer

    def _without(self, stored: Stored, refused: CredentialsError) -> OAuth2Token:
        """Go on as the service account, if the company agreed to one: the newest refresh token may have got lost."""
        if not (service := self.grant.service) or not stored.tenant:
            raise refused
        try:
            answer = as_service_account(self.grant, service, stored.tenant)
        except CredentialsError:
            raise refused from None
        stored.save(None, days=None)
        logger.warning("%s takes the refresh token no more: going on as the service account", self.grant.vendor)
        return answer


def as_service_account(grant: Grant, service: ServiceAccount, tenant: str) -> OAuth2Token:
    """Return an access token of the service account at a company; errors as of Grant.token."""
    account = grant.of_service_account(service, tenant)
    return account.token(account.form)
