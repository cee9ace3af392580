"""Who may read what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.fortnox.errors import refusal, unauthorized

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.fortnox.oauth import Authority
    from sandbox.fortnox.resource import Resource
    from sandbox.fortnox.settings import Settings

BEARER = "bearer "


def check(request: Request, resource: Resource, authority: Authority, settings: Settings) -> None:
    """Raises what the vendor answers to a token that does not open this."""
    given = request.headers.get("authorization", "")
    scopes = authority.scopes(given[len(BEARER) :]) if given.lower().startswith(BEARER) else None
    if scopes is None:
        raise unauthorized()
    if resource.scope not in scopes:
        raise refusal("scope", settings.refusal_status)
    if reason := settings.refused.get(resource.name):
        raise refusal(reason, settings.refusal_status)
