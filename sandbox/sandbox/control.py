"""A running sandbox, steered over its admin endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sandbox.local import call
from sandbox.qonto import facts

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]


class RefusedError(Exception):
    """The sandbox does not do this; the message says why."""


class Endpoint:
    """One part of the admin endpoint."""

    def __init__(self, url: str) -> None:
        self._url = url

    def _call(self, method: str, path: str, body: Any = None) -> bytes:
        data = None if body is None else msgspec.json.encode(body)
        response = call(method, f"{self._url}{path}", data)
        if not response.ok:
            raise RefusedError(f"{path}: {response.text}")
        return response.content

    def _json(self, method: str, path: str, body: Any = None) -> Any:
        return msgspec.json.decode(self._call(method, path, body))


class QontoControl(Endpoint):
    """The company behind Qonto's API."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url}/_sandbox/qonto")
        self.api_url = f"{url}/qonto/v2"
        self.auth_url = f"{url}/qonto/oauth2"
        self.api_key = facts.API_KEY

    def truth(self) -> list[Json]:
        """What each bank account adds up to.

        id, name, currency, external, transactions (counts by status), settled_cents (also the balance),
        authorized_balance_cents.
        """
        accounts: list[Json] = self._json("GET", "/truth")["accounts"]
        return accounts

    def counts(self) -> dict[str, int]:
        """How many records of each resource a complete copy has."""
        counts: dict[str, int] = self._json("GET", "/truth")["records"]
        return counts

    def grant(self, scope: str | None = None) -> Json:
        """Fresh tokens, for these scopes or for all: what an approval would have led to.

        access_token, refresh_token (with `offline_access`), expires_in, scope, client_id, client_secret.
        """
        grant: Json = self._json("POST", "/grants", {"scope": scope})
        return grant

    def records(self, resource: str) -> list[Json]:
        """All records of a resource, as the API writes them; those of the small lists too that it shows in part."""
        return [msgspec.json.decode(line) for line in self._call("GET", f"/records/{resource}").splitlines()]

    def mutate(self, kind: str, **fields: Any) -> Json:
        """Apply one mutation; returns `now` and the `ids` of what changed."""
        return self.mutate_all([{"kind": kind, **fields}])[0]

    def mutate_all(self, mutations: Sequence[Json]) -> list[Json]:
        """Apply several, with no request of anyone else in between."""
        done: list[Json] = self._json("POST", "/mutations", list(mutations))
        return done

    def settings(self, **choices: Any) -> Json:
        """Choose among readings of the documentation; all others go back to their defaults."""
        settings: Json = self._json("PUT", "/settings", choices)
        return settings


class Control(Endpoint):
    """A running sandbox, by its URL."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url}/_sandbox")
        self.url = url
        self.qonto = QontoControl(url)

    def health(self) -> Json:
        """Answers as soon as the sandbox does."""
        health: Json = self._json("GET", "/health")
        return health

    def log(self) -> list[Json]:
        """Requests to the vendors' paths, oldest first.

        number, method, path, query (lists of values), headers (names), started, seconds, status, fault.
        """
        entries: list[Json] = self._json("GET", "/log")
        return entries

    def clear_log(self) -> None:
        """Forget the requests so far."""
        self._call("DELETE", "/log")

    def faults(self, rules: Sequence[Json]) -> None:
        """Replace all fault rules; an empty list ends them."""
        self._call("PUT", "/faults", list(rules))

    def now(self) -> str:
        """The company's time."""
        now: str = self._json("GET", "/clock")["now"]
        return now

    def advance_clock(self, seconds: float) -> str:
        """Move the company's time on; returns it."""
        now: str = self._json("POST", "/clock", {"seconds": seconds})["now"]
        return now

    def latency(self, ms: float) -> None:
        """Of every answer from now on."""
        self._call("PUT", "/latency", {"ms": ms})

    def limit(self, *windows: tuple[int, float], retry_after: bool = False, vendor: str = "qonto") -> None:
        """So many requests in so many seconds, for each window; without any, no limit."""
        self._call("PUT", f"/limit/{vendor}", {"windows": windows, "retry_after": retry_after})
