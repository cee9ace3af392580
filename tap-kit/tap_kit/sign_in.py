"""How a request shows who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_kit.token_store import TokenStore


class SignIn(Protocol):
    """The headers that sign a request. Every method may be called from any thread.

    Attributes:
        store: where runs with this sign-in notice each other; None if they do not.
        days_left: days until somebody has to sign in again; None if that is not known, or never.
    """

    store: TokenStore | None
    days_left: int | None

    def headers(self) -> Mapping[str, str]:
        """Return the headers of the next request."""

    def renew(self, refused: Mapping[str, str]) -> bool:
        """Return whether there are other headers now than those which the vendor refused."""


class ApiKey:
    """Headers that never change."""

    days_left: int | None = None

    def __init__(self, headers: Mapping[str, str], store: TokenStore | None = None) -> None:
        """Take the headers, and where runs notice each other."""
        self._headers = dict(headers)
        self.store = store

    def headers(self) -> Mapping[str, str]:
        """Return the headers."""
        return self._headers

    def renew(self, refused: Mapping[str, str]) -> bool:
        """Return False: a key that is refused stays refused."""
        del refused
        return False
