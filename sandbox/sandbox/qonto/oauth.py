"""`/oauth2`: authorization codes, and refresh tokens that change with every use."""

from __future__ import annotations

import hashlib
import html
import random
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.qonto.facts import CLIENT_ID, CLIENT_SECRET, PUBLIC_CLIENT_ID
from sandbox.qonto.resources import SCOPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from sandbox.clock import Clock

CODE_MS, ACCESS_MS, REFRESH_MS, GRACE_MS = 600_000, 3_600_000, 90 * 86_400_000, 60_000
FORM = "application/x-www-form-urlencoded"
WRITING = ("supplier_invoice.write", "attachment.write", "cash_flow_category.write", "client_invoice.write")
KNOWN = (*SCOPES, *WRITING)


class OAuthError(Exception):
    """`{"error", "error_description"}`."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self._error = error
        self._status = status

    def response(self) -> Response:
        """As it goes out."""
        return JSONResponse({"error": self._error, "error_description": str(self)}, self._status)


@dataclass
class Grant:
    """What somebody has allowed a client."""

    client: str
    scopes: tuple[str, ...]
    redirect_uri: str = ""
    challenge: str = ""
    revoked: bool = False


@dataclass
class Token:
    """Or an authorization code."""

    grant: Grant
    ends: int
    used: int | None = None


class Authority:
    """Everything by the company's clock."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock = clock
        self._dice = random.Random(f"{seed} tokens")  # noqa: S311 - the same tokens for the same seed
        self._codes: dict[str, Token] = {}
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, Token] = {}
        self.pages = [Route("/oauth2/auth", self._authorize, methods=["GET", "POST"])]
        self.endpoints = [
            Route("/oauth2/token", self._token, methods=["POST"]),
            Route("/oauth2/revoke", self._revoke, methods=["POST"]),
        ]

    def scopes(self, access_token: str) -> tuple[str, ...] | None:
        """What the token opens; None for one that is unknown, revoked or too old."""
        token = self._alive(self._access, access_token)
        return token.grant.scopes if token else None

    def issue(self, grant: Grant) -> dict[str, Any]:
        """Tokens; one to refresh only with `offline_access`."""
        answer = {
            "access_token": self._new(self._access, grant, ACCESS_MS),
            "token_type": "bearer",
            "expires_in": ACCESS_MS // 1000,
            "scope": " ".join(grant.scopes),
        }
        if "offline_access" in grant.scopes:
            answer["refresh_token"] = self._new(self._refresh, grant, REFRESH_MS)
        return answer

    def grant(self, scope: str | None) -> dict[str, Any]:
        """Tokens without anybody's approval; ValueError for an unknown scope."""
        scopes = tuple(KNOWN if scope is None else scope.split())
        if unknown := set(scopes) - set(KNOWN):
            raise ValueError(f"no such scope: {', '.join(sorted(unknown))}")
        return self.issue(Grant(CLIENT_ID, scopes)) | {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}

    def _new(self, kind: dict[str, Token], grant: Grant, ms: int) -> str:
        name = f"{self._dice.getrandbits(256):064x}"
        kind[name] = Token(grant, self._clock.now + ms)
        return name

    def _alive(self, kind: dict[str, Token], name: str) -> Token | None:
        token = kind.get(name)
        return token if token and not token.grant.revoked and self._clock.now < token.ends else None

    async def _authorize(self, request: Request) -> Response:
        """A page with two buttons; what they send comes back as a redirect."""
        asked = request.query_params
        client, target = asked.get("client_id", ""), asked.get("redirect_uri", "")
        if client not in {CLIENT_ID, PUBLIC_CLIENT_ID} or not target:
            return HTMLResponse("<h1>invalid_request</h1><p>client_id or redirect_uri</p>", 400)
        scopes, challenge = tuple(asked.get("scope", "").split()), asked.get("code_challenge", "")
        state = {"state": asked["state"]} if "state" in asked else {}
        error = None
        if asked.get("response_type") != "code":
            error = "unsupported_response_type"
        elif not scopes or set(scopes) - set(KNOWN):
            error = "invalid_scope"
        elif (client == PUBLIC_CLIENT_ID and not challenge) or asked.get("code_challenge_method", "S256") != "S256":
            error = "invalid_request"
        elif request.method == "GET":
            return HTMLResponse(approval(scopes))
        elif (await form(request)).get("decision") != "approve":
            error = "access_denied"
        if error:
            return RedirectResponse(with_query(target, {"error": error, **state}), 302)
        code = self._new(self._codes, Grant(client, scopes, target, challenge), CODE_MS)
        return RedirectResponse(with_query(target, {"code": code, **state}), 302)

    async def _token(self, request: Request) -> Response:
        try:
            given = await form(request)
            answer = self.issue(self._granted(given))
        except OAuthError as error:
            return error.response()
        return JSONResponse(answer, headers={"cache-control": "no-store"})

    def _granted(self, given: Mapping[str, str]) -> Grant:
        match given.get("grant_type"):
            case "authorization_code":
                return self._by_code(given)
            case "refresh_token":
                return self._by_refresh_token(given)
            case _:
                raise OAuthError("unsupported_grant_type", "authorization_code or refresh_token")

    def _client(self, given: Mapping[str, str]) -> str:
        client = given.get("client_id", "")
        if client != PUBLIC_CLIENT_ID and (client, given.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise OAuthError("invalid_client", "client_id or client_secret is wrong", 401)
        return client

    def _by_code(self, given: Mapping[str, str]) -> Grant:
        client, token = self._client(given), self._alive(self._codes, given.get("code", ""))
        if token is None or token.used is not None or token.grant.client != client:
            raise OAuthError("invalid_grant", "the code is unknown, used or too old")
        grant, token.used = token.grant, self._clock.now
        if given.get("redirect_uri") != grant.redirect_uri:
            raise OAuthError("invalid_grant", "another redirect_uri")
        if grant.challenge and challenge(given.get("code_verifier", "")) != grant.challenge:
            raise OAuthError("invalid_grant", "the code_verifier does not fit")
        return grant

    def _by_refresh_token(self, given: Mapping[str, str]) -> Grant:
        """The first use starts the time in which it may be used again."""
        client, token = self._client(given), self._alive(self._refresh, given.get("refresh_token", ""))
        if token is None or token.grant.client != client:
            raise OAuthError("invalid_grant", "the refresh token is unknown, revoked or too old")
        if token.used is None:
            token.used = self._clock.now
        if self._clock.now > token.used + GRACE_MS:
            raise OAuthError("invalid_grant", "the refresh token was used before")
        return token.grant

    async def _revoke(self, request: Request) -> Response:
        """A refresh token takes its access tokens with it; an unknown token is no error."""
        try:
            given = await form(request)
            client = self._client(given)
        except OAuthError as error:
            return error.response()
        name = given.get("token", "")
        token = self._refresh.get(name)
        if token and token.grant.client == client:
            token.grant.revoked = True
        self._access.pop(name, None)
        return Response(status_code=200)


async def form(request: Request) -> dict[str, str]:
    """The last value of each name. OAuthError for another content type."""
    if request.headers.get("content-type", "").split(";")[0] != FORM:
        raise OAuthError("invalid_request", f"the body is {FORM}")
    return {name: values[-1] for name, values in parse_qs((await request.body()).decode()).items()}


def challenge(verifier: str) -> str:
    """PKCE, method S256."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


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
