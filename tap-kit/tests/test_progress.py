"""How far a run is: what can be said of it, and where it is said."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pty
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any

import pytest
from tap_kit.api import Page
from tap_kit.estimate import sights
from tap_kit.progress import Progress
from tap_kit.tally import NOTHING, Mark, Tally
from tap_kit.testing import Query, Reply, vendor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TAP = """
import sys
from tap_kit.api import Api, Company, Page
from tap_kit.cli import run
from tap_kit.limiter import Duration, Rate
from tap_kit.sign_in import ApiKey
from tap_kit.table import Stream
from tap_kit.tap import TableTap


class TapSlow(TableTap):
    name = "tap-slow"
    table = (Stream("people", "people"), Stream("later", "later"))
    schema_package = "vendor_of_progress"
    config_jsonschema = {"properties": {"api_url": {"type": "string"}}}

    @property
    def api(self):
        return Api(
            vendor="Vendor", url=self.config["api_url"], sign_in=ApiKey({}), rates=[Rate(1000, Duration.SECOND)],
            in_flight=1, page_params=lambda number, /: {"page": number},
            read_page=lambda body, _: Page(body["records"], body["total"], None, more=True),
            company=lambda _: Company("Acme", "1"), error_code=str, access_hint=str, credentials_hint="",
        )


run(TapSlow)
"""


def stream(name: str, *, begun: bool = True, per: Any = None, **counts: Any) -> Any:
    """A stream that has been read for ten seconds, by a clock that stands still."""
    tally = {**vars(Tally()), "started": datetime.now(UTC) if begun else None, "seconds": 10.0, **counts}
    return SimpleNamespace(name=name, tally=SimpleNamespace(**tally), table=SimpleNamespace(per=per))


def past(rows: int, seconds: float, before: Mark = NOTHING, state: str = "read") -> Any:
    return SimpleNamespace(rows=rows, seconds=seconds, before=before, state=state)


GONE = "\x1b[?25h\r\x1b[1A\x1b[2K"  # the cursor is there again, and the line is not
NOTE = "[bold]of note[/bold] " + 100 * "x"
LATER = stream("later", begun=False)


@pytest.mark.parametrize(
    ("reading", "known", "said"),
    [
        (stream("people", rows=7000), {}, "7,000 rows so far, 700 rows/s"),
        (stream("people", rows=90, came=100, total=400), {}, "90 rows so far, 9 rows/s, 25%, about 30.0 s left"),
        (stream("people", rows=1, came=1, total=400), {}, "1 rows so far, 0 rows/s, 0%"),
        (stream("people", rows=50, came=500, total=400), {}, "50 rows so far, 5 rows/s"),
        (stream("people", rows=50, came=10, total=40, per=list), {}, "50 rows so far, 5 rows/s"),
        (
            stream("people", rows=50, per=list),
            {"people": past(200, 40)},
            "50 rows so far, 5 rows/s, 25%, about 30.0 s left",
        ),
        (
            stream("people", rows=50, came=100, total=400),
            {"people": past(9, 9), "later": past(1, 90)},
            "50 rows so far, 5 rows/s, 25%, about 30.0 s left, of the run 2 min 00 s",
        ),
        (stream("people", rows=50), {"people": past(40, 9)}, "50 rows so far, 5 rows/s"),
        (stream("people", rows=50), {"people": past(90, 9, state="failed")}, "50 rows so far, 5 rows/s"),
        (stream("people", rows=50, before=Mark("2026", parts=1)), {"people": past(90, 9)}, "50 rows so far, 5 rows/s"),
    ],
)
def test_what_is_said_is_what_is_known(reading: Any, known: dict[str, Any], said: str) -> None:
    """The vendor's total of one list; of many, what a run like this one brought: a first one, or one of changes."""
    [sight] = sights([reading, LATER], known)
    assert (sight.name, sight.place, sight.streams) == ("people", 1, 2)
    assert str(sight) == said


def test_pages_that_are_worked_on_are_counted() -> None:
    tally = Tally()
    tally.page(Page([{}, {}], total=5))
    tally.page(Page([{}]))
    assert (tally.total, tally.came) == (None, 3)


def test_a_line_in_the_log_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    said, reading = threading.Event(), stream("people", rows=7)
    caplog.set_level(logging.INFO)
    caplog.handler.addFilter(lambda _: said.set() or True)
    with Progress([reading, LATER], {}, seconds=0.001):
        assert said.wait(60)
    assert caplog.messages[0].startswith("Stream people: 7 rows so far, ")
    assert "later" not in caplog.text
    reading.tally.ended = datetime.now(UTC)
    assert not sights([reading, LATER], {})


class Screen:
    """What is shown on a terminal. It is read all the time, or else who writes would have to wait."""

    def __init__(self) -> None:
        self._shows, self.line = pty.openpty()
        self._said = b""
        self._more = threading.Condition()
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        with open(self._shows, "rb", buffering=0) as shown, contextlib.suppress(OSError):  # noqa: PTH123
            while part := shown.read(1 << 12):  # on Linux an error, once the other end is closed
                with self._more:
                    self._said += part
                    self._more.notify_all()

    def wait_for(self, words: bytes) -> None:
        with self._more:
            assert self._more.wait_for(lambda: words in self._said, 60), self._said

    def said(self) -> str:
        """All of it, after the other end is closed."""
        self._reading.join()
        return self._said.decode()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Screen, IO[str]]]:
    """A terminal, 100 columns wide, and what stands for standard error."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_INTERACTIVE", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    screen = Screen()
    with open(screen.line, "w", encoding="utf-8") as error:  # noqa: PTH123
        yield screen, error
    screen.said()


@pytest.mark.parametrize("no_colour", [None, "1"])
def test_a_terminal_shows_one_line_and_keeps_what_is_logged(
    terminal: tuple[Screen, IO[str]], monkeypatch: pytest.MonkeyPatch, no_colour: str | None
) -> None:
    screen, error = terminal
    monkeypatch.setattr(sys, "stderr", error)
    if no_colour:
        monkeypatch.setenv("NO_COLOR", no_colour)
    handler = logging.StreamHandler(error)
    logging.getLogger().addHandler(handler)
    try:
        with Progress([stream("people", rows=90, came=100, total=400), LATER], {}):
            logging.getLogger().warning("something %s", NOTE)
        assert handler.stream is error is sys.stderr
    finally:
        logging.getLogger().removeHandler(handler)
    error.close()
    said = screen.said()
    assert said.endswith(GONE)
    assert "1/2 people" in said
    assert "25%, about 30.0 s left" in said
    assert f"something {NOTE}\r\n" in said, "a line is a line, however wide the terminal is"
    assert ("\x1b[38" in said) is (no_colour is None)


def test_a_terminal_that_cannot_go_back_gets_lines(
    terminal: tuple[Screen, IO[str]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal[1])
    monkeypatch.setenv("TERM", "dumb")
    said = threading.Event()
    caplog.set_level(logging.INFO)
    caplog.handler.addFilter(lambda _: said.set() or True)
    with Progress([stream("people", rows=7)], {}, seconds=0.001):
        assert said.wait(60)


def test_ctrl_c_at_a_terminal_ends_with_whole_lines_and_a_clean_screen(tmp_path: Path) -> None:
    """Standard output is data and nothing else, whatever the terminal shows."""
    schemas = tmp_path / "vendor_of_progress/schemas"
    schemas.mkdir(parents=True)
    column = {"id": {"type": "integer", "description": "The number."}}
    for name in ("people", "later"):
        (schemas / f"{name}.json").write_text(json.dumps({"description": "Some.", "properties": column}))
    (tmp_path / "tap_slow.py").write_text(TAP)
    over = threading.Event()

    def answer(_: str, query: Query) -> Reply:
        number = int(query["page"][0])
        if number > 3:
            over.wait(60)
        return Reply({"records": [{"id": number}], "total": 12})

    screen = Screen()
    with vendor(answer) as server:
        (tmp_path / "config.json").write_text(json.dumps({"api_url": server.url}))
        command = [sys.executable, "tap_slow.py", "--config", "config.json"]
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=screen.line, cwd=tmp_path, env=environment, start_new_session=True
        ) as tap:
            os.close(screen.line)
            screen.wait_for(b"25%")
            tap.send_signal(signal.SIGINT)
            assert tap.stdout
            data = tap.stdout.read()
            assert tap.wait() == 130
            over.set()
    assert {json.loads(message)["type"] for message in data.splitlines()} >= {"SCHEMA", "STATE"}
    said = screen.said()
    end = said[said.rindex("\x1b[2K") :]
    assert "\x1b[?25h" in end, "the cursor is there again"
    assert "rows so far" not in end
    assert "Stopped by signal 2" in end
