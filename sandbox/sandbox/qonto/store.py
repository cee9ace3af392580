"""The records of every resource that is not in the ledger."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.clock import milliseconds
from sandbox.qonto import facts
from sandbox.qonto.history import DAY, HOUR
from sandbox.qonto.resources import BY_NAME, RESOURCES
from sandbox.qonto.values import Draw, Json, Moment, document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.qonto.books import Books
    from sandbox.qonto.resource import Resource

TOGETHER, EVERY = 30, 3
"""Every third group of 30 in a row was last changed at one moment."""
PROBATIVE = 30
"""Of a hundred documents, so many have a second, certified file."""
MOST_LINKED = 5000
"""Transactions that other records may belong to."""
KEPT = 64
SECOND = 1000
EARLY = 30 * DAY


class Store:
    """Deterministic by seed and sizes; a record never depends on how many come after it."""

    def __init__(self, books: Books, sizes: Mapping[str, int]) -> None:
        self.books = books
        self.records: dict[str, list[Json]] = {
            **{resource.name: [] for resource in RESOURCES},
            "labels": books.company.labels,
            "memberships": [dict(member) for member in books.company.memberships],
        }
        self.made = dict.fromkeys(self.records, 0)
        self._answers: dict[Any, list[Json]] = {}
        for resource in RESOURCES:
            size = sizes.get(resource.name, resource.size)
            for number in range(len(self.records[resource.name]), size if resource.make else 0):
                draw = Draw(books.company.seed, resource.name, number)
                draw.created, draw.updated = self._times(resource, draw, size)
                self._make(resource, draw)

    def _times(self, resource: Resource, draw: Draw, size: int) -> tuple[Moment, Moment]:
        """In the order of creation, up to yesterday; many last changed long after."""
        start, now = milliseconds(facts.HISTORY_START), self.books.clock.now
        step = (now - DAY - start) / size
        group = draw.number // TOGETHER
        alone = group % EVERY != 1
        last = draw.number + 1 if alone else min((group + 1) * TOGETHER, size)
        updated = min(start + int(step * last) + (draw.randrange(DAY) if alone else 0), now - HOUR)
        if resource.early:
            start, step = start - EARLY, EARLY / size
        created = start + int(step * (draw.number + draw.random()))
        return self.cut(resource.name, created), self.cut(resource.name, updated)

    def cut(self, name: str, ms: int) -> Moment:
        """No finer than the resource writes it."""
        return Moment(ms if BY_NAME[name].style == "milliseconds" else ms // SECOND * SECOND)

    def _make(self, resource: Resource, draw: Draw) -> Json:
        assert resource.make  # noqa: S101 - whoever asks has looked
        record = resource.make(self, draw)
        self.records[resource.name].append(record)
        self.made[resource.name] = draw.number + 1
        return record

    def add(self, name: str, now: int) -> Json:
        """One more, made now."""
        resource = BY_NAME[name]
        draw = Draw(self.books.company.seed, name, max(self.made[name], len(self.records[name])))
        draw.created = draw.updated = self.cut(resource.name, now)
        return self._make(resource, draw)

    def change(self, name: str, record: Json, values: Json, now: int) -> None:
        """Other values; the moment of the change is kept where the resource has one."""
        for field, value in values.items():
            known = isinstance(record.get(field), Moment) and isinstance(value, str)
            record[field] = self.cut(name, milliseconds(value)) if known else value
        for field in ("updated_at", "_updated_at"):
            if field in record and field not in values:
                record[field] = self.cut(name, now)

    def remove(self, name: str, record: Json) -> None:
        """No list tells of it."""
        self.records[name].remove(record)

    def find(self, name: str, key: str) -> Json | None:
        """The record with this id."""
        field = BY_NAME[name].key
        return next((record for record in self.records[name] if record[field] == key), None)

    def selected(self, question: Any, answer: Callable[[], list[Json]]) -> list[Json]:
        """The answer to a question, kept until a record changes: the next page is asked for soon."""
        if question not in self._answers:
            if len(self._answers) >= KEPT:
                self._answers.clear()
            self._answers[question] = answer()
        return self._answers[question]

    def forget(self) -> None:
        """Call after every change: other answers are right from now on."""
        self._answers.clear()

    def referred(self) -> set[str]:
        """Ids that a record of something else knows: these cannot go."""
        known: set[str] = {member["team_id"] for member in self.books.company.memberships if member["team_id"]}
        known |= {label for labels in self.books.label_sets for label in labels}
        known |= {part["id"] for top, parts in self.books.company.cashflow.values() for part in (top, *parts)}
        for resource in RESOURCES:
            for record in self.records[resource.name]:
                known.update(texts([value for key, value in record.items() if key != resource.key]))
        return known

    def whole(self, name: str, draw: Draw) -> Json | None:
        """Some record of another resource; None where there is none."""
        return draw.choice(self.records[name]) if self.records[name] else None

    def attach(self, draw: Draw, name: str) -> str:
        """A file for this record; returns its id."""
        number, size = draw.id(), draw.randrange(1500, 3000)
        probative = document(draw.id(), f"probative-{name}", size + 100) if draw.percent(PROBATIVE) else None
        self.records["attachments"].append(
            {
                "id": number,
                "created_at": draw.created,
                **document(number, name, size),
                "probative_attachment": {"status": "available", **probative}
                if probative
                else {"status": "unavailable"},
            }
        )
        return number

    def outgoing(self, number: int, to: str = "anybody") -> Json | None:
        """A completed transfer in euros of the ledger: to `anybody`, to `beneficiaries`, or to `others`."""
        pool = {"anybody": self._outgoing, "beneficiaries": self._to_beneficiaries, "others": self._to_others}[to]
        return pool[number] if number < len(pool) else None

    def payee(self, transaction: Json) -> str | None:
        """The id of the beneficiary of a transaction."""
        return self._payees.get(transaction["transfer"]["counterparty_account_number"])

    def transfer(self, transaction: Json) -> str | None:
        """The id of the transfer behind a transaction."""
        transfers = self.records["sepa_transfers"]
        return next((t["id"] for t in transfers if t["transaction_id"] == transaction["id"]), None)

    @cached_property
    def _outgoing(self) -> list[Json]:
        columns, accounts = self.books.ledger.columns, self.books.company.accounts
        ours = [number for number, a in enumerate(accounts) if a.plan.currency == "EUR" and not a.plan.external]
        fits = (columns.status == facts.COMPLETED) & (columns.kind == facts.TRANSFER) & np.isin(columns.account, ours)
        return self.books.transactions(np.flatnonzero(fits)[:MOST_LINKED])

    @cached_property
    def _payees(self) -> dict[str, str]:
        return {payee["iban"]: payee["id"] for payee in self.records["sepa_beneficiaries"]}

    @cached_property
    def _to_beneficiaries(self) -> list[Json]:
        return [transaction for transaction in self._outgoing if self.payee(transaction)]

    @cached_property
    def _to_others(self) -> list[Json]:
        return [transaction for transaction in self._outgoing if not self.payee(transaction)]


def texts(value: Any) -> set[str]:
    """Every text in there."""
    match value:
        case str():
            return {value}
        case dict():
            return texts(list(value.values()))
        case list():
            return {text for item in value for text in texts(item)}
        case _:
            return set()
