"""The company: every record, by resource and id."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from sandbox.clock import iso
from sandbox.procountor import facts
from sandbox.procountor.draw import Draw
from sandbox.procountor.errors import ApiError
from sandbox.procountor.resources import RESOURCES
from sandbox.procountor.times import local

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sandbox.clock import Clock

Json = dict[str, Any]
KEPT = 64
FIRST_IDS = {"dimensions": 0, "invoices": 4_100_000, "ledger_receipts": 9_200_000, "ledger_transactions": 31_000_000}
"""Ids begin somewhere, and go on by one; those of dimensions are 1 and 2."""
OTHER_FIRST_ID = 100_000


class Books:
    """Records are JSON objects as the API writes them; keys that begin with an underscore stay inside."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self.clock = clock
        self.seed = seed
        self.dice = Draw(seed, "changes")
        self.tables: dict[str, dict[Any, Json]] = {resource.name: {} for resource in RESOURCES}
        self.children: dict[str, dict[int, list[Json]]] = {"payment_events": {}, "comments": {}}
        """Records that are asked for by the invoice they belong to."""
        self.new_fields: dict[str, Json] = {}
        """What the vendor has added to its answers, by resource."""
        self.bank_cents = 0
        """The balance of the main account, in the books and at the bank."""
        self.main_iban = ""
        self._last: Counter[tuple[str, str]] = Counter()
        self._pools: dict[str, list[Json]] = {}
        self._parties: defaultdict[int, Json] = defaultdict(dict)
        self._kept: dict[Any, Any] = {}

    @property
    def now(self) -> str:
        """The company's time, as records have it."""
        return local(self.clock.now)

    @property
    def today(self) -> str:
        """The company's day."""
        return self.now[:10]

    def tick(self) -> str:
        """One second on, for one change."""
        self.clock.tick()
        return self.now

    def id(self, kind: str) -> int:
        """The next one."""
        return FIRST_IDS.get(kind, OTHER_FIRST_ID) + self.number(kind, "id")

    def number(self, kind: str, scope: str) -> int:
        """The next of a series that begins with 1 in every scope, such as a year."""
        self._last[kind, scope] += 1
        return self._last[kind, scope]

    def put(self, name: str, values: Json) -> Json:
        """A new record."""
        record = {"id": self.id(name), **values}
        self.tables[name][record["id"]] = record
        return record

    def find(self, name: str, request: Request) -> Json:
        """The record that the path names, or 404."""
        number = request.path_params["id"]
        found = self.tables[name].get(int(number)) if number.isdecimal() else None
        if found is None:
            raise ApiError(404, "Not found")
        return found

    def kept(self, key: Any, make: Callable[[], Any]) -> Any:
        """An answer, made once until something changes."""
        if key not in self._kept:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[key] = make()
        return self._kept[key]

    def forget(self) -> None:
        """Call after every change: other answers are right from now on."""
        self._kept.clear()
        self._pools.clear()

    def done(self, ids: list[Any]) -> Json:
        """What a mutation answers."""
        return {"now": iso(self.clock.now), "ids": ids}

    def partners(self, kind: str) -> list[Json]:
        """Active ones."""
        return self._pool("business_partners", kind, lambda record: record["registryInfo"]["active"])

    def products(self, kind: str) -> list[Json]:
        """Active ones."""
        return self._pool("products", kind, lambda record: record["active"])

    def dimension_items(self, number: int) -> list[int]:
        """Ids of the active items of the first or second dimension."""
        return [item["id"] for item in self.tables["dimensions"][number]["items"] if "status" not in item]

    def counter_party(self, partner: Json | None) -> Json:
        """As an invoice keeps it, whatever happens to the partner later."""
        if partner is None:
            return {"counterPartyAddress": {"name": "Cash customer", "country": "FINLAND"}}
        party = self._parties[partner["id"]]
        if not party:
            party |= {
                "identifier": partner["invoicingInfo"]["identifier"],
                "customerNumber": partner["invoicingInfo"]["customerNumber"],
                "email": partner["invoicingInfo"].get("email", ""),
                "counterPartyAddress": partner["billingAddress"],
                "bankAccount": {"accountNumber": partner["paymentInfo"]["bankAccount"], "bic": "SBXXFIHH"},
            }
        return party

    def _pool(self, name: str, kind: str, fits: Callable[[Json], bool]) -> list[Json]:
        key = f"{name} {kind}"
        if key not in self._pools:
            table = self.tables[name].values()
            self._pools[key] = [record for record in table if record["type"] == kind and fits(record)]
        return self._pools[key]

    def periods(self) -> list[Json]:
        """Tracking periods of all fiscal years, oldest first; one that is pending opens with its first day."""
        found = [period for year in self.tables["fiscal_years"].values() for period in year["trackingPeriods"]]
        for period in found:
            if period["status"] == "PENDING" and period["startDate"] <= self.today:
                period["status"], period["modified"] = "OPEN", f"{period['startDate']}T00:00:00"
        return found

    def open(self, day: str) -> bool:
        """Whether bookkeeping of that day can still change."""
        years = [
            y for y in self.tables["fiscal_years"].values() if y["isOpen"] and y["startDate"] <= day <= y["endDate"]
        ]
        periods = [period for period in self.periods() if period["startDate"] <= day <= period["endDate"]]
        return bool(years) and any(period["status"] == "OPEN" for period in periods)

    def journals(self) -> dict[int, Json]:
        """What `/journals` shows: receipts of that type, by the id of the invoice that Procountor keeps for each."""
        receipts = [r for r in self.tables["ledger_receipts"].values() if r["type"] == "JOURNAL"]
        return {
            receipt["invoiceId"]: {
                "id": receipt["invoiceId"],
                "ledgerReceiptId": receipt["id"],
                "type": "JOURNAL",
                "status": receipt["status"],
                "invoiceNumber": receipt["invoiceNumber"],
                "date": receipt["receiptDate"],
                "created": receipt["created"],
                "version": receipt["version"],
                "counterParty": self.counter_party(None),
            }
            for receipt in receipts
        }

    def official(self) -> list[Json]:
        """Receipts that are bookkeeping."""
        return [r for r in self.tables["ledger_receipts"].values() if r["status"] not in facts.UNOFFICIAL]
