"""`/oauth/token` and `/login`: API keys, authorization codes, refresh tokens. Everything by the company's clock."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from sandbox.procountor import tokens
from sandbox.procountor.facts import API_KEY, CLIENT_ID, CLIENT_SECRET, COMPANY, COMPANY_ID, USER_ID
from sandbox.procountor.tokens import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from sandbox.clock import Clock
    from sandbox.procountor.settings import Settings
    from sandbox.procountor.tokens import Claims

Json = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
CODE_SECONDS, ACCESS_SECONDS, REFRESH_SECONDS = 300, 3600, 182 * 86_400
"""A code lives five minutes, a refresh token six months."""
LOGIN = (
    "<!doctype html><html><head><title>Procountor</title></head><body><h1>Sign in</h1>"
    f'<p>{COMPANY}</p><form method="post"><button name="decision" value="approve">approve</button>'
    '<button name="decision" value="deny">deny</button></form></body></html>'
)


class OAuthError(Exception):
    """`{"error", "error_description"}`."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self._error = error
        self._status = status

    def response(self) -> Response:
        """As it goes out."""
        return JSONResponse({"error": self._error, "error_description": str(self)}, self._status)


class Authority:
    """Hands out tokens, counts them, and tells whether one is good."""

    def __init__(self, clock: Clock, settings: Callable[[], Settings]) -> None:
        self._clock = clock
        self._settings = settings
        self._codes: dict[str, str] = {}
        self._ended: set[str] = set()
        self._made = 0
        self.issued: Counter[str] = Counter()
        """Access tokens by grant type."""

    def check(self, token: str) -> Claims | None:
        """The claims of an access token that is good now."""
        return self._good(token, "access")

    def grant(self) -> Json:
        """What a user who signed in would have led to: access_token, refresh_token, expires_in."""
        return self._answer("m2m") | {"refresh_token": self._sign("refresh", REFRESH_SECONDS)}

    async def login(self, request: Request) -> Response:
        """A page with two buttons; what they send comes back as a redirect."""
        asked = request.query_params
        target = asked.get("redirect_uri", "")
        if asked.get("client_id") != CLIENT_ID or not target or "?" in target or asked.get("response_type") != "code":
            return HTMLResponse("<h1>invalid_request</h1>", 400)
        if request.method == "GET":
            return HTMLResponse(LOGIN)
        state = {"state": asked["state"]} if "state" in asked else {}
        if parse_qs((await request.body()).decode()).get("decision") != ["approve"]:
            return RedirectResponse(f"{target}?{urlencode({'error': 'access_denied', **state})}", 302)
        code = self._sign("code", CODE_SECONDS)
        self._codes[code] = target
        return RedirectResponse(f"{target}?{urlencode({'code': code, **state})}", 302)

    async def token(self, request: Request) -> Response:
        """For whoever shows an API key, a code or a refresh token."""
        try:
            return JSONResponse(self._granted(await form(request)), headers={"cache-control": "no-store"})
        except OAuthError as error:
            return error.response()

    def _granted(self, given: Mapping[str, str]) -> Json:
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise OAuthError("invalid_client", "client_id or client_secret is wrong", 401)
        if self._settings().invoiceable_clients == "no_token":
            raise OAuthError("access_denied", "the environment does not allow invoiceable API clients", 403)
        kind = given.get("grant_type", "")
        match kind:
            case "client_credentials":
                answer = self._by_api_key(given)
            case "authorization_code":
                answer = self._by_code(given)
            case "refresh_token":
                answer = self._by_refresh_token(given)
            case _:
                raise OAuthError("unsupported_grant_type", "no such grant_type")
        self.issued[kind] += 1
        return answer

    def _by_api_key(self, given: Mapping[str, str]) -> Json:
        if given.get("api_key") != API_KEY:
            raise OAuthError("invalid_grant", "the API key is unknown or was invalidated")
        if self._settings().redirect_uri == "required" and "redirect_uri" not in given:
            raise OAuthError("invalid_request", "redirect_uri is missing")
        return self._answer("m2m")

    def _by_code(self, given: Mapping[str, str]) -> Json:
        code = given.get("code", "")
        target = self._codes.pop(code, None)
        if target is None or self._good(code, "code") is None:
            raise OAuthError("invalid_grant", "the code is unknown, used or too old")
        if given.get("redirect_uri") != target:
            raise OAuthError("invalid_grant", "another redirect_uri")
        return self._answer("all") | {"refresh_token": self._sign("refresh", REFRESH_SECONDS)}

    def _by_refresh_token(self, given: Mapping[str, str]) -> Json:
        token = given.get("refresh_token", "")
        if self._good(token, "refresh") is None:
            raise OAuthError("invalid_grant", "the refresh token is unknown, used or too old")
        if self._settings().refresh_tokens == "kept":
            return self._answer("all")
        self._ended.add(token)
        return self._answer("all") | {"refresh_token": self._sign("refresh", REFRESH_SECONDS)}

    def _answer(self, scope: str) -> Json:
        return {"access_token": self._sign("access", ACCESS_SECONDS, scope=scope), "expires_in": ACCESS_SECONDS}

    def _sign(self, use: str, seconds: int, **claims: str) -> str:
        self._made += 1
        now = self._clock.now // 1000
        who = {"iss": "procountor", "aud": CLIENT_ID, "sub": str(USER_ID), "cid": COMPANY_ID}
        times = {"auth_time": now, "iat": now, "exp": now + seconds}
        return tokens.sign({**who, "jti": f"{use}-{self._made}", **times, **claims}, KEY)

    def _good(self, token: str, use: str) -> Claims | None:
        claims = None if token in self._ended else tokens.read(token, KEY)
        good = claims and claims["jti"].startswith(f"{use}-") and self._clock.now // 1000 < claims["exp"]
        return claims if good else None


async def form(request: Request) -> dict[str, str]:
    """The last value of each name. OAuthError for another content type, and for parameters in the address."""
    if request.headers.get("content-type") != FORM:
        raise OAuthError("invalid_request", f"Content-Type must be {FORM}", 415)
    if request.query_params:
        raise OAuthError("invalid_request", "parameters belong into the body")
    return {name: values[-1] for name, values in parse_qs((await request.body()).decode()).items()}
