"""Runs that die at a request, which BigQuery has carried out (its answer is lost) or has not seen."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from .conftest import Target, lines
from .proxy import DROP, FORWARD, Proxy

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from sandbox import LocalBigQuery

    Death = Callable[[Target, LocalBigQuery, list[Any], int, str], list[Any]]


def killed(target: Target, emulator: LocalBigQuery, messages: list[Any], moment: int, action: str) -> list[Any]:
    """The STATEs of a process that is killed at request ``moment``."""
    victims: list[subprocess.Popen[bytes]] = []

    def plan(_method: str, _path: str, number: int) -> object:
        if number < moment:
            return FORWARD
        victims[0].kill()
        return action

    with Proxy(emulator.url, plan) as proxy:
        victims.append(dataclasses.replace(target, url=proxy.url).start(commit_after_seconds=0))
        out, _ = victims[0].communicate(lines(messages), timeout=300)
    return [json.loads(line) for line in out.splitlines()]


def cut_off(target: Target, emulator: LocalBigQuery, messages: list[Any], moment: int, action: str) -> list[Any]:
    """The STATEs of a run none of whose requests arrives after ``moment``: to BigQuery the same, and cheaper."""

    def plan(_method: str, _path: str, number: int) -> object:
        return FORWARD if number < moment else action if number == moment else DROP

    with Proxy(emulator.url, plan) as proxy:
        run = dataclasses.replace(target, url=proxy.url)
        return run.run(messages, commit_after_seconds=0, retry_seconds=0).states
