"""`/oauth-v1`: codes, refresh tokens that work once, and service accounts."""

from __future__ import annotations

import html
import random
from base64 import b64decode
from binascii import Error
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.fortnox import facts
from sandbox.fortnox.tokens import SECOND, access_token, opaque

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from sandbox.clock import Clock
    from sandbox.fortnox.settings import Settings

CODE_MS, ACCESS_MS, REFRESH_MS = 600 * SECOND, 3600 * SECOND, 45 * 86_400 * SECOND
FORM = "application/x-www-form-urlencoded"


class OAuthError(Exception):
    """`{"error", "error_description"}`."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.status = status


@dataclass
class Token:
    """Or an authorization code."""

    scopes: tuple[str, ...]
    ends: int
    redirect_uri: str = ""


class Authority:
    """Everything by the company's clock."""

    def __init__(self, clock: Clock, seed: int, scopes: tuple[str, ...], settings: Callable[[], Settings]) -> None:
        self._clock = clock
        self._dice = random.Random(f"{seed} tokens")  # noqa: S311 - the same tokens for the same seed
        self._known = scopes
        self._settings = settings
        self._codes: dict[str, Token] = {}
        self._refresh: dict[str, Token] = {}
        self._access: dict[str, Token] = {}
        self.issued = {"authorization_code": 0, "refresh_token": 0, "client_credentials": 0, "refused": 0}
        """How many token requests were answered, by kind, and how many were not."""
        self.routes = [
            Route("/oauth-v1/auth", self._authorize, methods=["GET", "POST"]),
            Route("/oauth-v1/token", self._token, methods=["POST"]),
            Route("/oauth-v1/revoke", self._revoke, methods=["POST"]),
        ]

    def scopes(self, token: str) -> tuple[str, ...] | None:
        """What an access token opens; None for one that is unknown or too old."""
        found = self._access.get(token)
        return found.scopes if found and self._clock.now < found.ends else None

    def grant(self, scope: str | None) -> dict[str, Any]:
        """Tokens without anybody's approval. ValueError for an unknown scope."""
        scopes = self._known if scope is None else tuple(scope.split())
        if unknown := set(scopes) - set(self._known):
            raise ValueError(f"no such scope: {', '.join(sorted(unknown))}")
        client = {"client_id": facts.CLIENT_ID, "client_secret": facts.CLIENT_SECRET, "tenant_id": facts.TENANT}
        return self._answer(scopes, refresh=True) | client

    def _answer(self, scopes: tuple[str, ...], *, refresh: bool) -> dict[str, Any]:
        token = access_token(scopes, self._clock.now, ACCESS_MS, self._dice)
        self._access[token] = Token(scopes, self._clock.now + ACCESS_MS)
        answer = {"access_token": token, "expires_in": ACCESS_MS // SECOND, "token_type": "bearer"}
        if refresh:
            renewed = opaque(self._dice)
            self._refresh[renewed] = Token(scopes, self._clock.now + REFRESH_MS)
            answer["refresh_token"] = renewed
        return {**answer, "scope": " ".join(scopes)}

    async def _authorize(self, request: Request) -> Response:
        """A page with two buttons; what they send comes back as a redirect."""
        asked = request.query_params
        target, scopes = asked.get("redirect_uri", ""), tuple(asked.get("scope", "").split())
        if asked.get("client_id") != facts.CLIENT_ID or not target or "state" not in asked:
            return HTMLResponse("<h1>invalid_request</h1><p>client_id, redirect_uri or state</p>", 400)
        error = None
        if asked.get("response_type") != "code":
            error = "unsupported_response_type"
        elif not scopes or set(scopes) - set(self._known):
            error = "invalid_scope"
        elif request.method == "GET":
            return HTMLResponse(approval(scopes))
        elif (await form(request)).get("decision") != "approve":
            error = "access_denied"
        if error:
            return RedirectResponse(with_query(target, {"error": error, "state": asked["state"]}), 302)
        code = opaque(self._dice)
        self._codes[code] = Token(scopes, self._clock.now + CODE_MS, target)
        return RedirectResponse(with_query(target, {"code": code, "state": asked["state"]}), 302)

    async def _token(self, request: Request) -> Response:
        try:
            client(request)
            given = await form(request)
            kind = given.get("grant_type", "")
            answer = self._granted(kind, given, request.headers)
        except OAuthError as error:
            self.issued["refused"] += 1
            return JSONResponse({"error": error.error, "error_description": str(error)}, error.status)
        self.issued[kind] += 1
        return JSONResponse(answer, headers={"cache-control": "no-store"})

    def _granted(self, kind: str, given: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
        match kind:
            case "authorization_code":
                token = self._take(self._codes, given.get("code", ""), "Invalid authorization code")
                if given.get("redirect_uri") != token.redirect_uri:
                    raise OAuthError("invalid_grant", "Invalid redirect uri")
                return self._answer(token.scopes, refresh=True)
            case "refresh_token":
                token = self._take(self._refresh, given.get("refresh_token", ""), "Invalid refresh token")
                return self._answer(token.scopes, refresh=True)
            case "client_credentials":
                allowed = self._settings().client_credentials == "allowed"
                if headers.get("tenantid") != str(facts.TENANT) or not allowed:
                    raise OAuthError("invalid_grant", "No service account for this tenant")
                return self._answer(self._known, refresh=False)
            case _:
                raise OAuthError("unsupported_grant_type", "Unknown grant type")

    def _take(self, kind: dict[str, Token], name: str, refusal: str) -> Token:
        """It works once."""
        token = kind.pop(name, None)
        if token is None or self._clock.now >= token.ends:
            raise OAuthError("invalid_grant", refusal)
        return token

    async def _revoke(self, request: Request) -> Response:
        """An unknown token is no error."""
        try:
            client(request)
            given = await form(request)
        except OAuthError as error:
            return JSONResponse({"error": error.error, "error_description": str(error)}, error.status)
        self._refresh.pop(given.get("token", ""), None)
        return JSONResponse({"revoked": True})


def client(request: Request) -> None:
    """OAuthError unless the Authorization header names the client and its secret."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    try:
        given = b64decode(text, validate=True).decode()
    except (Error, UnicodeDecodeError):
        given = ""
    if scheme.lower() != "basic" or given != f"{facts.CLIENT_ID}:{facts.CLIENT_SECRET}":
        raise OAuthError("invalid_client", "The client credentials are invalid", 401)


async def form(request: Request) -> dict[str, str]:
    """The last value of each name. OAuthError for another content type."""
    if request.headers.get("content-type", "").split(";")[0] != FORM:
        raise OAuthError("invalid_request", f"The body is not {FORM}")
    return {name: values[-1] for name, values in parse_qs((await request.body()).decode()).items()}


def with_query(url: str, query: Mapping[str, str]) -> str:
    """The address with more parameters."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def approval(scopes: tuple[str, ...]) -> str:
    """The form goes to the address it came from."""
    rows = "".join(f"<li>{html.escape(scope)}</li>" for scope in scopes)
    buttons = "".join(f'<button name="decision" value="{name}">{name}</button>' for name in ("approve", "deny"))
    return (
        "<!doctype html><html><head><title>Allow access</title></head><body><h1>Allow access?</h1>"
        f'<ul>{rows}</ul><form method="post">{buttons}</form></body></html>'
    )
