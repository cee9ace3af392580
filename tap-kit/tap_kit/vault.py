"""What a token store keeps its tokens in: a small document that processes, or machines, take turns with."""

from __future__ import annotations

import socket
from datetime import datetime  # noqa: TC003 - msgspec reads it
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from tap_kit.errors import TapError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

Entries = dict[str, dict[str, Any]]


class Holder(msgspec.Struct, frozen=True):
    """Who holds something.

    Attributes:
        host: the machine.
        since: when it was taken.
        until: when it ends unless it is renewed; None if it ends with the process.
    """

    host: str
    since: datetime
    until: datetime | None = None


class Hold:
    """What a run holds for itself; it may lose it to another one, while it is cut off from where it is noted."""

    def __init__(self) -> None:
        self._lost: TapError | None = None

    def lose(self, error: TapError) -> None:
        """Note that another run has it now. For any thread."""
        self._lost = error

    def check(self) -> None:
        """Raise the TapError if it is lost: two runs must not ask and send at once. For any thread."""
        if self._lost:
            raise self._lost


class Vault(Protocol):
    """Keeps an entry for each seed. What cannot be read or written is a ConfigError or a TapError that names it."""

    def entries(self) -> Entries:
        """Return what is kept now."""

    def put(self, seed: str, entry: Mapping[str, Any] | None) -> None:
        """Keep an entry, or none: on return it is written for sure."""

    def turn(self) -> AbstractContextManager[Entries]:
        """Wait for one's turn to renew a token; nobody else does until it is left. Gives what is kept then."""

    def alone(self, name: str) -> AbstractContextManager[Hold]:
        """Hold a name for a run, or raise a TapError at once that says who holds it."""


def host() -> str:
    """Return what this machine is called."""
    return socket.gethostname()


def under_way(where: str, holder: Holder | None) -> TapError:
    """Return the error of a run that would be the second one."""
    known = f", since {holder.since:%Y-%m-%d %H:%M:%S} UTC on {holder.host}" if holder else ""
    ends = f"; if it was killed, run again after {holder.until:%H:%M:%S} UTC" if holder and holder.until else ""
    return TapError(f"another run of these streams is under way{known} (token_store {where}): let it end{ends}")


def taken_over(where: str, holder: Holder) -> TapError:
    """Return the error of a holder that was cut off for so long that another one took its place."""
    since = f"{holder.since:%Y-%m-%d %H:%M:%S} UTC"
    return TapError(f"cut off from token_store {where} for too long: {holder.host} took over at {since} and goes on")


def in_use(where: str, holder: Holder | None) -> TapError:
    """Return the error of a renewal whose turn does not come."""
    known = f"{holder.host}, since {holder.since:%Y-%m-%d %H:%M:%S} UTC" if holder else "another process"
    return TapError(f"token_store {where} is held by {known}: see whether a run hangs")
