"""One request, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from tap_kit.api import Json


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes:
        path: under the API's URL.
        shown: the path as messages show it, without numbers of documents and people.
    """

    method: str
    path: str
    params: Mapping[str, Any] | None = None
    json: Json = None
    accept: str = "application/json"
    shown: str = ""

    @property
    def where(self) -> str:
        """What was asked, without the query."""
        return f"{self.method} {self.shown or self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    request: Request
    response: requests.Response
    body: bytes

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def kind(self) -> str:
        """The content type without its parameters."""
        kind: Any = self.response.headers.get("Content-Type", "no content type")
        return str(kind).split(";")[0]
