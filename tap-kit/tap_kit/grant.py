"""A vendor's token endpoint: what is asked there, and what its answers mean. No message holds a body or a secret."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

import requests
from oauthlib.oauth2 import InvalidClientError, InvalidGrantError, OAuth2Error, OAuth2Token
from oauthlib.oauth2.rfc6749.parameters import parse_token_response
from requests import RequestException
from requests.auth import HTTPBasicAuth
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from tap_kit.answers import reason, retry_after
from tap_kit.errors import CredentialsError, TryAgainError, VendorChangedError, VendorError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_kit.consent import Consent

_ATTEMPTS = 4
_TIMEOUT = (10, 60)

Result = TypeVar("Result")


@dataclass(frozen=True)
class ServiceAccount:
    """How an app gets tokens that a company has let in for good: by client credentials, and nobody signs in again.

    Attributes:
        header: names the company in a request for a token.
        claim: names it in an access token, which is a JWT.
        setting: names it in the settings of the tap.
        params: of the vendor's page, to be let in so.
    """

    header: str
    claim: str
    setting: str
    params: Mapping[str, str]


@dataclass(frozen=True)
class Grant:
    """How a vendor's token endpoint is asked.

    Attributes:
        vendor: the vendor's name as its users write it.
        url: the token endpoint.
        client_id, client_secret: of the app; a public one has an empty secret.
        basic: whether they go into the header, instead of the form.
        form: what is asked: the grant type and what belongs to it, without the refresh token.
        headers: further headers.
        refresh_token: the seed: the token that the settings name; None where signing in stored one, or none is needed.
        sign_in_again: what to do once the vendor takes the refresh token, or the key, no more.
        not_json_hint: says what an answer that is not JSON means here.
        consent: how a person signs in, where tokens come from that.
        service: how tokens come without that, where the vendor has it and the company has agreed.
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
    consent: Consent | None = None
    service: ServiceAccount | None = None

    @property
    def renews(self) -> bool:
        """Whether tokens come from a refresh token."""
        return self.form["grant_type"] == "refresh_token"

    def of_service_account(self, service: ServiceAccount, tenant: str) -> Grant:
        """Return how tokens are asked for as the service account at a company."""
        headers = {**self.headers, service.header: tenant}
        return replace(self, form={"grant_type": "client_credentials"}, headers=headers, consent=None)

    def token(self, form: Mapping[str, str]) -> OAuth2Token:
        """Return the answer of the token endpoint to a form.

        Raises:
            CredentialsError: the vendor gives no token for it.
            VendorError, VendorChangedError: it did not answer, or not with a token, however often it was asked.
        """
        return _patiently(lambda: self._parsed(self._post(self.url, form)))

    def revoke(self, url: str, refresh_token: str) -> None:
        """Give a refresh token back (RFC 7009: one that is not known is no error); errors as of token."""
        form = {"token": refresh_token, "token_type_hint": "refresh_token"}

        def attempt() -> None:
            response = self._post(url, form)
            if not response.ok:
                message = f"{self.vendor} does not revoke the sign-in: check client_id and client_secret"
                raise CredentialsError(f"{message} (POST {url}: HTTP {response.status_code})")

        _patiently(attempt)

    def _post(self, url: str, form: Mapping[str, str]) -> requests.Response:
        auth = HTTPBasicAuth(self.client_id, self.client_secret) if self.basic else None
        secret = {"client_secret": self.client_secret} if self.client_secret else {}
        own = {} if self.basic else {"client_id": self.client_id, **secret}
        try:
            response = requests.post(
                url,
                data={**form, **own},
                auth=auth,
                headers={"Accept": "application/json", **self.headers},
                timeout=_TIMEOUT,
                allow_redirects=False,
            )
        except RequestException as error:
            final = VendorError(f"{self.vendor} cannot be reached: {reason(error)} (POST {url})")
            raise TryAgainError(final, attempts=_ATTEMPTS) from error
        status = response.status_code
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            failing = VendorError(f"{self.vendor} fails; run again later (POST {url}: HTTP {status})")
            raise TryAgainError(failing, attempts=_ATTEMPTS, wait=retry_after(response))
        return response

    def _parsed(self, response: requests.Response) -> OAuth2Token:
        where = f"(POST {self.url}: HTTP {response.status_code})"
        again = f"{self.sign_in_again} {where}"
        try:
            answer: OAuth2Token = parse_token_response(response.text)
        except InvalidClientError as error:
            message = f"{self.vendor} does not know the app: check client_id and client_secret {where}"
            raise CredentialsError(message) from error
        except InvalidGrantError as error:
            raise CredentialsError(f"{self.vendor} takes this sign-in no more: {again}") from error
        except (OAuth2Error, ValueError, TypeError, AttributeError) as error:
            code = getattr(error, "error", "") or ""
            if response.ok or response.is_redirect:
                hint = f"; {self.not_json_hint}" if self.not_json_hint else ""
                raise VendorChangedError(f"{self.vendor} answered without a token{hint} {where}") from error
            said = f" ({code})" if code.isidentifier() and code != "missing_token" else ""
            raise CredentialsError(f"{self.vendor} gives no token{said}: {again}") from error
        return answer


def _patiently(attempt: Callable[[], Result]) -> Result:
    retrying = Retrying(
        retry=retry_if_exception_type(TryAgainError),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.5, max=10),
        reraise=True,
    )
    try:
        return retrying(attempt)
    except TryAgainError as error:
        raise error.final from error
