"""Tokens in a document that machines share: each change is made to the version that was seen, or not at all.

Who renews a token, or runs, holds a lease in the same document. It is renewed while its holder lives and ends by itself
after that, by the clock of the place and no other.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

import msgspec
from tenacity import Retrying, retry_if_exception_type, wait_random_exponential

from tap_kit.errors import TapError, TryAgainError
from tap_kit.vault import Entries, Hold, Holder, host, in_use, taken_over, under_way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from tenacity import RetryCallState

logger = logging.getLogger(__name__)

_LASTS = timedelta(minutes=3)  # a lease, without being renewed
_BEAT = 60.0  # seconds between two renewals of a lease
_PATIENCE = 240.0  # seconds to wait for one's turn: longer than a lease whose holder is dead
_PAUSE = 2.0  # seconds between two looks


class Lease(Holder, frozen=True):
    """Held by whoever knows the `owner`, a word of its own for each time that something is taken."""

    owner: str = ""


class Content(msgspec.Struct, frozen=True):
    """What the document holds."""

    tokens: Entries = {}
    leases: dict[str, Lease] = {}


@dataclass(frozen=True)
class Seen:
    """The document as it was, the version that the place knows it by, and the place's own time when it said so."""

    content: Content
    version: Any
    date: datetime
    _at: float = field(default_factory=time.monotonic)

    @property
    def now(self) -> datetime:
        """The present moment by the clock of the place."""
        return self.date + timedelta(seconds=time.monotonic() - self._at)


class Place(Protocol):
    """Where the document lives. What may work at another time is a TryAgainError."""

    where: str

    def read(self) -> Seen:
        """Return the document, empty if there is none yet."""

    def write(self, content: Content, seen: Seen) -> Seen:
        """Replace what was seen; if it is no longer there, raise a TryAgainError and leave everything as it is."""


class SharedVault:
    """A vault for any number of machines. Every method may be called from any thread."""

    def __init__(self, place: Place) -> None:
        """Take where the document lives."""
        self._place = place
        self._seen: Seen | None = None
        self._lock = threading.Lock()

    def entries(self) -> Entries:
        """Return what is kept now."""
        return self._change(lambda seen: seen.content, anew=True).content.tokens

    def put(self, seed: str, entry: Mapping[str, Any] | None) -> None:
        """Write, and read back after an answer that was lost, until the entry is there for sure."""

        def change(seen: Seen) -> Content:
            tokens = {key: value for key, value in seen.content.tokens.items() if key != seed}
            return Content(tokens | ({seed: dict(entry)} if entry else {}), seen.content.leases)

        self._change(change)

    @contextmanager
    def turn(self) -> Iterator[Entries]:
        """Wait for the lease of whoever renews, a dead one's until it ends."""
        with self._lease("renewal", _PATIENCE, in_use, _warn) as seen:
            yield seen.content.tokens

    @contextmanager
    def alone(self, name: str) -> Iterator[Hold]:
        """Hold a lease of the name."""
        hold = Hold()
        with self._lease(f"run {name}", 0, under_way, hold.lose):
            yield hold

    @contextmanager
    def _lease(
        self,
        name: str,
        patience: float,
        refusal: Callable[[str, Lease], TapError],
        lost: Callable[[TapError], None],
    ) -> Iterator[Seen]:
        owner, done, gives_up = uuid4().hex, threading.Event(), time.monotonic() + patience
        while isinstance(taken := self._take(name, owner), Lease):
            if time.monotonic() >= gives_up:
                raise refusal(self._place.where, taken)
            time.sleep(_PAUSE)
        threading.Thread(target=self._keep, args=(name, owner, done, lost), daemon=True).start()
        try:
            yield taken
        finally:
            done.set()
            self._give_back(name, owner)

    def _take(self, name: str, owner: str) -> Seen | Lease:
        """Take a lease; return the document as it is then, or the lease of somebody else."""
        seen = self._change(lambda seen: _leased(seen, name, owner), anew=True)
        lease = seen.content.leases[name]
        return seen if lease.owner == owner else lease

    def _keep(self, name: str, owner: str, done: threading.Event, lost: Callable[[TapError], None]) -> None:
        """Renew a lease until it is given back, or found to be somebody else's."""
        while not done.wait(_BEAT):
            try:
                seen = self._change(lambda s: s.content if done.is_set() else _leased(s, name, owner), anew=True)
            except TapError as error:
                logger.warning("A lease could not be renewed: %s", error)
                continue
            if not done.is_set() and (lease := seen.content.leases[name]).owner != owner:
                lost(taken_over(self._place.where, lease))
                return

    def _give_back(self, name: str, owner: str) -> None:
        def change(seen: Seen) -> Content:
            leases = seen.content.leases
            mine = name in leases and leases[name].owner == owner
            return Content(seen.content.tokens, {key: leases[key] for key in leases if not (mine and key == name)})

        try:
            self._change(change)
        except TapError as error:  # what was to be done is done, and the lease ends by itself
            logger.warning("A lease could not be given back and ends in %d s: %s", _LASTS.total_seconds(), error)

    def _change(self, change: Callable[[Seen], Content], *, anew: bool = False) -> Seen:
        """Change the document as it is now; one that is as it should be is left alone.

        After an answer that was lost, or a change by somebody else, it is read again and the change made to that.
        """
        with self._lock:
            if anew:
                self._seen = None
            retrying = Retrying(
                retry=retry_if_exception_type(TryAgainError),
                stop=_enough,
                wait=wait_random_exponential(multiplier=0.5, max=10),
                reraise=True,
            )
            try:
                self._seen = retrying(self._attempt, change)
            except TryAgainError as error:
                raise error.final from error
            return self._seen

    def _attempt(self, change: Callable[[Seen], Content]) -> Seen:
        seen, self._seen = self._seen or self._place.read(), None
        content = change(seen)
        return seen if content == seen.content else self._place.write(content, seen)


def _warn(error: TapError) -> None:
    logger.warning("%s", error)


def _enough(state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome else None
    return isinstance(error, TryAgainError) and state.attempt_number >= error.attempts


def _leased(seen: Seen, name: str, owner: str) -> Content:
    """Return the document with the lease taken or renewed, unless somebody else holds it, and without dead ones."""
    alive = {key: lease for key, lease in seen.content.leases.items() if lease.until and lease.until > seen.now}
    held = alive.get(name)
    if held and held.owner != owner:
        return seen.content
    since = held.since if held else seen.now
    return Content(seen.content.tokens, {**alive, name: Lease(host(), since, seen.now + _LASTS, owner)})
