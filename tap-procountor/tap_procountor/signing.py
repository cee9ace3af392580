"""Signing in: with the API key of a technical user, or as a user who signs in with Procountor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tap_kit.consent import Consent
from tap_kit.grant import Grant
from tap_kit.token_store import TokenStore
from tap_kit.tokens import Tokens

from tap_procountor.api import INVOICEABLE
from tap_procountor.settings import token_url

if TYPE_CHECKING:
    from collections.abc import Mapping

TAP = "tap-procountor"


def signed_in(settings: Mapping[str, Any]) -> Tokens:
    """Return what signs requests, given settings that make sense.

    An API key is exchanged for an access token of an hour again and again. So is a refresh token; should another
    one come with it, it is kept in the token store and used next.
    """
    where, key, token = (settings.get(name) for name in ("token_store", "api_key", "refresh_token"))
    store = TokenStore(
        where, tap=TAP, seed=key or token or f"{settings['client_id']} {settings.get('company_id') or ''}"
    )
    if key:
        form = {"grant_type": "client_credentials", "api_key": key}
        return Tokens(_grant(settings, form, "make a new API key"), store if where else None)
    again = f"sign in again with {TAP} login, as a refresh token lasts six months"
    consent = Consent(
        url=settings["login_url"],
        days=180,  # "six months" (release notes, January 2021)
        renews=False,  # clients see no other one come with an access token
        redirect_uri=settings.get("redirect_uri") or "",
    )
    grant = replace(_grant(settings, {"grant_type": "refresh_token"}, again), refresh_token=token, consent=consent)
    return Tokens(grant, store)


def _grant(settings: Mapping[str, Any], form: Mapping[str, str], again: str) -> Grant:
    """Everything goes into the body, and the content type has no charset (release notes 23.09 and 24.08).

    Most clients send the redirect URI along, some do without.
    """
    redirect = {"redirect_uri": uri} if (uri := settings.get("redirect_uri")) else {}
    return Grant(
        vendor="Procountor",
        url=token_url(settings),
        client_id=settings["client_id"],
        client_secret=settings["client_secret"],
        basic=False,
        form={**form, **redirect},
        sign_in_again=f"{again}; {INVOICEABLE}",
        not_json_hint="check auth_url",
    )
