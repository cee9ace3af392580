"""Incremental runs: everything once, then only what changed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run


def ids(run: Run) -> list[str]:
    return [row["id"] for row in run.rows("transactions")]


@pytest.fixture
def many(qonto: Any, transaction: Any) -> Any:
    """250 completed, 1 pending and 1 declined transaction."""
    qonto.lists["transactions"] = [
        *(transaction(n) for n in range(250)),
        transaction(300, status="pending", settled_at=None),
        transaction(301, status="declined", settled_at=None),
    ]
    return qonto


def test_every_transaction_of_every_status_once(many: Any, tap: Callable[..., Run]) -> None:
    run = tap()
    assert Counter(ids(run)) == Counter(t["id"] for t in many.lists["transactions"])
    completed = [row["id"] for row in run.rows("transactions") if row["status"] == "completed"]
    assert completed == sorted(completed)


def test_a_run_without_changes_sends_nothing_and_asks_once_a_part(many: Any, tap: Callable[..., Run]) -> None:
    state = tap().state
    many.asked.clear()
    run = tap(state=state)
    assert ids(run) == []
    assert run.state == state
    asked = Counter(path for path, _ in many.asked)
    assert asked.pop("transactions") == 2 * 6  # attachments are asked for by transaction, too
    assert (asked.pop("supplier_invoices"), asked.pop("client_invoices")) == (2, 2)  # and by invoice
    assert (asked.pop("bank_accounts"), asked.pop("organization")) == (3, 4)  # also to know which accounts there are
    assert set(asked.values()) == {1}


def test_what_changed_since_comes_and_what_shares_the_bookmark_is_not_lost(
    many: Any, tap: Callable[..., Run], transaction: Any
) -> None:
    state = tap().state
    many.lists["transactions"] += [transaction(249, id="t-late"), transaction(999)]
    many.lists["transactions"][3]["note"] = "edited"
    many.lists["transactions"][3]["updated_at"] = "2026-05-02T00:00:00.000Z"
    many.lists["transactions"][250] |= {"status": "completed", "updated_at": "2026-05-03T00:00:00.000Z"}
    assert ids(tap(state=state)) == ["t-late", "t-00999", "t-00003", "t-00300"]


def test_an_edit_within_the_very_moment_of_the_bookmark_is_not_lost(many: Any, tap: Callable[..., Run]) -> None:
    state = tap().state
    many.lists["transactions"][249]["note"] = "edited at once"
    assert ids(tap(state=state)) == ["t-00249"]


def test_a_stop_between_two_states_costs_little_and_loses_nothing(many: Any, tap: Callable[..., Run]) -> None:
    run = tap()
    states = [m["value"] for m in run.messages if m["type"] == "STATE"]
    for state in states[:: len(states) // 6]:
        before = run.messages[: next(i for i, m in enumerate(run.messages) if m.get("value") == state)]
        sent = {m["record"]["id"] for m in before if m["type"] == "RECORD" and m["stream"] == "transactions"}
        assert sent | set(ids(tap(state=state))) == {t["id"] for t in many.lists["transactions"]}


def test_a_vendor_that_does_not_sort_is_still_read_whole(many: Any, tap: Callable[..., Run]) -> None:
    many.lists["transactions"].reverse()
    many.sorts = False
    run = tap()
    assert run.code == 0
    assert set(ids(run)) == {t["id"] for t in many.lists["transactions"]}
    assert ids(tap(state=run.state)) == []


def test_more_than_a_page_at_one_moment_with_links_that_never_stay(
    qonto: Any, tap: Callable[..., Run], transaction: Any
) -> None:
    moment = "2026-05-05T10:00:00.000Z"
    qonto.lists["transactions"] = [transaction(n, updated_at=moment) for n in range(230)]
    answer = qonto.answer

    def sign(path: str, query: Any) -> Any:
        reply = answer(path, query)
        for record in reply.body.get("transactions", ()):
            record["attachments"] = [{"id": "a", "url": f"https://files.example/{len(qonto.asked)}"}]
        return reply

    qonto.answer = sign
    run = tap()
    assert run.code == 0
    assert set(ids(run)) == {t["id"] for t in qonto.lists["transactions"]}
    qonto.asked.clear()
    assert ids(tap(state=run.state)) == []
    assert len(qonto.asked_for_transactions) == 6
    qonto.lists["transactions"] += [transaction(999, updated_at=moment)]
    assert ids(tap(state=run.state)) == ["t-00999"]


def test_only_the_accounts_of_the_setting_are_read(many: Any, tap: Callable[..., Run], transaction: Any) -> None:
    other = many.lists["bank_accounts"][1]["id"]
    many.lists["transactions"].append(transaction(400, bank_account_id=other))
    run = tap(ibans=["fr76 3000 1007 9412 3456 7890 185"])
    assert run.code == 0
    assert len(run.rows("transactions")) == 252
    assert other not in {row["bank_account_id"] for row in run.rows("transactions")}


def test_an_earlier_start_date_brings_what_lies_between(qonto: Any, tap: Callable[..., Run], transaction: Any) -> None:
    qonto.lists["transactions"] = [transaction(1, settled_at="2026-04-01T00:00:00.000Z"), transaction(2)]
    state = tap(start_date="2026-05-01").state
    assert ids(tap(state=state, start_date="2026-05-01")) == []
    assert ids(tap(state=state, start_date="2026-05-02")) == []
    assert ids(tap(state=state, start_date="2026-03-01")) == ["t-00001", "t-00002"]
    assert ids(tap(state=state)) == ["t-00001", "t-00002"]


def test_start_date_is_about_the_day_of_settlement_or_of_emission(
    qonto: Any, tap: Callable[..., Run], transaction: Any
) -> None:
    new = "2026-05-20T00:00:00.000Z"
    qonto.lists["transactions"] = [
        transaction(1, id="settled-before", settled_at="2026-04-30T23:59:59.000Z", updated_at=new),
        transaction(2, id="settled-at", settled_at="2026-05-01T00:00:00.000Z", updated_at=new),
        transaction(
            3, id="pending-before", status="pending", settled_at=None, emitted_at="2026-04-30T10:00:00Z", updated_at=new
        ),
        transaction(
            4, id="pending-since", status="pending", settled_at=None, emitted_at="2026-05-02T10:00:00Z", updated_at=new
        ),
    ]
    assert set(ids(tap(start_date="2026-05-01"))) == {"settled-at", "pending-since"}
    assert all(
        q["updated_at_from"] == ["2026-05-01T00:00:00.000Z"] for path, q in qonto.asked if path == "transactions"
    )
