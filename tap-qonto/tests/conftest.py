"""An organization of two accounts, served by a scripted Qonto."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.testing import Query, Reply, Run, run_tap, vendor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = "riverside-mill-4471:k3yk3yk3y"
MAIN, ABROAD = "018f0000-0000-7000-8000-000000000001", "018f0000-0000-7000-8000-000000000002"


@dataclass
class Qonto:
    """The answers, by list; `faults` answer instead, by path."""

    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: dict[str, Reply] = field(default_factory=dict)
    sorts: bool = True
    url: str = ""
    asked: list[tuple[str, Query]] = field(default_factory=list)

    @property
    def asked_for_transactions(self) -> list[Query]:
        """The queries for transactions; those for attachments are left out."""
        return [query for path, query in self.asked if path == "transactions" and "with_attachments" not in query]

    def answer(self, path: str, query: Query) -> Reply:
        if path in self.faults:
            return self.faults[path]
        if path == "organization":
            accounts = self.lists.get("external", [])
            organization = {"id": "org-1", "slug": "riverside-mill-4471", "bank_accounts": accounts}
            return Reply({"organization": self.lists.get("organization", [organization])[0]})
        if path == "subscription":
            return Reply({"plan": None})
        found = self.lists.get(path, [])
        if path == "transactions":
            found = self._transactions(found, query)
        size, number = int(query["per_page"][0]), int(query["page"][0])
        pages = math.ceil(len(found) / size)
        meta = {
            "current_page": number,
            "next_page": number + 1 if number < pages else None,
            "total_pages": pages,
            "total_count": len(found),
            "per_page": size,
        }
        envelope = {"user_organizations": "organizations", "webhook_subscriptions": "subscriptions"}.get(
            path, path.rpartition("/")[2]
        )
        return Reply({envelope: found[(number - 1) * size : number * size], "meta": meta})

    def _transactions(self, found: list[dict[str, Any]], query: Query) -> list[dict[str, Any]]:
        account, (status,) = query.get("bank_account_id", ["-"])[0], query["status[]"]
        since, until = query.get("updated_at_from", [""])[0], query.get("updated_at_to", ["9"])[0]
        found = [
            record
            for record in found
            if record["bank_account_id"] == account
            and record["status"] == status
            and since <= record["updated_at"] <= until
        ]
        newest_first = query["sort_by"] == ["updated_at:desc"]
        return (
            sorted(found, key=lambda record: str(record["updated_at"]), reverse=newest_first) if self.sorts else found
        )


@pytest.fixture
def transaction() -> Callable[..., dict[str, Any]]:
    """Make a completed debit of `number` cents on the main account, changed `number` seconds into May 2026."""

    def make(number: int, **changes: Any) -> dict[str, Any]:
        at = f"2026-05-01T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}.000Z"
        return {
            "id": f"t-{number:05d}",
            "bank_account_id": MAIN,
            "status": "completed",
            "side": "debit",
            "amount": number / 100,
            "amount_cents": number,
            "currency": "EUR",
            "settled_at": at,
            "emitted_at": at,
            "updated_at": at,
            **changes,
        }

    return make


@pytest.fixture
def qonto() -> Iterator[Qonto]:
    """A scripted Qonto with two own accounts and nothing else."""
    script = Qonto(
        {"bank_accounts": [{"id": MAIN, "iban": "FR7630001007941234567890185", "balance": 10.5}, {"id": ABROAD}]}
    )
    with vendor(lambda *asked: script.answer(*asked)) as server:  # noqa: PLW0108 - tests put another in its place
        script.url, script.asked = server.url, server.asked
        yield script


@pytest.fixture
def tap(qonto: Qonto, tmp_path: Path) -> Callable[..., Run]:
    """Run tap-qonto against the scripted Qonto; keywords are settings."""

    def run(*arguments: str, state: Any = None, catalog: Any = None, **settings: Any) -> Run:
        config = {"api_key": KEY, "api_url": qonto.url, **settings}
        return run_tap("tap_qonto", config, tmp_path, state=state, catalog=catalog, arguments=arguments)

    return run
