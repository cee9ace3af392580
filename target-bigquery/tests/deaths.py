"""Runs that die at a request, which BigQuery has carried out (its answer is lost) or has not seen."""

from __future__ import annotations

import dataclasses
import itertools
import json
import threading
from typing import TYPE_CHECKING, Any

from .conftest import Target, lines
from .proxy import DROP, FORWARD, Proxy

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from sandbox import LocalBigQuery

    Death = Callable[[Target, LocalBigQuery, list[Any], int, str], list[Any]]


def striking(moment: int, action: str, strike: Callable[[], None]) -> Callable[[str, str, int], object]:
    """Count the requests that change something, as the number of the others depends on time; none comes after it."""
    changes, struck = itertools.count(), threading.Event()

    def plan(method: str, _path: str, _number: int) -> object:
        if struck.is_set():
            return DROP
        if method == "GET" or next(changes) < moment:
            return FORWARD
        struck.set()
        strike()
        return action

    return plan


def killed(target: Target, emulator: LocalBigQuery, messages: list[Any], moment: int, action: str) -> list[Any]:
    """The STATEs of a process that is killed at request ``moment``."""
    victims: list[subprocess.Popen[bytes]] = []

    def strike() -> None:
        victims[0].kill()

    with Proxy(emulator.url, striking(moment, action, strike)) as proxy:
        victims.append(dataclasses.replace(target, url=proxy.url).start(commit_after_seconds=0))
        out, _ = victims[0].communicate(lines(messages), timeout=300)
    return [json.loads(line) for line in out.splitlines()]


def cut_off(target: Target, emulator: LocalBigQuery, messages: list[Any], moment: int, action: str) -> list[Any]:
    """The STATEs of a run none of whose requests arrives after ``moment``: to BigQuery the same, and cheaper."""
    with Proxy(emulator.url, striking(moment, action, lambda: None)) as proxy:
        run = dataclasses.replace(target, url=proxy.url)
        return run.run(messages, commit_after_seconds=0, retry_seconds=0).states
