"""Who asks: a service account, or a user who has signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_kit.consent import Consent
from tap_kit.grant import Grant
from tap_kit.token_store import TokenStore
from tap_kit.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Mapping


def tokens(config: Mapping[str, Any], *, tap: str) -> Tokens:
    """Return what signs requests, given checked settings."""
    return _of_a_service_account(config) if config.get("tenant_id") else _of_a_user(config, tap)


def _of_a_service_account(config: Mapping[str, Any]) -> Tokens:
    """Client credentials: the header names the company, and nothing rotates (Fortnox developer guide)."""
    return Tokens(
        Grant(
            **_app(config),
            form={"grant_type": "client_credentials"},
            headers={"TenantId": config["tenant_id"]},
            sign_in_again="check tenant_id, or connect the company again",
        )
    )


def _of_a_user(config: Mapping[str, Any], tap: str) -> Tokens:
    """A refresh token, from the settings or from signing in with the tap."""
    refresh_token = config.get("refresh_token")
    grant = Grant(
        **_app(config),
        form={"grant_type": "refresh_token"},
        refresh_token=refresh_token,
        sign_in_again=f"connect the company again with {tap} login",
        consent=Consent(
            url=f"{config['auth_url']}/auth",
            days=45,  # and single use (Fortnox developer guide, Authorization)
            renews=True,
            scope="companyinformation",
            params={"access_type": "offline"},
            revoke_url=f"{config['auth_url']}/revoke",
        ),
    )
    seed = refresh_token or f"{config['client_id']} {config.get('organization_number') or ''}"
    return Tokens(grant, TokenStore(config.get("token_store"), tap=tap, seed=seed))


def _app(config: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "vendor": "Fortnox",
        "url": f"{config['auth_url']}/token",
        "client_id": config["client_id"],
        "client_secret": config["client_secret"],
        "basic": True,
        "not_json_hint": "check auth_url",
    }
