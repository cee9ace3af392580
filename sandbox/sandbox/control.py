"""A running sandbox, steered over its admin endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.endpoint import Endpoint, Json, RefusedError, VendorControl
from sandbox.fortnox.control import FortnoxControl
from sandbox.procountor.control import ProcountorControl
from sandbox.qonto.control import QontoControl

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Control", "RefusedError"]


class Control(Endpoint):
    """A running sandbox, by its URL."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url}/_sandbox")
        self.url = url
        self.qonto = QontoControl(url)
        self.fortnox = FortnoxControl(url)
        self.procountor = ProcountorControl(url)
        self.vendors: tuple[VendorControl, ...] = (self.qonto, self.fortnox, self.procountor)

    def health(self) -> Json:
        """Answers as soon as the sandbox does."""
        health: Json = self.json("GET", "/health")
        return health

    def log(self) -> list[Json]:
        """Requests to the vendors' paths, oldest first.

        number, method, path, query (lists of values), headers (names), started, seconds, status, fault.
        """
        entries: list[Json] = self.json("GET", "/log")
        return entries

    def clear_log(self) -> None:
        """Forget the requests so far."""
        self.call("DELETE", "/log")

    def faults(self, rules: Sequence[Json]) -> None:
        """Replace all fault rules; an empty list ends them."""
        self.call("PUT", "/faults", list(rules))

    def now(self) -> str:
        """The company's time."""
        now: str = self.json("GET", "/clock")["now"]
        return now

    def advance_clock(self, seconds: float) -> str:
        """Move the company's time on; returns it."""
        now: str = self.json("POST", "/clock", {"seconds": seconds})["now"]
        return now

    def latency(self, ms: float) -> None:
        """Of every answer from now on."""
        self.call("PUT", "/latency", {"ms": ms})

    def limit(self, *windows: tuple[int, float], retry_after: bool = False, vendor: str = "qonto") -> None:
        """So many requests in so many seconds, for each window; without any, no limit."""
        self.call("PUT", f"/limit/{vendor}", {"windows": windows, "retry_after": retry_after})
