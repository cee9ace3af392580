"""Who may ask: the gateway before the API, tokens, the company's settings, the user's rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

from sandbox.procountor.errors import ApiError, gateway

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from sandbox.procountor.oauth import Authority
    from sandbox.procountor.settings import Settings

BEARER = "Bearer "
OPEN = ("status",)
"""Needs no rights."""
PAYROLL = (
    "employees",
    "labor_union_settings",
    "salaries_basic_info",
    "salary_lists",
    "salary_periods",
    "salary_slips",
    "salary_types",
    "direct_salary_payments",
)
EDITIONS = {"factoring_contracts": "FI", "direct_salary_payments": "FI", "factoring_contracts_se": "SE"}
"""What only one country has."""


class Access:
    """Raises ApiError for a request that may not read a resource."""

    def __init__(self, authority: Authority, settings: Callable[[], Settings]) -> None:
        self._authority = authority
        self._settings = settings

    def check(self, request: Request, resource: str) -> None:
        """401 or 403."""
        given = request.headers.get("authorization", "")
        if not given.startswith(BEARER) or self._authority.check(given.removeprefix(BEARER)) is None:
            raise ApiError(401, "The access token is missing, invalid or has expired")
        settings = self._settings()
        if settings.invoiceable_clients != "allowed":
            raise ApiError(403, "Usage of invoiceable API clients is not allowed in this environment")
        if resource in settings.refused and resource not in OPEN:
            raise ApiError(403, "Insufficient user rights")
        if resource in PAYROLL and settings.payroll_rights == "none":
            raise ApiError(403, "Insufficient user rights")
        if EDITIONS.get(resource, settings.edition) != settings.edition:
            raise ApiError(403, "Not available in the environment of this country")
        if resource == "attachments" and settings.documents == "inactive":
            raise ApiError(403, "Documents is not activated in this environment")


class Gateway:
    """Refuses a GET with a body, before anybody reads its token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """403 in HTML."""
        headers = Request(scope).headers
        body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        refused = scope["method"] == "GET" and body
        await (gateway(403, "Forbidden") if refused else self._app)(scope, receive, send)
