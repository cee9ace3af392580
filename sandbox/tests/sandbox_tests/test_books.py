"""Whatever is drawn and whatever happens, the books are lawful."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox.clock import Clock
from sandbox.qonto.ledger import Question
from sandbox.qonto.resources import BY_NAME
from sandbox.qonto.vendor import Qonto

if TYPE_CHECKING:
    from sandbox.qonto.books import Books

SIGN = {"credit": 1, "debit": -1}


def opened(count: int, seed: int) -> Books:
    return Qonto(count, seed, Clock(), "http://sandbox").books


def check(books: Books) -> None:
    """Balances are sums, in order of booking, and never below zero."""
    records = books.transactions(books.all_rows())
    for account, truth in zip(books.bank_accounts(external=True), books.truth(), strict=True):
        mine = [t for t in records if t["bank_account_id"] == account["id"]]
        booked = [t for t in mine if t["status"] == "completed"]
        signed = [SIGN[t["side"]] * t["amount_cents"] for t in booked]
        held = sum(t["amount_cents"] for t in mine if t["status"] == "pending" and t["side"] == "debit")
        assert sum(signed) == account["balance_cents"] == truth["settled_cents"] >= 0
        assert account["authorized_balance_cents"] == account["balance_cents"] - held >= 0
        assert {name: sum(t["status"] == name for t in mine) for name in truth["transactions"]} == truth["transactions"]
        after = sorted(t["settled_balance_cents"] for t in booked)
        before = sorted(t["settled_balance_cents"] - s for t, s in zip(booked, signed, strict=True))
        assert all(balance >= 0 for balance in after)
        # A chain: every balance but the last is what the next booking starts from, and the first starts from 0.
        assert sorted([0, *after]) == sorted([*before, account["balance_cents"]])
        if account["status"] == "closed":
            assert account["balance_cents"] == 0


@given(count=st.integers(0, 400), seed=st.integers(0, 10_000))
@settings(max_examples=25)
def test_history_is_lawful(count: int, seed: int) -> None:
    books = opened(count, seed)
    check(books)
    assert len(books.all_rows()) == count
    for account in books.truth():
        rows = [t for t in books.transactions(books.all_rows()) if t["bank_account_id"] == account["id"]]
        chain = sorted((t for t in rows if t["settled_at"]), key=lambda t: t["settled_at"])
        balance = 0
        for record in chain:
            balance += SIGN[record["side"]] * record["amount_cents"]
            assert record["settled_balance_cents"] == balance


MUTATIONS = st.sampled_from(
    [
        {"kind": "add", "n": 3},
        {"kind": "add", "status": "pending"},
        {"kind": "add", "days_ago": 400},
        {"kind": "settle"},
        {"kind": "decline"},
        {"kind": "delete"},
        {"kind": "relabel", "n": 2},
        {"kind": "edit", "set": {"note": "seen"}},
        {"kind": "bulk_edit", "n": 20, "set": {"note": None}},
    ]
)


@given(seed=st.integers(0, 1000), mutations=st.lists(MUTATIONS, max_size=15))
@settings(max_examples=25)
def test_mutations_keep_the_books_lawful(seed: int, mutations: list[dict[str, Any]]) -> None:
    qonto = Qonto(150, seed, Clock(), "http://sandbox")
    times = [qonto.books.clock.now]
    for mutation in mutations:
        try:
            qonto.mutate(mutation)
        except ValueError:
            continue
        times.append(qonto.books.clock.now)
    assert times == sorted(set(times))
    check(qonto.books)


def test_the_seed_decides_everything() -> None:
    def company(seed: int) -> bytes:
        books = opened(300, seed)
        everything = [books.transactions(books.all_rows()), books.organization(external=True)]
        stored = [books.written(BY_NAME[name], records) for name, records in books.store.records.items()]
        return msgspec.json.encode([everything, stored])

    assert company(3) == company(3)
    assert company(3) != company(4)


def test_many_share_one_moment_across_a_page_edge() -> None:
    for count in (500, 5_000):
        books = opened(count, 7)
        rows = books.ledger.select(Question(account=0, sort="updated_at", descending=False))
        times = books.ledger.columns.updated_at[rows].tolist()
        assert any(times[edge - 1] == times[edge] for edge in range(100, len(times), 100))
    # And sometimes more than a page of them.
    assert max(Counter(times).values()) > 100


def test_a_million_transactions() -> None:
    started = time.perf_counter()
    books = opened(1_000_000, 7)
    rows = books.all_rows()
    assert len(books.transactions(rows[-100:])) == 100
    # Some seconds of slack for a busy machine: it takes half of one.
    assert time.perf_counter() - started < 10
    assert sum(sum(account["transactions"].values()) for account in books.truth()) == 1_000_000
    assert books.position(books.ids.of(987_654)) == 987_654
