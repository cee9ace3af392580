"""A second run of the same streams is noticed, on this machine and on others, for as long as the first one lives."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pytest
from tap_kit import shared_vault
from tap_kit.api import Api, Company, Page
from tap_kit.errors import TapError
from tap_kit.limiter import Duration, Rate
from tap_kit.settings import TOKEN_STORE
from tap_kit.sign_in import ApiKey
from tap_kit.table import Stream
from tap_kit.tap import TableTap
from tap_kit.testing import Query, Reply, vendor
from tap_kit.token_store import TokenStore
from tap_kit.writer import Writer

if TYPE_CHECKING:
    from pathlib import Path

    from .google_fake import Google, Store

WHO = r"another run of these streams is under way, since \d{4}(-\d\d){2} (\d\d:?){3} UTC on \S+ \(token_store \S+\)"
STREAMS = ("invoices", "vouchers")


def connection(where: str, seed: str = "seed") -> TokenStore:
    return TokenStore(where, tap="tap-test", seed=seed)


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


def test_a_run_that_was_cut_off_says_so_when_another_took_over(
    google: Google, store: Store, warnings: Warnings
) -> None:
    asleep = connection(store.where)
    with asleep.run(STREAMS):
        with asleep._vault._lock:
            google.ahead += 200
            other = connection(store.where).run(STREAMS)
            other.__enter__()
        assert warnings.warned.wait(30)
    assert warnings.said == [f"token_store {store.where}: another machine took over, as this one was cut off"]
    assert len(store.content()["leases"]) == 1, "the lease is the other's"
    other.__exit__(None, None, None)
    assert store.content()["leases"] == {}


def test_a_store_that_fails_for_a_while_does_not_stop_a_run(google: Google, store: Store, warnings: Warnings) -> None:
    with connection(store.where).run(STREAMS):
        google.fault = lambda *_: 503
        assert warnings.warned.wait(30)
        assert warnings.said[0].startswith(f"A lease could not be renewed: token_store {store.where} fails")
    assert warnings.said[-1].startswith("A lease could not be given back and ends in 180 s: ")


class Silent(Writer):
    def flush(self) -> None:
        self._buffer = bytearray()


class BankTap(TableTap):
    """A tap with an API key, which needs no token store, and may be given one to notice other runs."""

    name = "tap-test"
    table = (Stream("invoices", "invoices"),)
    schema_package = "bank_of_two_runs"
    message_writer_class = Silent
    config_jsonschema: ClassVar = {
        "properties": {"url": {"type": "string"}, TOKEN_STORE.name: {"type": ["string", "null"]}}
    }

    @cached_property
    def api(self) -> Api:
        where = self.config.get("token_store")
        return Api(
            vendor="Bank",
            url=self.config["url"],
            sign_in=ApiKey({}, connection(where) if where else None),
            rates=(Rate(1000, Duration.SECOND),),
            in_flight=2,
            page_params=lambda number: {"page": number},
            read_page=lambda body, _: Page(body["records"], total=1),
            company=lambda _: Company("Acme", "1"),
            error_code=lambda _: "",
            access_hint=lambda _: "",
            credentials_hint="",
            not_json_hint="",
        )


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "bank_of_two_runs" / "schemas"
    folder.mkdir(parents=True)
    columns = {"id": {"type": "integer", "description": "The number."}}
    (folder / "invoices.json").write_text(json.dumps({"description": "Some.", "properties": columns}))
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("schemas")
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
