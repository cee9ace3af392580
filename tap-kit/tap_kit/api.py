"""What a vendor's API is, as data: the facts that the client and the pages need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tap_kit.client import Client
    from tap_kit.limiter import Rate
    from tap_kit.sign_in import SignIn

Json = Any
Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, or one object.

    Attributes:
        records: the vendor's records as they came.
        total: how many records all pages together hold, where the vendor tells.
        pages: how many pages there are, where the vendor tells.
        more: whether the vendor announces a further page.
        received_at: when the answer was received, UTC.
    """

    records: list[dict[str, Any]]
    total: int | None = None
    pages: int | None = None
    more: bool = False
    received_at: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """Whose data it is: the name, and what tells it from others at the vendor."""

    name: str
    number: str

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class PageParams(Protocol):
    """Returns the query parameters that ask for a page, the first being 1."""

    def __call__(self, number: int, /) -> Params:
        """Return the parameters of page `number`."""


@dataclass(frozen=True)
class Api:
    """One vendor's API, seen with one credential.

    Attributes:
        vendor: the vendor's name as its users write it.
        url: where every path starts, without a trailing slash.
        sign_in: the headers that say who asks.
        rates: the vendor's request budget per credential, shortest window first.
        in_flight: the greatest number of requests at a time.
        page_params: the query parameters that ask for page `number`.
        size_params: those of them that say how many records a page holds.
        read_page: takes a decoded answer and the name of its list, and returns the page.
            Raises LookupError where the answer holds no such list.
        company: asks which company it is.
        error_code: takes an error's body, decoded, or as text if it is no JSON, and returns the vendor's code or "".
        access_hint: says what to change when a stream is refused, given the vendor's code.
        access_codes: codes of a 4xx that say that a right, scope or licence is missing.
        retry_codes: codes of a 4xx that another attempt may not meet.
        not_json_hint: says what an answer that is not JSON means here.
        zone: the time zone of moments that come without one.
        no_right: the text that stands in a field for a value which the credential's owner may not see.
    """

    vendor: str
    url: str
    sign_in: SignIn
    rates: Sequence[Rate]
    in_flight: int
    page_params: PageParams
    read_page: Callable[[Json, str], Page]
    company: Callable[[Client], Company]
    error_code: Callable[[Json], str]
    access_hint: Callable[[str], str]
    credentials_hint: str
    not_json_hint: str = ""
    size_params: Mapping[str, Any] = field(default_factory=dict)
    access_codes: frozenset[str] = frozenset()
    retry_codes: frozenset[str] = frozenset()
    zone: tzinfo = field(default=UTC)
    no_right: str = ""
