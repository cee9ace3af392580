"""The company: organization, bank accounts, labels, memberships, and whom it deals with."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sandbox.qonto import bank, facts

Json = dict[str, Any]


@dataclass
class Account:
    """What does not move with the books."""

    id: str
    plan: facts.AccountPlan
    slug: str
    iban: str | None
    account_number: str


@dataclass(frozen=True)
class Counterparty:
    """A customer or supplier."""

    name: str
    iban: str
    bic: str


@dataclass
class Company:
    """Deterministic by seed. Money and transactions are in the ledger."""

    seed: int
    accounts: list[Account] = field(init=False)
    labels: list[Json] = field(init=False)
    memberships: list[Json] = field(init=False)
    counterparties: list[Counterparty] = field(init=False)
    cashflow: dict[str, tuple[Json, list[Json]]] = field(init=False)

    def __post_init__(self) -> None:
        self._dice = np.random.default_rng([self.seed, 0])
        self.id = self.new_id()
        self.accounts = [self._account(number, plan) for number, plan in enumerate(facts.ACCOUNTS, start=1)]
        self.labels = []
        for parent, children in facts.LABELS.items():
            top = self.add_label(parent, None)
            for child in children:
                self.add_label(child, top["id"])
        self.memberships = [self._member(n, *member) for n, member in enumerate(facts.MEMBERS, start=1)]
        self.initiators = [m["id"] for m in self.memberships if m["role"]]
        first, second = facts.COUNTERPARTY_WORDS
        self.counterparties = [
            Counterparty(f"Sample {a} {b}", bank.german_iban(int(self._dice.integers(10**10))), "SMPLDEF0XXX")
            for a in first
            for b in second
        ]
        self.cashflow = {
            side: (self._named(top), [self._named(name) for name in names])
            for side, (top, names) in facts.CASHFLOW.items()
        }

    def new_id(self) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(bytes=self._dice.bytes(16), version=4))

    def _named(self, name: str) -> Json:
        return {"id": self.new_id(), "name": name}

    def _account(self, number: int, plan: facts.AccountPlan) -> Account:
        digits = int(self._dice.integers(10**10))
        return Account(
            id=self.new_id(),
            plan=plan,
            slug=f"{facts.SLUG}-bank-account-{number}",
            # Accounts at other banks may have no IBAN.
            iban=None if plan.external else bank.french_iban(digits),
            account_number=f"{digits:011d}",
        )

    def _member(self, number: int, role: str | None, status: str, country: str | None) -> Json:
        known = role is not None
        return {
            "id": self.new_id(),
            "first_name": f"First-{number}" if known else None,
            "last_name": f"Sample-{number}" if known else None,
            "email": f"member-{number}@sample-lantern-works.example",
            "role": role,
            "residence_country": country,
            "birthdate": f"19{60 + number}-0{number}-1{number}" if known else None,
            "nationality": country,
            "birth_country": country,
            "ubo": role == "owner" if known else None,
            "status": status,
            "team_id": self.new_id() if known else None,
        }

    def organization(self) -> Json:
        """The organization without its bank accounts."""
        return {
            "id": self.id,
            "name": "Sample Lantern Works",
            "slug": facts.SLUG,
            "legal_name": "Sample Lantern Works SAS",
            "legal_number": "000000000",
            "legal_sector": "2740Z",
            "legal_registration_date": "2022-11-02",
            "legal_address": "1 Imaginary Quay 00000 Nowhere FRANCE",
            "legal_form": "SAS",
            "legal_country": "FR",
            "legal_share_capital": 10000,
            "locale": "fr",
            # The one time in this API with neither a T nor a zone.
            "contract_signed_at": "2022-12-01 08:57:00.123047",
            "address": {
                "street_address": "1 Imaginary Quay",
                "city": "Nowhere",
                "zip_code": "00000",
                "province_code": None,
                "country_code": "FR",
            },
        }

    def position(self, name: str) -> int | None:
        """Where the account with this id or IBAN stands in `accounts`."""
        for position, account in enumerate(self.accounts):
            if name in {account.id, account.iban}:
                return position
        return None

    def add_label(self, name: str, parent_id: str | None) -> Json:
        """A new label; a child of a child is refused, the tree has two levels."""
        if parent_id is not None and self.label(parent_id)["parent_id"] is not None:
            raise ValueError("labels have two levels")
        label = {**self._named(name), "parent_id": parent_id}
        self.labels.append(label)
        return label

    def label(self, label_id: str) -> Json:
        """ValueError where there is none."""
        for label in self.labels:
            if label["id"] == label_id:
                return label
        raise ValueError(f"no label {label_id}")

    def remove_label(self, label_id: str) -> None:
        """ValueError where there is none, and for one that has children."""
        label = self.label(label_id)
        if any(other["parent_id"] == label_id for other in self.labels):
            raise ValueError("the label has children")
        self.labels.remove(label)
