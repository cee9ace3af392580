"""Each thing that can happen to the company, seen through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sandbox.clock import milliseconds
from sandbox.control import RefusedError

if TYPE_CHECKING:
    from sandbox_tests.conftest import Reader


def one(reader: Reader, transaction_id: str) -> dict[str, Any]:
    record: dict[str, Any] = reader.get(f"/transactions/{transaction_id}")["transaction"]
    return record


def balance(reader: Reader, account: str | None = None) -> tuple[int, int]:
    record = reader.get(f"/bank_accounts/{account or reader.main}")["bank_account"]
    return record["balance_cents"], record["authorized_balance_cents"]


def mutate(reader: Reader, kind: str, **fields: Any) -> list[str]:
    ids: list[str] = reader.sandbox.qonto.mutate(kind, **fields)["ids"]
    return ids


def test_add(reader: Reader) -> None:
    before, since = balance(reader), reader.sandbox.now()
    ids = mutate(reader, "add", n=3, side="credit", amount_cents=1234)
    assert balance(reader) == (before[0] + 3702, before[1] + 3702)
    found = reader.all(sort_by="updated_at:asc", updated_at_from=since)
    assert [t["id"] for t in found] == ids
    assert [t["settled_balance_cents"] for t in found] == [before[0] + 1234 * n for n in (1, 2, 3)]
    assert len({t["updated_at"] for t in found}) == 3
    debit = one(reader, *mutate(reader, "add", side="debit", amount_cents=2))
    assert (debit["amount"], debit["settled_balance_cents"]) == (0.02, before[0] + 3700)


def test_add_pending_then_settle(reader: Reader) -> None:
    total, free = balance(reader)
    (pending,) = mutate(reader, "add", status="pending", side="debit", amount_cents=500)
    assert balance(reader) == (total, free - 500)
    before = one(reader, pending)
    assert before["settled_at"] is before["settled_balance"] is None
    assert mutate(reader, "settle", ids=[pending, pending]) == [pending]
    assert balance(reader) == (total - 500, free - 500)
    after = one(reader, pending)
    assert after["status"] == "completed"
    assert after["settled_balance_cents"] == total - 500
    assert before["updated_at"] < after["updated_at"] == after["settled_at"] == reader.sandbox.now()


def test_decline(reader: Reader) -> None:
    total, free = balance(reader)
    (pending,) = mutate(reader, "add", status="pending", amount_cents=500)
    mutate(reader, "decline", ids=[pending])
    assert one(reader, pending)["status"] == "declined"
    assert balance(reader) == (total, free)


def test_delete(reader: Reader) -> None:
    total, free = balance(reader)
    (pending,) = mutate(reader, "add", status="pending", amount_cents=500)
    mutate(reader, "delete", ids=[pending])
    assert reader.ask(f"/transactions/{pending}").status_code == 404
    assert pending not in [t["id"] for t in reader.all(**{"status[]": ["pending", "declined"]})]
    assert balance(reader) == (total, free)
    with pytest.raises(RefusedError, match="status"):
        mutate(reader, "delete", ids=[reader.page()["transactions"][0]["id"]])


def test_edit(reader: Reader) -> None:
    since = reader.sandbox.now()
    ids = mutate(reader, "edit", n=5, account=reader.main, set={"note": "seen", "label": "NEW"})
    found = reader.all(**{"status[]": ["pending", "completed", "declined"]}, updated_at_from=since)
    assert {t["id"] for t in found} == set(ids)
    assert {(t["note"], t["label"]) for t in found} == {("seen", "NEW")}
    assert len({t["updated_at"] for t in found}) == 5
    with pytest.raises(RefusedError, match="only these"):
        mutate(reader, "edit", set={"status": "completed"})


def test_bulk_edit(reader: Reader) -> None:
    ids = mutate(reader, "bulk_edit", n=150, account=reader.main, set={"note": None})
    now = reader.sandbox.now()
    every = {"status[]": ["pending", "completed", "declined"]}
    found = reader.all(**every, updated_at_from=now, updated_at_to=now)
    assert sorted(t["id"] for t in found) == sorted(ids)
    assert len(found) == 150


def test_relabel(reader: Reader) -> None:
    labels = [label["id"] for label in reader.get("/labels")["labels"]][:3]
    (changed,) = mutate(reader, "relabel", labels=labels)
    assert one(reader, changed)["label_ids"] == labels
    mutate(reader, "relabel", ids=[changed])
    assert one(reader, changed)["label_ids"] != labels
    with pytest.raises(RefusedError, match="no label"):
        mutate(reader, "relabel", labels=["x"])


def test_dated_back(reader: Reader) -> None:
    total = balance(reader)[0]
    (late,) = mutate(reader, "add", days_ago=500, side="credit", amount_cents=100)
    record = one(reader, late)
    assert record["updated_at"] == reader.sandbox.now()
    for name in ("created_at", "emitted_at", "settled_at"):
        assert milliseconds(record[name]) < milliseconds(record["updated_at"]) - 499 * 86_400_000
    # It is booked now, whatever its date: balances of others do not change.
    assert record["settled_balance_cents"] == total + 100


def test_money_that_is_not_there(reader: Reader) -> None:
    books = reader.sandbox.qonto.truth()
    for status in ("completed", "pending"):
        with pytest.raises(RefusedError, match="more than there is"):
            mutate(reader, "add", side="debit", status=status, amount_cents=10**15)
    closed = next(a["id"] for a in reader.accounts if a["status"] == "closed")
    with pytest.raises(RefusedError, match="closed"):
        mutate(reader, "add", account=closed)
    assert reader.sandbox.qonto.truth() == books


@pytest.mark.parametrize(
    ("mutation", "reason"),
    [
        ({"kind": "explode"}, "explode"),
        ({"kind": "add", "many": 3}, "many"),
        ({"kind": "add", "amount_cents": -1}, "amount_cents"),
        ({"kind": "settle", "ids": ["x"]}, "no transaction x"),
        ({"kind": "settle", "n": 100_000}, "there are only"),
        ({"kind": "edit", "account": "x", "set": {}}, "no bank account x"),
        ({"kind": "delete_label", "id": "x"}, "no label x"),
    ],
)
def test_what_cannot_be_done(reader: Reader, mutation: dict[str, Any], reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        reader.sandbox.qonto.mutate_all([mutation])


def test_labels(reader: Reader) -> None:
    (parent,) = mutate(reader, "add_label", name="Ships")
    (child,) = mutate(reader, "add_label", name="Sloop", parent_id=parent)
    assert reader.get("/labels")["labels"][-2:] == [
        {"id": parent, "name": "Ships", "parent_id": None},
        {"id": child, "name": "Sloop", "parent_id": parent},
    ]
    mutate(reader, "rename_label", id=child, name="Barge")
    assert reader.get(f"/labels/{child}")["label"]["name"] == "Barge"
    with pytest.raises(RefusedError, match="two levels"):
        mutate(reader, "add_label", name="Deeper", parent_id=child)
    with pytest.raises(RefusedError, match="children"):
        mutate(reader, "delete_label", id=parent)
    marked = mutate(reader, "relabel", n=4, labels=[child])
    assert sorted(mutate(reader, "delete_label", id=child)) == sorted(marked)
    assert reader.ask(f"/labels/{child}").status_code == 404
    after = [one(reader, transaction_id) for transaction_id in marked]
    assert {tuple(t["label_ids"]) for t in after} == {()}
    assert {t["updated_at"] for t in after} == {reader.sandbox.now()}


@pytest.mark.parametrize(
    ("resource", "path", "key"),
    [
        ("organization", "/organization", "organization"),
        ("bank_accounts", "/bank_accounts", "bank_accounts"),
        ("labels", "/labels", "labels"),
        ("memberships", "/memberships", "memberships"),
        ("transactions", "/transactions", "transactions"),
    ],
)
def test_the_vendor_changes_its_fields(reader: Reader, resource: str, path: str, key: str) -> None:
    dropped = "label" if resource == "transactions" else "name" if resource != "memberships" else "role"
    mutate(reader, "add_field", resource=resource, field="novelty", value={"a": 1})
    mutate(reader, "drop_field", resource=resource, field=dropped)
    found = reader.get(path, bank_account_id=reader.main)[key]
    for record in found if isinstance(found, list) else [found]:
        assert record["novelty"] == {"a": 1}
        assert dropped not in record


def test_accounts_move_with_their_transactions(reader: Reader) -> None:
    account = reader.accounts[1]["id"]
    mutate(reader, "add", account=account)
    record = reader.get(f"/bank_accounts/{account}")["bank_account"]
    assert record["updated_at"] == reader.sandbox.now()
