"""Steers the company behind Procountor's API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sandbox.endpoint import Json, VendorControl
from sandbox.procountor import facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

READING = ("/oauth/token", "/login", "/reports/accounting", "/reports/ledgeraccounts")
GENERAL_LEDGER = "/reports/generalledger/"
KEYS = ("id", "attachmentId", "uuid", "code", "ledgerAccountCode")
REDIRECT_URI = "http://localhost:8080/callback"


class ProcountorControl(VendorControl):
    """The company behind Procountor's API."""

    name = "procountor"
    unable_to_connect: ClassVar[Json] = {
        "kind": "answer",
        "status": 400,
        "body": {"errors": [{"status": 400, "message": "UNABLE_TO_GET_CONNECTION"}]},
    }
    """For `do` of a fault: how Procountor says that it has too much to do."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = f"{url}/procountor/latest/api"
        self.auth_url = f"{self.url}/oauth/token"
        self.login_url = f"{url}/procountor/login"
        self.company_id = facts.COMPANY_ID
        self.client_id = facts.CLIENT_ID
        self.client_secret = facts.CLIENT_SECRET
        self.api_key = facts.API_KEY
        self.redirect_uri = REDIRECT_URI

    def grant(self) -> Json:
        """Fresh tokens, as after signing in.

        access_token, refresh_token, expires_in, client_id, client_secret, redirect_uri.
        """
        grant: Json = self.json("POST", "/grants")
        own = {"client_id": self.client_id, "client_secret": self.client_secret, "redirect_uri": self.redirect_uri}
        return grant | own

    def tokens(self) -> dict[str, int]:
        """How many access tokens were issued over the token endpoint, by grant type."""
        issued: dict[str, int] = self.json("GET", "/tokens")
        return issued

    @property
    def side_effects(self) -> list[Json]:
        """Requests in the log that would have changed something at Procountor."""
        return [entry for entry in self.log() if entry["method"] not in {"GET", "HEAD"} and not reads(entry["path"])]

    def faults(self, rules: Sequence[Json]) -> None:
        """Replace all fault rules, of every vendor; an empty list ends them."""
        self._whole.call("PUT", "/faults", list(rules))

    def truth(self, resource: str) -> dict[Any, Json]:
        """What a complete copy of a resource has: each record with all its fields, by its key."""
        return {next(record[key] for key in KEYS if key in record): record for record in self.records(resource)}

    def balances(self, start: str = facts.HISTORY_START, end: str = "9999-12-31") -> dict[str, dict[str, int]]:
        """Cents by account and month (`2026-06`) of the receipts that are official, between two days."""
        balances: dict[str, dict[str, int]] = self.json("GET", f"/balances?start={start}&end={end}")
        return balances

    def add_record(self, resource: str, n: int = 1, **values: Any) -> list[Any]:
        """The ids of `n` new ones with these values."""
        added: list[Any] = self.mutate("add_record", resource=resource, n=n, set=values)["ids"]
        return added

    def edit_record(self, resource: str, *ids: Any, n: int = 1, **values: Any) -> list[Any]:
        """These, or `n` drawn ones, get other values; the ids after it: those of ledger receipts are new."""
        chosen = {"ids": ids} if ids else {"n": n}
        edited: list[Any] = self.mutate("edit_record", resource=resource, set=values, **chosen)["ids"]
        return edited

    def delete_record(self, resource: str, *ids: Any, n: int = 1) -> list[Any]:
        """These, or `n` drawn ones, vanish."""
        chosen = {"ids": ids} if ids else {"n": n}
        deleted: list[Any] = self.mutate("delete_record", resource=resource, **chosen)["ids"]
        return deleted

    def storm(self, n: int = 200, seed: int = 1) -> dict[str, int]:
        """Random lawful changes; how often each kind was made."""
        done: dict[str, int] = self.mutate("storm", n=n, seed=seed)["done"]
        return done

    def greeting(self) -> str:
        """Where the API is, and what opens it."""
        return f"{self.url}   client {self.client_id}, secret {self.client_secret}"

    def environment(self) -> Mapping[str, str]:
        """The settings of a tap, as environment variables."""
        return {
            "TAP_PROCOUNTOR_API_URL": self.url,
            "TAP_PROCOUNTOR_AUTH_URL": self.auth_url,
            "TAP_PROCOUNTOR_LOGIN_URL": self.login_url,
            "TAP_PROCOUNTOR_CLIENT_ID": self.client_id,
            "TAP_PROCOUNTOR_CLIENT_SECRET": self.client_secret,
            "TAP_PROCOUNTOR_API_KEY": self.api_key,
        }


def reads(path: str) -> bool:
    """Whether a POST to this path changes nothing."""
    return path.endswith(READING) or GENERAL_LEDGER in path
