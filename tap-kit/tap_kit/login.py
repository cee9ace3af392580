"""Signing in and out, and what is known of a sign-in. Nothing that is said holds a secret."""

from __future__ import annotations

import webbrowser
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import click

from tap_kit.callback import LOCAL, listening, pasted
from tap_kit.claims import claims
from tap_kit.consent import Visit
from tap_kit.errors import ConfigError, CredentialsError, TapError
from tap_kit.redact import conceal
from tap_kit.tokens import WARNING_DAYS, Tokens, as_service_account

if TYPE_CHECKING:
    from oauthlib.oauth2 import OAuth2Token

    from tap_kit.api import Company
    from tap_kit.consent import Consent
    from tap_kit.grant import Grant, ServiceAccount
    from tap_kit.tap import TableTap
    from tap_kit.token_store import Stored, TokenStore


_BY_ITSELF = "{} signs in by itself with these settings (a key, or a service account)"


class _Way(NamedTuple):
    """All that signing in takes."""

    tokens: Tokens
    grant: Grant
    consent: Consent
    store: TokenStore


def login(tap: TableTap, *, browser: bool, port: int, scopes: str | None, service_account: bool = False) -> None:
    """Let a person sign in, and keep what comes of it; a `port` of this machine catches the answer.

    Args:
        tap: the tap, with settings and selection.
        browser: whether to open one here; else the link is for any, and its answer is pasted.
        port: the port that the vendor knows the app by.
        scopes: to ask for instead of those that the selected streams take.
        service_account: whether the app is to be let in for good, as a service account, where the vendor has that.

    Raises:
        TapError: nobody is signed in, and nothing is stored.
    """
    way = _way(tap)
    service = way.grant.service if service_account else None
    consent = replace(way.consent, params={**way.consent.params, **service.params}) if service else way.consent
    scope = _scope(tap, consent, scopes)
    redirect_uri = consent.redirect_uri or f"http://localhost:{port}/callback"
    visit = Visit(way.grant, consent, scope, redirect_uri)
    form = visit.form(_returned(visit, tap.api.vendor, browser=browser))
    answer = replace(way.grant, sign_in_again="start again, the code was used or is too old").token(form)
    token = answer.get("refresh_token")
    conceal(token or "")
    way.tokens.take(answer)
    try:
        kept = _of_service_account(way.grant, service, answer) if service else _of_user(way, answer)
        tap.connect()
        company = tap.api.company(tap.client)
        with way.store.locked() as stored:
            _be_same(stored, company)
            told = {
                "company": company.name,
                "number": company.number,
                "scope": " ".join(sorted((answer.scope or scope).split())),
            }
            stored.save(**kept, **told)
    except TapError:
        if token and consent.revoke_url:
            with suppress(TapError):
                way.grant.revoke(consent.revoke_url, token)
        raise
    if service:
        click.echo(f"Signed in to {company} as a service account. It lasts until the company ends it.")
        click.echo(f"With the setting {service.setting} {kept['tenant']}, no token store is needed.")
    else:
        lasts = "after the last run" if consent.renews else "from now"
        click.echo(f"Signed in to {company}. It lasts until {consent.days} days {lasts}.")


def logout(tap: TableTap) -> None:
    """Give the refresh token back, where the vendor takes it, and delete it.

    Raises:
        TapError: the vendor did not take it; it is kept, so that another attempt can be made.
    """
    way = _way(tap)
    with way.store.locked() as stored:
        token = stored.refresh_token or way.grant.refresh_token
        if token and way.consent.revoke_url:
            conceal(token)
            way.grant.revoke(way.consent.revoke_url, token)
        known = stored.entry
        stored.forget()
    if not token and not known:
        click.echo(f"Nobody was signed in to {tap.api.vendor}.")
    elif token and way.consent.revoke_url:
        click.echo(f"Signed out of {tap.api.vendor}: the sign-in is revoked and deleted.")
    else:
        click.echo(f"The sign-in is deleted. {tap.api.vendor} revokes none on request: end it there, if it must end.")
    if way.grant.refresh_token:
        click.echo("The setting refresh_token is of no more use: remove it.")


def status(tap: TableTap) -> int:
    """Say who is signed in, for what, and for how long; nothing is asked. Returns 1 if nobody is, or no longer."""
    if not (way := _by_person(tap)):
        click.echo(f"{_BY_ITSELF.format(tap.name)}, without an end: `{tap.name} check` says which company it reaches")
        return 0
    stored = way.store.look()
    known, left = stored.entry, stored.days_left(way.grant.refresh_token)
    if not known and not way.grant.refresh_token:
        click.echo(f"Nobody is signed in to {tap.api.vendor}: run {tap.name} login")
        return CredentialsError.exit_code
    click.echo(f"company: {known['company']} ({known['number']})" if "company" in known else "company: not asked yet")
    click.echo(f"scopes: {known.get('scope') or 'not known'}")
    if stored.tenant and not stored.refresh_token:
        click.echo("days left: no end, as a service account")
    else:
        click.echo(f"days left: {'not known' if left is None else max(left, 0)}")
    if left is not None and left < WARNING_DAYS:
        click.echo(f"Sign in again soon: {tap.name} login")
    return CredentialsError.exit_code if left is not None and left <= 0 else 0


def _way(tap: TableTap) -> _Way:
    if way := _by_person(tap):
        return way
    raise ConfigError(f"{_BY_ITSELF.format(tap.name)}: remove that to sign in")


def _by_person(tap: TableTap) -> _Way | None:
    """Return what a person's sign-in takes, or None where nobody has to sign in."""
    tokens = tap.api.sign_in
    if not isinstance(tokens, Tokens) or not tokens.store or not tokens.grant.consent:
        return None
    return _Way(tokens, tokens.grant, tokens.grant.consent, tokens.store)


def _of_user(way: _Way, answer: OAuth2Token) -> dict[str, Any]:
    """Return what is kept of a person's sign-in."""
    if not (token := answer.get("refresh_token")):
        raise CredentialsError(f"{way.grant.vendor} let the app read for an hour only: it gave no refresh token")
    tenant = claims(answer["access_token"]).get(way.grant.service.claim) if way.grant.service else None
    return {"refresh_token": token, "days": way.consent.days, "tenant": str(tenant) if tenant else None}


def _of_service_account(grant: Grant, service: ServiceAccount, answer: OAuth2Token) -> dict[str, Any]:
    """Return what is kept of an agreement to a service account, which has given a token once already."""
    tenant = str(claims(answer["access_token"]).get(service.claim) or "")
    try:
        as_service_account(grant, service, tenant)
    except CredentialsError as error:
        hint = "switch service accounts on for the app, and let an administrator of the company sign in"
        raise CredentialsError(f"{grant.vendor} gives the service account no token: {hint}") from error
    return {"refresh_token": None, "days": None, "tenant": tenant}


def _scope(tap: TableTap, consent: Consent, scopes: str | None) -> str:
    """Return what to ask for, each scope once."""
    streams = " ".join(stream.table.scope for stream in tap.table_streams)
    wanted = streams if scopes is None else scopes.replace(",", " ")
    return " ".join(dict.fromkeys([*consent.scope.split(), *sorted(wanted.split())]))


def _returned(visit: Visit, vendor: str, *, browser: bool) -> str:
    """Return the address that the browser comes back to."""
    if browser and urlsplit(visit.redirect_uri).hostname in LOCAL:
        with listening(visit.redirect_uri) as wait:
            click.echo(f"Sign in to {vendor} in the browser that opens, or follow this link:\n{visit.url}")
            webbrowser.open(visit.url)
            return wait()
    click.echo(f"Sign in to {vendor} with this link:\n{visit.url}\n\nThen paste the address that it leads to:")
    if browser:
        webbrowser.open(visit.url)
    return pasted()


def _be_same(stored: Stored, company: Company) -> None:
    """A sign-in to another company would load its data beside the first one's."""
    if (number := stored.entry.get("number")) and number != company.number:
        message = (
            f"the token store holds a sign-in to {stored.entry['company']} ({number}), and this one is to {company}"
        )
        raise ConfigError(f"{message}: log out first, or give this connection a token_store of its own")
