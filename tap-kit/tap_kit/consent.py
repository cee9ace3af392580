"""How a person lets an app read, in the browser: the vendor's page, and what comes back from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from oauthlib.common import add_params_to_uri, generate_token
from oauthlib.oauth2 import (
    AccessDeniedError,
    InvalidScopeError,
    MismatchingStateError,
    OAuth2Error,
    WebApplicationClient,
)

from tap_kit.errors import CredentialsError
from tap_kit.redact import conceal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_kit.grant import Grant


@dataclass(frozen=True)
class Consent:
    """Facts about the way that a vendor lets people sign in.

    Attributes:
        url: the vendor's page.
        days: how long a refresh token lasts.
        renews: whether every use gives another refresh token, which lasts as long again.
        scope: scopes that are asked for beside those of the streams, with spaces between.
        params: further parameters of the page.
        pkce: whether the vendor takes PKCE (RFC 7636).
        redirect_uri: where the vendor sends the browser back to, if it is set; else a port of this machine.
        revoke_url: where a refresh token is given back, if the vendor has such an address.
    """

    url: str
    days: int
    renews: bool
    scope: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    pkce: bool = False
    redirect_uri: str = ""
    revoke_url: str = ""


class Visit:
    """One visit of the vendor's page: its address, and what the address that the browser comes back to is worth."""

    def __init__(self, grant: Grant, consent: Consent, scope: str, redirect_uri: str) -> None:
        """Take who asks, how, for what, and where the browser is to be sent back to."""
        self.redirect_uri = redirect_uri
        self._vendor = grant.vendor
        self._client = WebApplicationClient(grant.client_id)
        self._state = generate_token(32)
        self._verifier = self._client.create_code_verifier(64) if consent.pkce else ""
        challenge = self._client.create_code_challenge(self._verifier, "S256") if consent.pkce else ""
        pkce = {"code_challenge": challenge, "code_challenge_method": "S256"} if consent.pkce else {}
        params = {
            "response_type": "code",
            "client_id": grant.client_id,
            "redirect_uri": redirect_uri,
            **({"scope": scope} if scope else {}),
            "state": self._state,
            **pkce,
            **consent.params,
        }
        self.url: str = add_params_to_uri(consent.url, params)

    def form(self, returned: str) -> dict[str, str]:
        """Return what to send to the token endpoint, given the address that the browser came back to.

        Raises:
            CredentialsError: it holds no code, or that of another visit.
        """
        # oauthlib insists on https; the answer may come to a port of this machine, where no one listens on the way.
        uri = f"https://localhost/?{urlsplit(returned).query}"
        try:
            code: str = self._client.parse_request_uri_response(uri, self._state)["code"]
        except MismatchingStateError as error:
            message = "what came back is not the answer to this sign-in (its state differs): start again"
            raise CredentialsError(message) from error
        except AccessDeniedError as error:
            raise CredentialsError(f"{self._vendor} was not allowed to let the app read: nothing is stored") from error
        except InvalidScopeError as error:
            message = f"{self._vendor} does not let the app ask for these scopes: add them to the app, or use --scopes"
            raise CredentialsError(message) from error
        except OAuth2Error as error:
            said = f" ({error.error})" if str(error.error).isidentifier() else ""
            raise CredentialsError(f"{self._vendor} did not sign in{said}: start again") from error
        conceal(code)
        verifier = {"code_verifier": self._verifier} if self._verifier else {}
        return {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri, **verifier}
