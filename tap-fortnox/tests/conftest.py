"""A company served by a scripted Fortnox, and the tap run in this process."""

from __future__ import annotations

import json
import logging
import math
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from socketserver import StreamRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from tap_fortnox.tap import TapFortnox
from tap_kit.errors import RunStoppedError, TapError
from tap_kit.sign_in import ApiKey
from tap_kit.testing import Query, Reply, Run, vendor
from tap_kit.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

YEAR = {"@url": "u", "Id": 4, "FromDate": "2025-01-01", "ToDate": "2025-12-31", "AccountingMethod": "ACCRUAL"}
COMPANY = {"CompanyInformation": {"DatabaseNumber": 654321, "OrganizationNumber": "556000-0001"}}


@dataclass
class Fortnox:
    """The answers by path, each a body or a function of the query; and `lists`, cut into pages as Fortnox does."""

    answers: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, tuple[str, list[dict[str, Any]]]] = field(default_factory=dict)
    url: str = ""
    asked: list[tuple[str, Query]] = field(default_factory=list)

    def answer(self, path: str, query: Query) -> Reply:
        found = self.answers.get(path, self.answers.get(unquote(path)))
        if path in self.lists:
            found = self.page(*self.lists[path], query)
        if found is None:
            return Reply({"ErrorInformation": {"Error": 1, "Message": "Hittar inte det.", "Code": 2000434}}, status=404)
        found = found(query) if callable(found) else found
        return found if isinstance(found, Reply) else Reply(found)

    def page(self, envelope: str, records: list[dict[str, Any]], query: Query) -> dict[str, Any]:
        size, number = int(query.get("limit", ["100"])[0]), int(query.get("page", ["1"])[0])
        meta = {"@TotalResources": len(records), "@TotalPages": math.ceil(len(records) / size), "@CurrentPage": number}
        return {"MetaInformation": meta, envelope: records[(number - 1) * size : number * size]}

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


class Sent(Writer):
    """Keeps the messages instead of writing them."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[dict[str, Any]] = []

    def flush(self) -> None:
        block, self._buffer = self._buffer, bytearray()
        self.messages += [json.loads(line) for line in bytes(block).splitlines()]


class SignedIn(TapFortnox):
    """The tap, without asking for a token."""

    message_writer_class = Sent

    def sign_in(self, config: Any) -> Any:
        del config
        return ApiKey({"Authorization": "Bearer t"})


@pytest.fixture(scope="session")
def catalog() -> dict[str, Any]:
    """What the tap offers; discovery needs neither credentials nor a network."""
    found: dict[str, Any] = json.loads(json.dumps(TapFortnox(validate_config=False).catalog_dict))
    return found


@pytest.fixture(autouse=True, scope="session")
def _at_once() -> Iterator[None]:
    """Let the scripted server send a short answer without waiting for more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StreamRequestHandler, "disable_nagle_algorithm", True)
        yield


@contextmanager
def serving(script: Fortnox) -> Iterator[Fortnox]:
    """Serve a scripted Fortnox."""
    with vendor(lambda *asked: script.answer(*asked)) as server:  # noqa: PLW0108 - tests put another in its place
        script.url, script.asked = server.url, server.asked
        yield script


@pytest.fixture
def fortnox() -> Iterator[Fortnox]:
    """A scripted Fortnox with a company and one financial year."""
    with serving(
        Fortnox({"3/companyinformation": COMPANY}, {"3/financialyears": ("FinancialYears", [YEAR])})
    ) as script:
        yield script


@pytest.fixture(scope="session")
def run_once(catalog: dict[str, Any]) -> Callable[..., tuple[Run, list[str]]]:
    """Run streams against given answers; what came and which paths were asked for are returned."""

    def run(answers: dict[str, Any], *streams: str, **settings: Any) -> tuple[Run, list[str]]:
        with serving(Fortnox(answers)) as script:
            return run_streams(script, catalog, *streams, **settings), script.paths()

    return run


@pytest.fixture
def tap(fortnox: Fortnox, catalog: dict[str, Any]) -> Callable[..., Run]:
    """Run some streams of the tap against the scripted Fortnox; keywords are settings."""
    return partial(run_streams, fortnox, catalog)


def run_streams(script: Fortnox, catalog: dict[str, Any], *streams: str, state: Any = None, **settings: Any) -> Run:
    """Run the tap in this process."""
    config = {"client_id": "c", "client_secret": "s3cr3t", "api_url": script.url, "requests_per_window": 5000}
    with logged() as lines:
        code = 0
        tap = SignedIn(
            config={**config, **settings}, catalog=chosen(catalog, streams), state=json.loads(json.dumps(state or {}))
        )
        try:
            tap.run()
        except (RunStoppedError, TapError) as stopped:
            failure = stopped.error if isinstance(stopped, RunStoppedError) else stopped
            code = failure.exit_code
            lines.append(f"| ERROR {failure}")
    writer = tap.message_writer
    assert isinstance(writer, Sent)
    return Run(code, writer.messages, "\n".join(lines))


@contextmanager
def logged() -> Iterator[list[str]]:
    """Collect what is logged, as lines."""
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"| {record.levelname} {record.getMessage()}")

    root, handler = logging.getLogger(), Lines()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def chosen(catalog: dict[str, Any], streams: Sequence[str]) -> dict[str, Any]:
    """A catalog of these streams, selected, and no others."""
    found = [json.loads(json.dumps(entry)) for entry in catalog["streams"] if entry["tap_stream_id"] in streams]
    for entry in found:
        for item in entry["metadata"]:
            if not item["breadcrumb"]:
                item["metadata"]["selected"] = True
    return {"streams": found}
