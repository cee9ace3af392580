"""All transactions as columns, and the order in which a question wants them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sandbox.qonto.facts import COMPLETED, KINDS, PENDING, STATUSES

Ints = NDArray[np.int64]
Field = Literal["created_at", "emitted_at", "settled_at", "updated_at"]

NEVER = np.iinfo(np.int64).max
"""A time that has not come: sorts behind all others, as a null does in the vendor's database."""
SIGNS = np.array([kind.sign for kind in KINDS], dtype=np.int64)


@dataclass
class Columns:
    """One value a transaction. Times in milliseconds since 1970, money in cents of the account."""

    account: NDArray[np.int8]
    status: NDArray[np.int8]
    kind: NDArray[np.int8]
    amount: Ints
    """Never negative; the kind knows the side."""
    balance: Ints
    """Of the account, right after this was booked; 0 until then."""
    created_at: Ints
    emitted_at: Ints
    settled_at: Ints
    updated_at: Ints
    attached: NDArray[np.bool_]
    labels: NDArray[np.int32]
    """Position in the company's list of label combinations."""
    dice: Ints
    """From which everything else about the transaction follows."""

    def __len__(self) -> int:
        return len(self.account)

    def signed(self) -> Ints:
        """Amounts with their effect on the balance."""
        return self.amount * SIGNS[self.kind]

    def extend(self, more: Columns) -> None:
        """Put `more` behind."""
        for column in fields(self):
            setattr(self, column.name, np.concatenate([getattr(self, column.name), getattr(more, column.name)]))


@dataclass(frozen=True)
class Question:
    """Which transactions, and in which order. Ranges include both ends."""

    account: int
    statuses: tuple[int, ...] = (COMPLETED,)
    sort: Field = "settled_at"
    descending: bool = True
    ranges: tuple[tuple[Field, int, int], ...] = ()
    sides: tuple[int, ...] = ()
    kinds: tuple[int, ...] = ()
    attached: bool | None = None


@dataclass(frozen=True)
class Totals:
    """What the transactions of an account add up to."""

    settled_cents: int
    """The balance."""
    held_cents: int
    """Pending debits: what the authorized balance is lower by."""
    counts: dict[str, int]
    """Transactions by status."""
    moved_at: int | None
    """When one of them last changed; None where there is none."""


@dataclass
class Ledger:
    """Columns with sorted indexes, each made when first asked for and dropped when the books change."""

    columns: Columns
    _indexes: dict[tuple[int, tuple[int, ...], Field], tuple[Ints, Ints]] = field(default_factory=dict)
    _totals: dict[int, Totals] = field(default_factory=dict)

    def changed(self) -> None:
        """Call after every change of the columns."""
        self._indexes.clear()
        self._totals.clear()

    def select(self, question: Question) -> Ints:
        """Positions of the transactions, in order; equal times in the order of creation."""
        rows, times = self._index(question.account, question.statuses, question.sort)
        for name, low, high in question.ranges:
            if name == question.sort:
                start, stop = np.searchsorted(times, (low, high + 1))
                rows, times = rows[start:stop], times[start:stop]
        wanted = self._wanted(rows, question)
        rows = rows if wanted is None else rows[wanted]
        return rows[::-1] if question.descending else rows

    def _wanted(self, rows: Ints, question: Question) -> NDArray[np.bool_] | None:
        """What of `rows` passes the filters that the index does not answer; None for all of it."""
        columns = self.columns
        masks = [
            (getattr(columns, name)[rows] >= low) & (getattr(columns, name)[rows] <= high)
            for name, low, high in question.ranges
            if name != question.sort
        ]
        if question.sides:
            masks.append(np.isin(SIGNS[columns.kind[rows]], question.sides))
        if question.kinds:
            masks.append(np.isin(columns.kind[rows], question.kinds))
        if question.attached is not None:
            masks.append(columns.attached[rows] == question.attached)
        return np.all(masks, axis=0) if masks else None

    def _index(self, account: int, statuses: tuple[int, ...], name: Field) -> tuple[Ints, Ints]:
        """Positions by time, and these times."""
        key = (account, statuses, name)
        if key not in self._indexes:
            columns = self.columns
            rows = np.flatnonzero((columns.account == account) & np.isin(columns.status, statuses))
            times = getattr(columns, name)[rows]
            order = np.argsort(times, kind="stable")
            self._indexes[key] = rows[order], times[order]
        return self._indexes[key]

    def totals(self, account: int) -> Totals:
        """Of one account."""
        if account not in self._totals:
            columns = self.columns
            mine = columns.account == account
            status, signed, updated = columns.status[mine], columns.signed()[mine], columns.updated_at[mine]
            self._totals[account] = Totals(
                settled_cents=int(signed[status == COMPLETED].sum()),
                held_cents=int(-signed[(status == PENDING) & (signed < 0)].sum()),
                counts={name: int((status == number).sum()) for name, number in STATUSES.items()},
                moved_at=int(updated.max()) if len(updated) else None,
            )
        return self._totals[account]
