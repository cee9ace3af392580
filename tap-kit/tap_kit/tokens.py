"""OAuth 2.0: one access token a run, renewed once for all threads; a refresh token is saved before it is used."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import requests
from oauthlib.oauth2 import InvalidClientError, InvalidGrantError, OAuth2Error, OAuth2Token
from oauthlib.oauth2.rfc6749.parameters import parse_token_response
from requests import RequestException
from requests.auth import HTTPBasicAuth
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from tap_kit.answers import reason, retry_after
from tap_kit.errors import CredentialsError, TryAgainError, VendorChangedError, VendorError
from tap_kit.redact import conceal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_kit.token_store import Stored, TokenStore

logger = logging.getLogger(__name__)

_ATTEMPTS = 4
_TIMEOUT = (10, 60)
_MARGIN = 60.0  # seconds before its end that an access token is renewed
_PATIENCE = 60.0  # seconds between two renewals of access tokens that were refused: some streams refuse any


@dataclass(frozen=True)
class Grant:
    """How a vendor's token endpoint is asked.

    Attributes:
        vendor: the vendor's name as its users write it.
        url: the token endpoint.
        client_id, client_secret: of the app.
        basic: whether they go into the header, instead of the form.
        form: what is asked: the grant type and what belongs to it, without the refresh token.
        headers: further headers.
        refresh_token: the seed: the token from signing in; None of a grant that needs none.
        sign_in_again: what to do once the vendor takes the refresh token, or the key, no more.
        not_json_hint: says what an answer that is not JSON means here.
    """

    vendor: str
    url: str
    client_id: str
    client_secret: str
    basic: bool
    form: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    refresh_token: str | None = None
    sign_in_again: str = ""
    not_json_hint: str = ""


class Tokens:
    """Signs requests with an access token. Every method may be called from any thread."""

    def __init__(
        self, grant: Grant, store: TokenStore | None = None, *, headers: Mapping[str, str] | None = None
    ) -> None:
        """Take how to ask, where rotating refresh tokens live, and headers that every request carries."""
        self._grant = grant
        self._store = store
        self._headers = dict(headers or {})
        self._lock = threading.Lock()
        self._token = ""
        self._ends = 0.0
        self._renewed = -_PATIENCE

    def headers(self) -> Mapping[str, str]:
        """Return the headers of the next request, with an access token that does not end just now."""
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

    def _renew(self) -> None:
        if self._store and self._grant.refresh_token:
            with self._store.locked() as stored:
                answer = self._exchange(stored)
        else:
            answer = self._ask(self._grant.refresh_token)
        self._token = answer["access_token"]
        conceal(self._token)
        lasts = float(answer.get("expires_in", 3600))
        self._ends = time.monotonic() + max(lasts - _MARGIN, lasts / 2)

    def _exchange(self, stored: Stored) -> OAuth2Token:
        """Exchange the refresh token; the new one is saved before the access token is used."""
        old = stored.refresh_token or self._grant.refresh_token
        answer = self._ask(old)
        new: str | None = answer.get("refresh_token")
        if new and new != old:
            conceal(new)
            stored.save(new)
        return answer

    def _ask(self, refresh_token: str | None) -> OAuth2Token:
        form = {**self._grant.form, **({"refresh_token": refresh_token} if refresh_token else {})}
        retrying = Retrying(
            retry=retry_if_exception_type(TryAgainError),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.5, max=10),
            reraise=True,
        )
        try:
            answer: OAuth2Token = retrying(self._post, form)
        except TryAgainError as error:
            raise error.final from error
        return answer

    def _post(self, form: Mapping[str, str]) -> OAuth2Token:
        grant = self._grant
        auth = HTTPBasicAuth(grant.client_id, grant.client_secret) if grant.basic else None
        own = {} if grant.basic else {"client_id": grant.client_id, "client_secret": grant.client_secret}
        try:
            response = requests.post(
                grant.url,
                data={**form, **own},
                auth=auth,
                headers={"Accept": "application/json", **grant.headers},
                timeout=_TIMEOUT,
                allow_redirects=False,
            )
        except RequestException as error:
            final = VendorError(f"{grant.vendor} cannot be reached for a token: {reason(error)} (POST {grant.url})")
            raise TryAgainError(final, attempts=_ATTEMPTS) from error
        where = f"(POST {grant.url}: HTTP {response.status_code})"
        if (
            response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
            or response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        ):
            failing = VendorError(f"{grant.vendor} gives no token; run again later {where}")
            raise TryAgainError(failing, attempts=_ATTEMPTS, wait=retry_after(response))
        return self._parsed(response, where)

    def _parsed(self, response: requests.Response, where: str) -> OAuth2Token:
        grant = self._grant
        again = f"{grant.sign_in_again} {where}"
        try:
            answer: OAuth2Token = parse_token_response(response.text)
        except InvalidClientError as error:
            message = f"{grant.vendor} does not know the app: check client_id and client_secret {where}"
            raise CredentialsError(message) from error
        except InvalidGrantError as error:
            raise CredentialsError(f"{grant.vendor} takes this sign-in no more: {again}") from error
        except (OAuth2Error, ValueError, TypeError, AttributeError) as error:
            code = getattr(error, "error", "") or ""
            if response.ok or response.is_redirect:
                hint = f"; {grant.not_json_hint}" if grant.not_json_hint else ""
                raise VendorChangedError(f"{grant.vendor} answered without a token{hint} {where}") from error
            said = f" ({code})" if code.isidentifier() and code != "missing_token" else ""
            raise CredentialsError(f"{grant.vendor} gives no token{said}: {again}") from error
        return answer
