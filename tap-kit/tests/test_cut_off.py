"""A run that cannot reach its token store goes on, until it sees that another one has taken its place."""

from __future__ import annotations

import json
import re
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit import shared_vault
from tap_kit.errors import RunStoppedError, TapError
from tap_kit.testing import Query, Reply, vendor
from tap_kit.vault import Hold

from .bank import STREAMS, WHO, BankTap, connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from tap_kit.token_store import TokenStore

    from .google_fake import Google, Store

TAKEN = r"cut off from token_store \S+ for too long: \S+ took over at \d{4}(-\d\d){2} (\d\d:?){3} UTC and goes on"


class Warnings:
    """What the vault warns of, from any thread."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.warned = threading.Event()

    def __call__(self, text: str, *of: object) -> None:
        self.said.append(text % of)
        self.warned.set()


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> Warnings:
    """While leases are renewed all the time."""
    heard = Warnings()
    monkeypatch.setattr(shared_vault, "_BEAT", 0.005)
    monkeypatch.setattr(shared_vault.logger, "warning", heard)
    return heard


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once any run has lost its hold, while leases are renewed all the time."""
    told, lose = threading.Event(), Hold.lose
    monkeypatch.setattr(shared_vault, "_BEAT", 0.005)
    monkeypatch.setattr(Hold, "lose", lambda hold, error: (lose(hold, error), told.set()))
    return told


@contextmanager
def cut_off(asleep: TokenStore, google: Google, other: AbstractContextManager[Any]) -> Iterator[None]:
    """While the first one cannot renew its lease, another one takes it, and goes on."""
    with ExitStack() as taken:
        with asleep._vault._lock:
            google.ahead += 200
            taken.enter_context(other)
        yield


def test_a_run_whose_place_was_taken_loses_its_hold(google: Google, store: Store, lost: threading.Event) -> None:
    asleep = connection(store.where)
    with ExitStack() as other:
        with asleep.run(STREAMS) as hold:
            hold.check()
            other.enter_context(cut_off(asleep, google, connection(store.where).run(STREAMS)))
            assert lost.wait(30)
            with pytest.raises(TapError, match=TAKEN) as raised:
                hold.check()
            assert type(raised.value).exit_code == 1
        assert len(store.content()["leases"]) == 1, "it gives nothing back that is another's"
    assert store.content()["leases"] == {}


def test_a_renewal_whose_turn_was_taken_is_a_warning(google: Google, store: Store, warnings: Warnings) -> None:
    asleep = connection(store.where)
    with asleep.locked(), cut_off(asleep, google, connection(store.where).locked()):
        assert warnings.warned.wait(30)
    assert re.fullmatch(TAKEN, warnings.said[0])


def test_a_store_that_fails_for_a_while_does_not_stop_a_run(google: Google, store: Store, warnings: Warnings) -> None:
    with connection(store.where).run(STREAMS) as hold:
        google.fault = lambda *_: 503
        assert warnings.warned.wait(30)
        assert warnings.said[0].startswith(f"A lease could not be renewed: token_store {store.where} fails")
        with google.changed:
            google.ahead += 200
            was = store.content()["leases"]
            google.fault = lambda *_: None
            assert google.changed.wait_for(lambda: store.content()["leases"] != was, 30)
        hold.check()
        with pytest.raises(TapError, match=WHO):
            connection(store.where).run(STREAMS).__enter__()


def test_a_lease_that_cannot_be_given_back_ends_by_itself(google: Google, store: Store, warnings: Warnings) -> None:
    with connection(store.where).run(STREAMS):
        google.fault = lambda *_: 503
    assert warnings.said[-1].startswith("A lease could not be given back and ends in 180 s: ")


@pytest.mark.parametrize("pages", [1, 40])
def test_a_tap_that_was_cut_off_asks_and_sends_nothing_more(
    google: Google, store: Store, lost: threading.Event, capsys: pytest.CaptureFixture[str], pages: int
) -> None:
    """Another run takes over while the vendor answers for the first time, and is still under way at the end."""
    others = ExitStack()

    def answer(_: str, query: Query) -> Reply:
        if query["page"] == ["1"]:
            mine = tap.api.sign_in.store
            others.enter_context(cut_off(mine, google, connection(store.where).run(["invoices"])))
            assert lost.wait(30)
        return Reply({"records": [{"id": int(query["page"][0])}], "pages": pages})

    with vendor(answer) as bank, others:
        tap = BankTap(config={"url": bank.url, "token_store": store.where})
        with pytest.raises((TapError, RunStoppedError), match=TAKEN):
            tap.run()
        assert len(bank.asked) == 1
    assert [json.loads(line)["type"] for line in capsys.readouterr().out.splitlines()] == ["SCHEMA"]
