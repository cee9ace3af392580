"""Who may read what: the key, tokens with their scopes, the plan, and the door before the vendor's sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse

from sandbox.qonto.errors import ApiError
from sandbox.qonto.facts import API_KEY
from sandbox.vendor import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from sandbox.limit import Limit
    from sandbox.qonto.oauth import Authority
    from sandbox.qonto.resource import Resource
    from sandbox.qonto.settings import Settings

BEARER = "bearer "


class Access:
    """Raises ApiError for a request that may not read a resource."""

    def __init__(self, authority: Authority, settings: Callable[[], Settings], refused: Limit) -> None:
        self._authority = authority
        self._settings = settings
        self._refused = refused
        """Counts wrong credentials: too many of them are throttled too."""

    def check(self, request: Request, resource: Resource) -> None:
        """401, 403, or 429 after too many 401."""
        settings = self._settings()
        scopes = self._scopes(request)
        if scopes is None and (not resource.api_key or resource.name in settings.refuse_api_key):
            raise self._unauthorized("OAuth2 authentication is required here", "unauthorized")
        if scopes is not None and not set(scopes) & set(resource.scopes):
            raise ApiError(403, f"missing required oauth scope: {resource.scopes[0]}")
        if resource.name in settings.forbidden:
            raise ApiError(403, "User does not have sufficient permissions for this action.")
        if settings.plan in resource.not_in_plans:
            raise ApiError(403, "the plan does not include this")

    def _scopes(self, request: Request) -> tuple[str, ...] | None:
        """Of an access token; None for the key, which stands in the header as it is: no scheme, no encoding."""
        given = request.headers.get("authorization")
        if given == API_KEY:
            return None
        if given is None:
            raise self._unauthorized("authorization header missing", "authorization_header_missing")
        token = given[len(BEARER) :] if given.lower().startswith(BEARER) else ""
        scopes = self._authority.scopes(token)
        if scopes is None:
            raise self._unauthorized("authorization token invalid", "authorization_token_invalid")
        return scopes

    def _unauthorized(self, detail: str, code: str) -> ApiError:
        if self._refused.admit():
            return ApiError(429, "too many unauthorized requests")
        return ApiError(401, detail, code=code)


class StagingDoor:
    """Asks for the header of the vendor's sandbox, where a setting says so, and else shows a sign-on page."""

    def __init__(self, app: ASGIApp, settings: Callable[[], Settings]) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page comes with status 200."""
        token = self._settings().staging_token
        known = token is None or Request(scope).headers.get("x-qonto-staging-token") == token
        await (self._app if known else HTMLResponse(PAGE))(scope, receive, send)
