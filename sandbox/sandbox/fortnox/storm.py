"""Many changes of all kinds, one after the other: what a company does while someone reads its books."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from sandbox.fortnox.mutations import AddRecord, DeleteRecord, EditRecord, Id, Mutation
from sandbox.fortnox.voucher_mutations import AddVoucher, AddYear, Book, Cancel, DeleteLastVoucher, Lock, StrikeRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.fortnox.company import Company

HOUR = 3_600_000
LONGEST_PAUSE = 36 * HOUR
EDITED = ("customers", "suppliers", "articles", "invoices", "orders", "offers", "supplierinvoices")
COMMENTED = "Comments"
DELETED = ("customers", "articles", "costcenters", "projects", "suppliers")
LOCKS = ("2023-12-31", "2024-12-31", "2025-12-31")


class Storm(Mutation):
    """`n` changes, each of them lawful; the same ones for the same seed and company."""

    n: int = 200
    seed: int = 1

    def apply(self, company: Company) -> list[Id]:
        """The ids of what changed, of all resources. What cannot be done is tried in another way."""
        company.dice = dice = Random(f"{self.seed} storm")  # noqa: S311 - the same changes for the same seed
        done: list[Id] = []
        changes = 0
        while changes < self.n:
            if company.ledger.year(company.today) is None:
                done += AddYear().apply(company)
            kinds, weights = zip(*KINDS, strict=True)
            (kind,) = dice.choices(kinds, weights)
            try:
                done += _drawn(kind, dice, changes).apply(company)
            except ValueError:
                continue
            changes += 1
            if not dice.randrange(4):
                company.clock.advance(dice.randrange(LONGEST_PAUSE))
        return done


def _drawn(kind: str, dice: Random, number: int) -> Mutation:
    match kind:
        case "edit":
            return EditRecord(resource=dice.choice(EDITED), set={COMMENTED: f"ändrad {number}"})
        case "add":
            return AddRecord(resource=dice.choice(("customers", "articles", "invoices", "orders", "supplierinvoices")))
        case "pay":
            return AddRecord(resource=dice.choice(("invoicepayments", "supplierinvoicepayments")))
        case "delete":
            return DeleteRecord(resource=dice.choice(DELETED))
        case "lock":
            return Lock(until=dice.choice(LOCKS))
        case _:
            return PLAIN[kind]


KINDS: Sequence[tuple[str, int]] = (
    ("edit", 25),
    ("add", 20),
    ("pay", 12),
    ("delete", 8),
    ("voucher", 12),
    ("strike", 10),
    ("delete_last", 6),
    ("book", 4),
    ("cancel", 2),
    ("lock", 3),
)
"""Kinds of changes, and how often each comes."""
PLAIN: dict[str, Mutation] = {
    "voucher": AddVoucher(),
    "strike": StrikeRows(),
    "delete_last": DeleteLastVoucher(),
    "book": Book(),
    "cancel": Cancel(),
}
