"""The sandbox's admin endpoint, as tests and commands call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sandbox import local

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]


class RefusedError(Exception):
    """The sandbox does not do this; the message says why."""


class Endpoint:
    """One part of the admin endpoint."""

    def __init__(self, url: str) -> None:
        self._url = url

    def call(self, method: str, path: str, body: Any = None) -> bytes:
        """The answer's content. RefusedError for any but 2xx."""
        data = None if body is None else msgspec.json.encode(body)
        response = local.call(method, f"{self._url}{path}", data)
        if not response.ok:
            raise RefusedError(f"{path}: {response.text}")
        return response.content

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """The answer, decoded. RefusedError for any but 2xx."""
        return msgspec.json.decode(self.call(method, path, body))


class VendorControl(Endpoint):
    """The company behind one vendor's API: what every vendor has."""

    name: str
    """First part of the vendor's paths."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url}/_sandbox/{self.name}")
        self._whole = Endpoint(f"{url}/_sandbox")

    def greeting(self) -> str:
        """Where the API is, and what opens it."""
        raise NotImplementedError

    def environment(self) -> Mapping[str, str]:
        """The settings of a tap, as environment variables."""
        raise NotImplementedError

    def log(self) -> list[Json]:
        """Requests to this vendor's paths, oldest first."""
        return [entry for entry in self._whole.json("GET", "/log") if entry["path"].startswith(f"/{self.name}/")]

    def limit(self, *windows: tuple[int, float], retry_after: bool = False) -> None:
        """So many requests in so many seconds, for each window; without any, no limit."""
        self._whole.call("PUT", f"/limit/{self.name}", {"windows": windows, "retry_after": retry_after})

    def records(self, resource: str) -> list[Json]:
        """All records of a resource, as the API writes them; those of the small lists too that it shows in part."""
        return [msgspec.json.decode(line) for line in self.call("GET", f"/records/{resource}").splitlines()]

    def mutate(self, kind: str, **fields: Any) -> Json:
        """Apply one mutation; returns `now` and the `ids` of what changed."""
        return self.mutate_all([{"kind": kind, **fields}])[0]

    def mutate_all(self, mutations: Sequence[Json]) -> list[Json]:
        """Apply several, with no request of anyone else in between."""
        done: list[Json] = self.json("POST", "/mutations", list(mutations))
        return done

    def settings(self, **choices: Any) -> Json:
        """Choose among readings of the documentation; all others go back to their defaults."""
        settings: Json = self.json("PUT", "/settings", choices)
        return settings
