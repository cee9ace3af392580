"""Steers the company behind Qonto's API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.endpoint import Json, VendorControl
from sandbox.qonto import facts

if TYPE_CHECKING:
    from collections.abc import Mapping


class QontoControl(VendorControl):
    """The company behind Qonto's API."""

    name = "qonto"

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.api_url = f"{url}/qonto/v2"
        self.auth_url = f"{url}/qonto/oauth2"
        self.api_key = facts.API_KEY

    def truth(self) -> list[Json]:
        """What each bank account adds up to.

        id, name, currency, external, transactions (counts by status), settled_cents (also the balance),
        authorized_balance_cents.
        """
        accounts: list[Json] = self.json("GET", "/truth")["accounts"]
        return accounts

    def counts(self) -> dict[str, int]:
        """How many records of each resource a complete copy has."""
        counts: dict[str, int] = self.json("GET", "/truth")["records"]
        return counts

    def grant(self, scope: str | None = None) -> Json:
        """Fresh tokens, for these scopes or for all: what an approval would have led to.

        access_token, refresh_token (with `offline_access`), expires_in, scope, client_id, client_secret.
        """
        grant: Json = self.json("POST", "/grants", {"scope": scope})
        return grant

    def greeting(self) -> str:
        """Where the API is, and what opens it."""
        return f"{self.api_url}   key {self.api_key}"

    def environment(self) -> Mapping[str, str]:
        """The settings of a tap, as environment variables."""
        return {"TAP_QONTO_API_URL": self.api_url, "TAP_QONTO_API_KEY": self.api_key}
