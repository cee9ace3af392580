"""Steers the company that keeps its books with Fortnox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.endpoint import Json, VendorControl
from sandbox.fortnox import facts

if TYPE_CHECKING:
    from collections.abc import Mapping


class FortnoxControl(VendorControl):
    """The company that keeps its books with Fortnox."""

    name = "fortnox"

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.api_url = f"{url}/fortnox"
        self.auth_url = f"{url}/fortnox/oauth-v1"
        self.client_id, self.client_secret = facts.CLIENT_ID, facts.CLIENT_SECRET
        self.tenant_id = facts.TENANT
        self.organization_number = facts.ORGANISATION

    def counts(self) -> dict[str, int]:
        """How many records of each resource a complete copy has."""
        counts: dict[str, int] = self.json("GET", "/truth")["records"]
        return counts

    def trial_balance(self, year: int) -> dict[int, Json]:
        """`opening` and `closing` of each account that is not empty, in öre, debit above zero; `year` is an id."""
        return {int(account): sums for account, sums in self.json("GET", f"/balances/{year}").items()}

    def grant(self, scope: str | None = None) -> Json:
        """Fresh tokens, for these scopes or for all: what a consent would have led to.

        access_token, refresh_token, expires_in, token_type, scope, client_id, client_secret, tenant_id.
        """
        grant: Json = self.json("POST", "/grants", {"scope": scope})
        return grant

    def tokens(self) -> dict[str, int]:
        """How many token requests were answered, by `grant_type`, and how many were `refused`."""
        tokens: dict[str, int] = self.json("GET", "/tokens")
        return tokens

    def side_effects(self) -> list[Json]:
        """GETs that sent or printed a document: method, path, at. A reader leaves it empty."""
        done: list[Json] = self.json("GET", "/side_effects")
        return done

    def add_record(self, resource: str, n: int = 1, **values: Any) -> list[Any]:
        """The ids of `n` new ones with these values; what is due is booked."""
        added: list[Any] = self.mutate("add_record", resource=resource, n=n, set=values)["ids"]
        return added

    def edit_record(self, resource: str, *ids: Any, n: int = 1, **values: Any) -> list[Any]:
        """These, or `n` drawn ones, get other values; their ids."""
        chosen = {"ids": ids} if ids else {"n": n}
        edited: list[Any] = self.mutate("edit_record", resource=resource, set=values, **chosen)["ids"]
        return edited

    def delete_record(self, resource: str, *ids: Any, n: int = 1) -> list[Any]:
        """These, or `n` drawn ones that nothing refers to, vanish; their ids."""
        chosen = {"ids": ids} if ids else {"n": n}
        deleted: list[Any] = self.mutate("delete_record", resource=resource, **chosen)["ids"]
        return deleted

    def storm(self, n: int = 200, seed: int = 1) -> Json:
        """So many random changes, each of them lawful; returns `now` and the `ids` of what changed."""
        return self.mutate("storm", n=n, seed=seed)

    def greeting(self) -> str:
        """Where the API is, and what opens it."""
        return f"{self.api_url}   client {self.client_id}, secret {self.client_secret}, tenant {self.tenant_id}"

    def environment(self) -> Mapping[str, str]:
        """The settings of a tap, as environment variables."""
        return {
            "TAP_FORTNOX_API_URL": self.api_url,
            "TAP_FORTNOX_AUTH_URL": self.auth_url,
            "TAP_FORTNOX_CLIENT_ID": self.client_id,
            "TAP_FORTNOX_CLIENT_SECRET": self.client_secret,
            "TAP_FORTNOX_TENANT_ID": str(self.tenant_id),
        }
