"""The company with its ledger: every resource that the API shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.clock import Clock, iso, milliseconds
from sandbox.qonto import bank, embed, facts, history, records
from sandbox.qonto.company import Account, Company
from sandbox.qonto.ids import Ids
from sandbox.qonto.ledger import Ints, Ledger, Totals
from sandbox.qonto.resources import BY_NAME
from sandbox.qonto.store import Store
from sandbox.qonto.values import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sandbox.qonto.files import Files
    from sandbox.qonto.resource import Resource
    from sandbox.qonto.settings import Settings

Json = dict[str, Any]


@dataclass
class Drift:
    """Fields that the vendor has added to a resource, and those it has dropped."""

    added: Json = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)

    def apply(self, record: Json) -> Json:
        """The record with them."""
        return {name: value for name, value in {**record, **self.added}.items() if name not in self.dropped}


class Books:
    """All that there is to read. `count` transactions, the same for the same seed."""

    computed = ("organization", "bank_accounts", "transactions", "attachments")
    """Resources that follow from the ledger, wholly or in part; all others are in the store."""

    def __init__(self, count: int, seed: int, clock: Clock, files: Files, settings: Callable[[], Settings]) -> None:
        self.clock = clock
        self.files = files
        self._settings = settings
        self.company = Company(seed)
        self.ledger = Ledger(history.write(count, seed, clock.now))
        self.ids = Ids(seed)
        self.attachments = Ids(seed + 1)
        self.label_sets = self._label_sets()
        self.edits: dict[int, Json] = {}
        """By position: the fields of transactions that were edited."""
        self.drifts: dict[str, Drift] = {}
        self.dice = np.random.default_rng([seed, 1])
        """Draws what mutations leave open."""
        self.fill({})

    def fill(self, sizes: Mapping[str, int]) -> None:
        """All records of the store anew, so many of each."""
        self.sizes = dict(sizes)
        self.store = Store(self, sizes)

    def _label_sets(self) -> list[tuple[str, ...]]:
        """No label for half of them, one or two for the others."""
        ids = [label["id"] for label in self.company.labels if label["parent_id"]]
        pairs = list(pairwise(ids))
        singles = [(label,) for label in ids]
        return [*singles[:4], *pairs[:2], *[()] * (history.LABEL_SETS - 6)]

    def label_set(self, label_ids: Sequence[str]) -> int:
        """The position of this combination. ValueError for a label that is not there."""
        wanted = tuple(self.company.label(label_id)["id"] for label_id in label_ids)
        if wanted not in self.label_sets:
            self.label_sets.append(wanted)
        return self.label_sets.index(wanted)

    def account(self, account_id: str | None) -> int:
        """The position of an account, or of the main one. ValueError where there is none."""
        found = self.company.position(account_id) if account_id else 0
        if found is None:
            raise ValueError(f"no bank account {account_id}")
        return found

    def position(self, transaction_id: str) -> int:
        """The position of a transaction. ValueError where there is none."""
        found = self.ids.position(transaction_id)
        columns = self.ledger.columns
        if found is None or found >= len(columns) or columns.status[found] == facts.DELETED:
            raise ValueError(f"no transaction {transaction_id}")
        return found

    def shown(self, resource: str, record: Json) -> Json:
        """The record as the vendor writes it today."""
        drift = self.drifts.get(resource)
        return drift.apply(record) if drift else record

    def transactions(self, rows: Ints, embedded: Sequence[str] = ()) -> list[Json]:
        """The transactions at these positions."""
        found = embed.into(self, records.write(self, rows), embedded)
        return [self.shown("transactions", record) for record in found]

    def organization(self, *, external: bool) -> Json:
        """With its bank accounts."""
        accounts = [_without(account, "organization_id") for account in self._accounts(external=external)]
        return self.shown("organization", {**self.company.organization(), "bank_accounts": accounts})

    def bank_accounts(self, *, external: bool) -> list[Json]:
        """Those at Qonto, and those at other banks when asked."""
        return [self.shown("bank_accounts", _without(account, "slug")) for account in self._accounts(external=external)]

    def written(self, resource: Resource, records: Sequence[Json]) -> list[Json]:
        """Records of the store as they go out."""
        return [self._written(resource, record) for record in records]

    def _written(self, resource: Resource, record: Json) -> Json:
        found = written(record, resource.style, self.files.link)
        if resource.shape:
            found = resource.shape(found, self._settings())
        return self.shown(resource.name, found) if found else found

    def attachment(self, attachment_id: str) -> Json | None:
        """Of a document, or of a transaction."""
        found = self.store.find("attachments", attachment_id)
        if found is None:
            row = self.attachments.position(attachment_id)
            columns = self.ledger.columns
            if row is None or row >= len(columns) or not columns.attached[row] or columns.status[row] == facts.DELETED:
                return None
            found = embed.file(self.transactions(np.array([row]))[0], attachment_id)
        return self.link_in(found)

    def link_in(self, attachment: Json) -> Json:
        """The attachment with a link."""
        return self._written(BY_NAME["attachments"], attachment)

    def all_attachments(self) -> Iterator[Json]:
        """Of transactions and of documents."""
        rows = self.all_rows()
        for row in rows[self.ledger.columns.attached[rows]].tolist():
            record = self.transactions(np.array([row]))[0]
            yield self.link_in(embed.file(record, record["attachment_ids"][0]))
        yield from self.written(BY_NAME["attachments"], self.store.records["attachments"])

    def counts(self) -> dict[str, int]:
        """How many records of each resource a complete copy has."""
        rows = self.all_rows()
        attached = int(self.ledger.columns.attached[rows].sum())
        stored = {name: len(records) for name, records in self.store.records.items()}
        return stored | {
            "organization": 1,
            "bank_accounts": len(self.company.accounts),
            "transactions": len(rows),
            "attachments": stored["attachments"] + attached,
        }

    def _accounts(self, *, external: bool) -> list[Json]:
        return [
            self._account(account, self.ledger.totals(position))
            for position, account in enumerate(self.company.accounts)
            if external or not account.plan.external
        ]

    def _account(self, account: Account, totals: Totals) -> Json:
        balance, authorized = totals.settled_cents, totals.settled_cents - totals.held_cents
        return {
            "id": account.id,
            "slug": account.slug,
            "name": account.plan.name,
            "organization_id": self.company.id,
            "status": "closed" if account.plan.closed else "active",
            "main": account.plan.main,
            "iban": account.iban,
            "bic": bank.BIC,
            "currency": account.plan.currency,
            "balance": records.money(balance),
            "balance_cents": balance,
            "authorized_balance": records.money(authorized),
            "authorized_balance_cents": authorized,
            "updated_at": iso(totals.moved_at or milliseconds(facts.HISTORY_START)),
            "is_external_account": account.plan.external,
            "account_number": account.account_number,
        }

    def all_rows(self) -> Ints:
        """Positions of all transactions that have not been deleted."""
        return np.flatnonzero(self.ledger.columns.status != facts.DELETED)

    def truth(self) -> list[Json]:
        """What a complete copy adds up to, for each account: counts by status, and cents."""
        totals = [self.ledger.totals(position) for position in range(len(self.company.accounts))]
        return [
            {
                "id": account.id,
                "name": account.plan.name,
                "currency": account.plan.currency,
                "external": account.plan.external,
                "transactions": total.counts,
                "settled_cents": total.settled_cents,
                "authorized_balance_cents": total.settled_cents - total.held_cents,
            }
            for account, total in zip(self.company.accounts, totals, strict=True)
        ]


def _without(record: Json, name: str) -> Json:
    return {key: value for key, value in record.items() if key != name}
