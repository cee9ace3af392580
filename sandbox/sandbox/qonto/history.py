"""The transactions of the years before the sandbox was started."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.clock import milliseconds
from sandbox.qonto.facts import (
    ACCOUNTS,
    COMPLETED,
    DECLINED,
    HISTORY_START,
    INCOME,
    KINDS,
    PENDING,
    TRANSFER,
)
from sandbox.qonto.ledger import NEVER, SIGNS, Columns, Ints

if TYPE_CHECKING:
    from numpy.typing import NDArray

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
MAIN = 0
DECLINED_SHARE = 0.03
OPEN_SHARE = 0.97
"""Only the last 3 % of the transactions may still be pending."""
PENDING_SHARE = 0.5
"""Of these."""
EDITED_SHARE = 0.2
"""Changed again weeks after their last step."""
CLOSED_SHARE = 0.4
"""A closed account has none after 40 % of them."""
CLOSED = [number for number, plan in enumerate(ACCOUNTS) if plan.closed]
FILL_AND_EMPTY = 2
BULKS = ((60, 2), (260, 5))
"""Of so many transactions in a row, every so-many-th group was last changed together: within a page, and over
more than two pages."""
DEPOSIT = 100_00
ATTACHED_SHARE = 0.2
LABEL_SETS = 12
"""Combinations of labels that transactions are given."""


def write(count: int, seed: int, now: int) -> Columns:
    """`count` transactions up to `now`, in the order of their creation, with lawful books."""
    dice = np.random.default_rng(seed)
    columns = draw(dice, count)
    columns.account[:] = _accounts(dice, count)
    columns.status[:] = _statuses(dice, columns.account)
    open_ = columns.status != COMPLETED
    columns.kind[open_ & (SIGNS[columns.kind] > 0)] = TRANSFER
    columns.created_at[:] = np.sort(dice.integers(milliseconds(HISTORY_START), now - DAY, count))
    columns.emitted_at[:] = columns.created_at - dice.integers(0, 2000, count)
    settled = np.minimum(columns.created_at + dice.exponential(DAY, count).astype(np.int64), now - 2 * HOUR)
    columns.settled_at[:] = np.where(open_, NEVER, settled)
    columns.updated_at[:] = _updates(dice, np.where(open_, columns.created_at, settled), now)
    for number, plan in enumerate(ACCOUNTS):
        _book(columns, number, closed=plan.closed)
    return columns


def draw(dice: np.random.Generator, count: int) -> Columns:
    """Transactions that have a kind and an amount, but no account, status or time yet."""
    kind = _pick(dice, [k.weight for k in KINDS], count)
    return Columns(
        account=np.zeros(count, dtype=np.int8),
        status=np.zeros(count, dtype=np.int8),
        kind=kind,
        amount=_amounts(dice, kind),
        balance=np.zeros(count, dtype=np.int64),
        created_at=np.zeros(count, dtype=np.int64),
        emitted_at=np.zeros(count, dtype=np.int64),
        settled_at=np.zeros(count, dtype=np.int64),
        updated_at=np.zeros(count, dtype=np.int64),
        attached=dice.random(count) < ATTACHED_SHARE,
        labels=dice.integers(0, LABEL_SETS, count, dtype=np.int32),
        dice=dice.integers(0, NEVER, count),
    )


def _pick(dice: np.random.Generator, weights: list[float], count: int) -> NDArray[np.int8]:
    shares = np.array(weights) / sum(weights)
    return dice.choice(len(weights), size=count, p=shares).astype(np.int8)


def _accounts(dice: np.random.Generator, count: int) -> NDArray[np.int8]:
    """A closed account has early transactions, and no fewer than it takes to fill and to empty it."""
    account = _pick(dice, [plan.weight for plan in ACCOUNTS], count)
    late = np.arange(1, count + 1) > count * CLOSED_SHARE
    account[late & np.isin(account, CLOSED)] = MAIN
    for closed in CLOSED:
        if np.count_nonzero(account == closed) < FILL_AND_EMPTY:
            account[account == closed] = MAIN
    return account


def _statuses(dice: np.random.Generator, account: NDArray[np.int8]) -> NDArray[np.int8]:
    """An account's first transaction is completed: nothing is spent before there is something."""
    count = len(account)
    chance = dice.random(count)
    status = np.full(count, COMPLETED, dtype=np.int8)
    status[chance < DECLINED_SHARE] = DECLINED
    recent = np.arange(1, count + 1) > count * OPEN_SHARE
    status[recent & (chance > PENDING_SHARE)] = PENDING
    status[np.unique(account, return_index=True)[1]] = COMPLETED
    status[np.isin(account, CLOSED)] = COMPLETED
    return status


def _amounts(dice: np.random.Generator, kind: NDArray[np.int8]) -> Ints:
    medians = np.array([k.median for k in KINDS])[kind]
    return np.maximum(1, (medians * np.exp(dice.normal(0, 1, len(kind)))).astype(np.int64))


def _updates(dice: np.random.Generator, since: Ints, now: int) -> Ints:
    """Mostly soon after the last step; some edited weeks later; some in bulk, at one moment."""
    count = len(since)
    late = np.where(dice.random(count) < EDITED_SHARE, 30 * DAY, 5 * MINUTE)
    last = now - dice.integers(MINUTE, HOUR, count)
    updated = np.maximum(since, np.minimum(since + dice.exponential(late).astype(np.int64), last))
    for size, every in BULKS if count else ():
        group = np.arange(count) // size
        moments = np.maximum.reduceat(updated, np.arange(0, count, size))[group]
        updated = np.where(group % every == every - 1, moments, updated)
    return updated


def _book(columns: Columns, account: int, *, closed: bool) -> None:
    """Book the completed transactions of one account, opened with a deposit that keeps it above zero."""
    booked = np.flatnonzero((columns.account == account) & (columns.status == COMPLETED))
    if not len(booked):
        return
    booked = booked[np.argsort(columns.settled_at[booked], kind="stable")]
    held = (columns.account == account) & (columns.status == PENDING)
    columns.kind[booked[0]] = INCOME
    running = np.cumsum(columns.signed()[booked])
    lowest = min(int(np.min(running)), int(running[-1]) - int(columns.amount[held].sum()))
    columns.amount[booked[0]] += DEPOSIT - min(0, lowest)
    if closed:
        columns.kind[booked[-1]] = TRANSFER
        columns.amount[booked[-1]] = columns.signed()[booked[:-1]].sum()
    columns.balance[booked] = np.cumsum(columns.signed()[booked])
