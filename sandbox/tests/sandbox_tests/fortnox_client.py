"""Someone who asks Fortnox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from sandbox import Sandbox

Json = dict[str, Any]
META = "MetaInformation"


class FortnoxClient:
    """A client with a token for every scope."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.fortnox = sandbox.fortnox
        self.fortnox.limit()
        self.session = requests.Session()
        self.renew()

    def renew(self, scope: str | None = None) -> None:
        token = self.fortnox.grant(scope)["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, path: str, /, **params: Any) -> requests.Response:
        return self.session.get(f"{self.fortnox.api_url}/{path}", params=params, timeout=5)

    def get(self, path: str, /, **params: Any) -> Any:
        response = self.ask(path, **params)
        assert response.status_code == 200, response.text
        return response.json()

    def rows(self, path: str, /, **params: Any) -> list[Json]:
        """The list of one answer."""
        answer = self.get(path, **params)
        (key,) = answer.keys() - {META}
        found: list[Json] = answer[key]
        return found

    def all(self, path: str, /, limit: int = 500, **params: Any) -> list[Json]:
        """Every page."""
        found: list[Json] = []
        page, pages = 1, 1
        while page <= pages:
            answer = self.get(path, limit=limit, page=page, **params)
            pages = answer.pop(META)["@TotalPages"]
            page += 1
            (rows,) = answer.values()
            found += rows
        return found

    def error(self, path: str, /, **params: Any) -> tuple[int, Any]:
        """Status, and the code of the body however it is spelled."""
        response = self.ask(path, **params)
        information = response.json()["ErrorInformation"]
        return response.status_code, {key.lower(): value for key, value in information.items()}["code"]
