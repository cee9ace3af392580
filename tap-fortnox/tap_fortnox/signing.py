"""Who asks: a service account, or a user who has signed in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tap_kit.consent import Consent
from tap_kit.grant import Grant, ServiceAccount
from tap_kit.token_store import TokenStore
from tap_kit.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

# Nothing rotates and nothing expires until the company ends it (Fortnox developer guide, Service accounts).
SERVICE = ServiceAccount(
    header="TenantId",
    claim="tenantId",
    setting="tenant_id",
    params={"account_type": "service"},
)


def tokens(config: Mapping[str, Any], *, tap: str) -> Tokens:
    """Return what signs requests, given checked settings."""
    where, refresh_token, tenant = (config.get(name) for name in ("token_store", "refresh_token", "tenant_id"))
    grant = Grant(
        vendor="Fortnox",
        url=f"{config['auth_url']}/token",
        client_id=config["client_id"],
        client_secret=config["client_secret"],
        basic=True,
        form={"grant_type": "refresh_token"},
        refresh_token=refresh_token,
        sign_in_again=f"connect the company again with {tap} login",
        not_json_hint="check auth_url",
        consent=Consent(
            url=f"{config['auth_url']}/auth",
            days=45,  # and single use (Fortnox developer guide, Authorization)
            renews=True,
            scope="companyinformation",
            params={"access_type": "offline"},
            revoke_url=f"{config['auth_url']}/revoke",
        ),
        service=SERVICE,
    )
    seed = refresh_token or f"{config['client_id']} {tenant or config.get('organization_number') or ''}"
    store = TokenStore(where, tap=tap, seed=seed)
    if not tenant:
        return Tokens(grant, store)
    again = f"check tenant_id, or connect the company again with {tap} login --service-account"
    return Tokens(replace(grant.of_service_account(SERVICE, tenant), sign_in_again=again), store if where else None)
