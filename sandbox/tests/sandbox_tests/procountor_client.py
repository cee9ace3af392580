"""Someone who asks Procountor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from sandbox import Sandbox

Json = dict[str, Any]


class ProcountorClient:
    """A client with an API key."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.own = sandbox.procountor
        self.session = requests.Session()
        self.session.trust_env = False
        self.renew()

    def renew(self) -> None:
        token = self.own.grant()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, path: str, **params: Any) -> requests.Response:
        return self.session.get(f"{self.own.url}/{path}", params=params, timeout=5)

    def get(self, path: str, **params: Any) -> Any:
        response = self.ask(path, **params)
        assert response.status_code == 200, response.text
        return response.json()

    def status(self, path: str, **params: Any) -> int:
        return self.ask(path, **params).status_code

    def post(self, path: str, **body: Any) -> requests.Response:
        return self.session.post(f"{self.own.url}/{path}", json=body, timeout=5)

    def pages(self, path: str, **params: Any) -> list[Json]:
        """Every page by number, until one is short."""
        found: list[Json] = []
        size, page = params.pop("size", 200), 0
        while True:
            rows = self.get(path, size=size, page=page, **params)["results"]
            found += rows
            page += 1
            if len(rows) < size:
                return found

    def chain(self, path: str, **params: Any) -> list[Json]:
        """Every page by the id of the last row, until one is empty."""
        found: list[Json] = []
        key: dict[str, Any] = {}
        while rows := self.get(path, **params, **key)["results"]:
            found += rows
            key = {"previousId": rows[-1].get("id") or rows[-1]["attachmentId"]}
        return found

    def ids(self, path: str, **params: Any) -> list[Any]:
        return [row["id"] for row in self.pages(path, **params)]

    def details(self, path: str, ids: list[int]) -> list[Json]:
        """In batches."""
        found: list[Json] = []
        for start in range(0, len(ids), 200):
            answer = self.get(f"{path}/{','.join(map(str, ids[start : start + 200]))}")
            found += answer if isinstance(answer, list) else [answer]
        return found

    def ledger(self) -> dict[int, Json]:
        """Every receipt with its transactions, by id."""
        ids = self.ids("ledgerreceipts", orderById="ASC")
        return {receipt["id"]: receipt for receipt in self.details("ledgerreceipts", ids)}


def cents(value: float) -> int:
    return round(value * 100)


def sums(receipts: Any) -> dict[str, dict[str, int]]:
    """By account and month, without what is no bookkeeping yet or no longer."""
    found: dict[str, dict[str, int]] = {}
    for receipt in receipts:
        if receipt["status"] in {"UNFINISHED", "INVALIDATED"}:
            continue
        for row in receipt["transactions"]:
            months = found.setdefault(row["account"], {})
            month = receipt["receiptDate"][:7]
            months[month] = months.get(month, 0) + cents(row["accountingValue"])
    return found
