"""What can happen to transactions while someone reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import msgspec
import numpy as np

from sandbox.clock import iso
from sandbox.qonto import history
from sandbox.qonto.facts import COMPLETED, DECLINED, DELETED, PENDING, PLAIN, STATUSES
from sandbox.qonto.ledger import NEVER, SIGNS, Columns, Totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.qonto.books import Books

Done = dict[str, Any]

EDITABLE = frozenset({"label", "note", "reference", "category", "attachment_lost", "attachment_required"})


def snake(name: str) -> str:
    """`AddLabel` is told `add_label`."""
    return re.sub("(?<!^)([A-Z])", r"_\1", name).lower()


class Mutation(msgspec.Struct, tag_field="kind", tag=snake, forbid_unknown_fields=True):
    """One change of the company."""

    def apply(self, books: Books) -> Done:
        """Change the books; ValueError, and no change, if they would not be lawful. Returns what was done."""
        raise NotImplementedError


class Add(Mutation):
    """`n` new transactions. `days_ago` dates them back: only `updated_at` says that they are new."""

    n: int = 1
    account: str | None = None
    """None: the main account."""
    status: Literal["pending", "completed", "declined"] = "completed"
    side: Literal["credit", "debit"] | None = None
    amount_cents: Annotated[int, msgspec.Meta(gt=0)] | None = None
    days_ago: Annotated[int, msgspec.Meta(ge=0)] = 0

    def apply(self, books: Books) -> Done:
        """Money that is not there cannot be spent: without `side`, an income comes instead."""
        account = books.account(self.account)
        if books.company.accounts[account].plan.closed:
            raise ValueError("the account is closed")
        new = history.draw(books.dice, self.n)
        if self.side or self.status != "completed":
            new.kind[:] = PLAIN[self.side or "debit"]
        if self.amount_cents is not None:
            new.amount[:] = self.amount_cents
        new.account[:] = account
        new.status[:] = STATUSES[self.status]
        self._book(books.ledger.totals(account), new)
        new.updated_at[:] = _ticks(books, self.n)
        new.created_at[:] = new.updated_at - self.days_ago * history.DAY
        new.emitted_at[:] = new.created_at - 1000
        new.settled_at[:] = new.created_at if self.status == "completed" else NEVER
        first = len(books.ledger.columns)
        books.ledger.columns.extend(new)
        return _done(books, range(first, first + self.n))

    def _book(self, totals: Totals, new: Columns) -> None:
        balance, free = totals.settled_cents, totals.settled_cents - totals.held_cents
        for row in range(self.n if self.status != "declined" else 0):
            amount = int(new.amount[row])
            if SIGNS[new.kind[row]] < 0 and amount > free:
                if self.side or self.status == "pending":
                    raise ValueError("more than there is in the account")
                new.kind[row] = PLAIN["credit"]
            change = amount * int(SIGNS[new.kind[row]])
            if self.status == "completed":
                balance += change
                new.balance[row] = balance
            free += change if self.status == "completed" else min(change, 0)


class Chosen(Mutation):
    """Transactions by `ids`, or `n` of those that qualify, drawn by the company's seed."""

    ids: list[str] | None = None
    n: int = 1
    account: str | None = None

    def rows(self, books: Books, *statuses: int) -> list[int]:
        """Their positions. ValueError for one that is not there or not in these statuses, or for too few."""
        columns = books.ledger.columns
        if self.ids is not None:
            rows = [books.position(transaction_id) for transaction_id in dict.fromkeys(self.ids)]
            if any(columns.status[row] not in statuses for row in rows):
                raise ValueError("a transaction's status does not allow this")
            return rows
        fit = np.isin(columns.status, statuses)
        if self.account:
            fit &= columns.account == books.account(self.account)
        candidates = np.flatnonzero(fit)
        if len(candidates) < self.n:
            raise ValueError(f"there are only {len(candidates)} transactions for this")
        return sorted(books.dice.choice(candidates, self.n, replace=False).tolist())


class Edit(Chosen, kw_only=True):
    """Other values for fields that a user writes, each transaction at its own second."""

    set: dict[str, str | bool | None]
    together: ClassVar[bool] = False

    def apply(self, books: Books) -> Done:
        """Bumps `updated_at`. ValueError for a field that is not the user's."""
        if not EDITABLE.issuperset(self.set):
            raise ValueError(f"only these can be edited: {', '.join(sorted(EDITABLE))}")
        rows = self.rows(books, PENDING, COMPLETED, DECLINED)
        for row in rows:
            books.edits.setdefault(row, {}).update(self.set)
        moments = [books.clock.tick()] * len(rows) if self.together else _ticks(books, len(rows))
        books.ledger.columns.updated_at[rows] = moments
        return _done(books, rows)


class BulkEdit(Edit, kw_only=True):
    """The same edit for many, all with one `updated_at`."""

    together: ClassVar[bool] = True


class Relabel(Chosen):
    """These labels, and no others; without `labels`, another of the combinations in use."""

    labels: list[str] | None = None

    def apply(self, books: Books) -> Done:
        """Bumps `updated_at`."""
        rows = self.rows(books, PENDING, COMPLETED, DECLINED)
        columns = books.ledger.columns
        if self.labels is None:
            columns.labels[rows] = (columns.labels[rows] + 1) % len(books.label_sets)
        else:
            columns.labels[rows] = books.label_set(self.labels)
        columns.updated_at[rows] = _ticks(books, len(rows))
        return _done(books, rows)


class Settle(Chosen):
    """Pending transactions become completed, now; the balances follow."""

    def apply(self, books: Books) -> Done:
        """A hold on a debit ends with its booking, so there is always enough money."""
        rows = self.rows(books, PENDING)
        columns = books.ledger.columns
        balances = [books.ledger.totals(n).settled_cents for n in range(len(books.company.accounts))]
        for row, moment in zip(rows, _ticks(books, len(rows)), strict=True):
            account = columns.account[row]
            balances[account] += int(columns.amount[row] * SIGNS[columns.kind[row]])
            columns.balance[row] = balances[account]
            columns.settled_at[row] = columns.updated_at[row] = moment
            columns.status[row] = COMPLETED
        return _done(books, rows)


class Decline(Chosen):
    """Pending transactions are refused; the hold ends."""

    def apply(self, books: Books) -> Done:
        """They stay, as declined."""
        rows = self.rows(books, PENDING)
        books.ledger.columns.status[rows] = DECLINED
        books.ledger.columns.updated_at[rows] = _ticks(books, len(rows))
        return _done(books, rows)


class Delete(Chosen):
    """Pending or declined transactions vanish without a trace; what is booked stays booked."""

    def apply(self, books: Books) -> Done:
        """No list tells of it."""
        rows = self.rows(books, PENDING, DECLINED)
        books.ledger.columns.status[rows] = DELETED
        books.clock.tick()
        return _done(books, rows)


def _ticks(books: Books, count: int) -> list[int]:
    return [books.clock.tick() for _ in range(count)]


def _done(books: Books, rows: Sequence[int]) -> Done:
    books.ledger.changed()
    return {"now": iso(books.clock.now), "ids": [books.ids.of(row) for row in rows]}
