"""A second run of the same streams is noticed, on this machine and on others, for as long as the first one lives."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from tap_kit import shared_vault
from tap_kit.errors import TapError
from tap_kit.testing import Query, Reply, vendor

from .bank import STREAMS, WHO, BankTap, connection

if TYPE_CHECKING:
    from pathlib import Path

    from .google_fake import Google, Store


def test_one_run_at_a_time(where: str) -> None:
    with connection(where).run(STREAMS):
        with pytest.raises(TapError, match=WHO) as raised:
            connection(where).run(reversed(STREAMS)).__enter__()
        assert type(raised.value).exit_code == 1
    with connection(where).run(STREAMS):
        pass


def test_other_streams_and_other_connections_run_beside_it(where: str) -> None:
    with (
        connection(where).run(STREAMS),
        connection(where).run(STREAMS[:1]),
        connection(where, "another seed").run(STREAMS),
        connection(where).locked() as stored,
    ):
        stored.save("t0ken")
    assert connection(where).look().refresh_token == "t0ken"


def test_of_many_at_once_one_runs(where: str) -> None:
    """All try before the first one ends."""
    tried = threading.Barrier(6)

    def run() -> bool:
        try:
            with connection(where).run(STREAMS):
                tried.wait(60)
                return True
        except TapError:
            tried.wait(60)
            return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda _: run(), range(6))) == 1


def test_a_run_that_was_killed_does_not_stop_the_next_one_on_this_machine(tmp_path: Path) -> None:
    where = str(tmp_path / "tokens.json")
    script = (
        "import sys, time; from tap_kit.token_store import TokenStore\n"
        "with TokenStore(sys.argv[1], tap='tap-test', seed='seed').run(['invoices', 'vouchers']):\n"
        "    print('runs', flush=True); time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, where], stdout=subprocess.PIPE) as killed:
        assert killed.stdout
        assert killed.stdout.readline() == b"runs\n"
        with pytest.raises(TapError, match=WHO):
            connection(where).run(STREAMS).__enter__()
        os.kill(killed.pid, signal.SIGKILL)
    with connection(where).run(STREAMS):
        pass


def test_a_run_that_was_killed_elsewhere_ends_by_the_clock_of_the_store(google: Google, store: Store) -> None:
    google.ahead = -86_400
    dead = connection(store.where)
    assert dead._vault._take("run x", "somebody who was killed")
    with pytest.raises(TapError, match=WHO + r": let it end; if it was killed, run again after (\d\d:?){3} UTC$"):
        connection(store.where)._vault.alone("x").__enter__()
    google.ahead += 170
    with pytest.raises(TapError):
        connection(store.where)._vault.alone("x").__enter__()
    google.ahead += 11
    with connection(store.where)._vault.alone("x"):
        pass


def test_a_run_that_lives_keeps_its_lease(google: Google, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day passes by the clock of the store, while the lease is renewed."""
    monkeypatch.setattr(shared_vault, "_BEAT", 0.005)
    with connection(store.where).run(STREAMS):
        (first,) = store.content()["leases"].values()
        for _ in range(5):
            with google.changed:
                google.ahead += 170
                was = store.content()["leases"]
                assert google.changed.wait_for(lambda was=was: store.content()["leases"] != was, 30)
        with pytest.raises(TapError, match=re.escape(first["since"][:10])):
            connection(store.where).run(STREAMS).__enter__()
        (last,) = store.content()["leases"].values()
    assert (last["since"], last["owner"]) == (first["since"], first["owner"])
    assert store.content()["leases"] == {}


@pytest.mark.usefixtures("capsys")
def test_a_tap_holds_its_connection_while_it_runs_and_asks_nothing_beside_another(where: str) -> None:
    found: list[str] = []

    def answer(_: str, __: Query) -> Reply:
        try:
            with connection(where).run(["invoices"]):
                found.append("nobody runs")
        except TapError as error:
            found.append(str(error))
        return Reply({"records": [{"id": 1}]})

    with vendor(answer) as bank:
        config = {"url": bank.url, "token_store": where}
        BankTap(config=config).run()
        assert re.match(WHO, found[0])
        del bank.asked[:]
        with connection(where).run(["invoices"]), pytest.raises(TapError, match=WHO):
            BankTap(config=config).run()
        assert bank.asked == []
        BankTap(config={"url": bank.url}).run()
        assert found[-1] == "nobody runs", "without a token store there is nothing to hold"
