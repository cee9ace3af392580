"""A sandbox to read, one to break, and someone who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from sandbox import Sandbox
from sandbox_tests.fortnox_client import FortnoxClient
from sandbox_tests.procountor_client import ProcountorClient

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
EVERY_STATUS = ["pending", "completed", "declined"]


class Reader:
    """A client with the company's key."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.headers["Authorization"] = sandbox.qonto.api_key
        self.accounts = sandbox.qonto.records("bank_accounts")
        self.main = self.accounts[0]["id"]
        self.bearer = {"Authorization": f"Bearer {sandbox.qonto.grant()['access_token']}"}

    def granted(self, path: str, **params: Any) -> requests.Response:
        """As a client with every scope."""
        url = f"{self.sandbox.qonto.api_url}/{path}"
        return self.session.get(url, params=params, headers=self.bearer, timeout=5)

    def ask(self, path: str, **params: Any) -> requests.Response:
        return self.session.get(f"{self.sandbox.qonto.api_url}{path}", params=params, timeout=5)

    def get(self, path: str, **params: Any) -> Any:
        response = self.ask(path, **params)
        assert response.status_code == 200, response.text
        return response.json()

    def page(self, account: str | None = None, **params: Any) -> Json:
        answer: Json = self.get("/transactions", bank_account_id=account or self.main, **params)
        return answer

    def all(self, account: str | None = None, **params: Any) -> list[Json]:
        """Every transaction that the question brings, page by page."""
        records: list[Json] = []
        page: int | None = 1
        while page:
            answer = self.page(account, page=page, **params)
            records += answer["transactions"]
            page = answer["meta"]["next_page"]
        return records


@pytest.fixture(scope="session")
def unchanged() -> Iterator[Reader]:
    """A company that nobody changes."""
    with Sandbox(transactions=1500, seed=7) as sandbox:
        reader = Reader(sandbox)
        with reader.session:
            yield reader


@pytest.fixture(scope="module")
def _served() -> Iterator[Reader]:
    with Sandbox(transactions=600, seed=11) as sandbox:
        reader = Reader(sandbox)
        with reader.session:
            yield reader


@pytest.fixture
def reader(_served: Reader) -> Iterator[Reader]:
    """A company that tests of one module may change; faults, settings, limits and log are as at the start."""
    yield _served
    _served.sandbox.faults([])
    _served.sandbox.qonto.settings()
    _served.sandbox.limit()
    _served.sandbox.latency(0)
    _served.sandbox.clear_log()


@pytest.fixture(scope="session")
def fortnox() -> Iterator[FortnoxClient]:
    """A company at Fortnox that nobody changes."""
    with Sandbox(transactions=0, seed=7) as sandbox:
        client = FortnoxClient(sandbox)
        with client.session:
            yield client


@pytest.fixture(scope="module")
def _bookkeeper() -> Iterator[FortnoxClient]:
    with Sandbox(transactions=0, seed=11) as sandbox:
        client = FortnoxClient(sandbox)
        with client.session:
            yield client


@pytest.fixture
def bookkeeper(_bookkeeper: FortnoxClient) -> Iterator[FortnoxClient]:
    """One that tests of a module may change; faults, settings, limits and log are as at the start."""
    _bookkeeper.renew()
    yield _bookkeeper
    _bookkeeper.sandbox.faults([])
    _bookkeeper.fortnox.settings()
    _bookkeeper.fortnox.limit()
    _bookkeeper.sandbox.clear_log()


@pytest.fixture(scope="session")
def procountor() -> Iterator[ProcountorClient]:
    """A company at Procountor that nobody changes."""
    with Sandbox(transactions=0, seed=7) as sandbox:
        client = ProcountorClient(sandbox)
        with client.session:
            yield client


@pytest.fixture(scope="module")
def _accountant() -> Iterator[ProcountorClient]:
    with Sandbox(transactions=0, seed=11) as sandbox:
        client = ProcountorClient(sandbox)
        with client.session:
            yield client


@pytest.fixture
def accountant(_accountant: ProcountorClient) -> Iterator[ProcountorClient]:
    """One that tests of a module may change; faults, settings, limits and log are as at the start."""
    _accountant.renew()
    yield _accountant
    _accountant.sandbox.faults([])
    _accountant.own.settings()
    _accountant.own.limit()
    _accountant.sandbox.clear_log()
