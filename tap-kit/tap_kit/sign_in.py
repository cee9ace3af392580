"""How a request shows who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class SignIn(Protocol):
    """The headers that sign a request. Every method may be called from any thread."""

    def headers(self) -> Mapping[str, str]:
        """Return the headers of the next request."""

    def renew(self, refused: Mapping[str, str]) -> bool:
        """Return whether there are other headers now than those which the vendor refused."""


class ApiKey:
    """Headers that never change."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        """Take the headers."""
        self._headers = dict(headers)

    def headers(self) -> Mapping[str, str]:
        """Return the headers."""
        return self._headers

    def renew(self, refused: Mapping[str, str]) -> bool:
        """Return False: a key that is refused stays refused."""
        del refused
        return False
