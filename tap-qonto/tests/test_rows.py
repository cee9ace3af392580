"""Answers of several generations of the API: fixture in, rows out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.testing import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run

COUNTERPARTY = {
    "counterparty_account_number": "NL02ABNA0123456789",
    "counterparty_account_number_format": "IBAN",
    "counterparty_bank_identifier": "ABNA",
    "counterparty_bank_identifier_format": "SWIFT_BIC",
}
MODERN = {
    "id": "018f0000-0000-7000-8000-00000000aaaa",
    "transaction_id": "riverside-mill-4471-1-transaction-12",
    "amount": 52.4,
    "amount_cents": 5240,
    "settled_balance": 1111.1,
    "settled_balance_cents": 111110,
    "side": "debit",
    "operation_type": "transfer",
    "currency": "EUR",
    "settled_at": "2026-03-14T17:17:02.000Z",
    "emitted_at": "2026-03-06T12:33:13.000Z",
    "updated_at": "2026-03-21T21:32:03.000Z",
    "status": "completed",
    "label_ids": ["l-1"],
    "subject_type": "transfer",
    "transfer": COUNTERPARTY,
    "cashflow_category": {"id": "c-1", "name": "Others"},
    "logo": {},
    "attachments": [
        {
            "id": "a-1",
            "created_at": "2026-03-18T11:52:07.000Z",
            "file_name": "receipt.png",
            "file_size": "666",
            "file_content_type": "image/png",
            "url": "https://files.example/a-1?X-Amz-Signature=abc",
            "probative_attachment": {"status": "unavailable"},
        }
    ],
    "vat_details": {"items": [{"amount": "8.73", "amount_cents": "873", "rate": "20.0"}]},
    "something_new": {"nested": True},
}
OF_2019 = {
    "transaction_id": "riverside-mill-4471-1-transaction-1",
    "amount": 1200,
    "amount_cents": 120000,
    "side": "credit",
    "settled_at": "2019-02-06T16:51:56.000Z",
    "emitted_at": "2019-02-06T16:51:48.805Z",
    "updated_at": "2019-02-06T16:56:55.433Z",
    "status": "completed",
    "vat_rate": 20,
    "reference": None,
}
META = {"current_page": 1, "next_page": None, "prev_page": None, "total_pages": 1, "total_count": 1, "per_page": 100}


def only_completed(record: dict[str, Any], meta: dict[str, Any] | None) -> Callable[[str, Any], Reply]:
    def answer(path: str, query: Any) -> Reply:
        if path == "bank_accounts":
            return Reply({"bank_accounts": [{"id": "acc-1"}]})
        if path == "organization":
            return Reply({"organization": {"slug": "riverside-mill-4471", "bank_accounts": []}})
        if path == "transactions":
            found = [record] if query["status[]"] == ["completed"] else []
            return Reply({"transactions": found, **({"meta": meta} if meta else {})})
        return Reply({path.rpartition("/")[2]: []})

    return answer


@pytest.mark.parametrize("meta", [META, None], ids=["meta", "no meta"])
def test_a_modern_transaction(qonto: Any, tap: Callable[..., Run], meta: dict[str, Any] | None) -> None:
    qonto.answer = only_completed(MODERN, meta)
    run = tap()
    (row,) = run.rows("transactions")
    assert run.code == 0
    assert row["id"] == MODERN["id"]
    assert row["bank_account_id"] == "acc-1"
    assert (row["amount"], row["settled_balance_cents"]) == (52.4, 111110)
    assert row["transfer"] == COUNTERPARTY
    assert row["attachments"][0]["file_size"] == 666
    assert "url" not in row["attachments"][0]
    assert row["vat_details"] == {"items": [{"amount": 8.73, "amount_cents": 873, "rate": 20.0}]}
    assert "something_new" not in row
    assert "something_new (object) is not declared" in run.log
    assert "X-Amz" not in run.log


def test_a_transaction_of_2019_is_keyed_by_its_transaction_id(qonto: Any, tap: Callable[..., Run]) -> None:
    qonto.answer = only_completed(OF_2019, META)
    (row,) = tap().rows("transactions")
    assert row["id"] == row["transaction_id"] == OF_2019["transaction_id"]
    assert (row["amount"], row["vat_rate"], row["reference"]) == (1200, 20, None)


def test_an_organization_of_2019_is_keyed_by_its_slug(qonto: Any, tap: Callable[..., Run]) -> None:
    account = {"slug": "mill-bank-account-1", "iban": "FR76XXXX", "balance": 72130.64, "balance_cents": 7213064}
    qonto.lists["organization"] = [{"slug": "riverside-mill-4471", "bank_accounts": [account]}]
    (row,) = tap().rows("organization")
    assert row == {"id": "riverside-mill-4471", "slug": "riverside-mill-4471", "bank_accounts": [account]}


def test_an_organization(qonto: Any, tap: Callable[..., Run]) -> None:
    sent = {
        "id": "o-1",
        "slug": "riverside-mill-4471",
        "legal_share_capital": 1000,
        "legal_registration_date": "2022-11-27",
        "contract_signed_at": "2022-12-01 08:57:00.123047",
        "address": {"lines": ["Mill Lane 3"]},
        "bank_accounts": [],
    }
    qonto.lists["organization"] = [sent]
    (row,) = tap().rows("organization")
    assert row == {**sent, "contract_signed_at": "2022-12-01T08:57:00.123047Z"}


def test_labels_at_the_top_have_no_parent(qonto: Any, tap: Callable[..., Run]) -> None:
    qonto.lists["labels"] = [
        {"id": "1", "name": "Top", "parent_id": None},
        {"id": "2", "name": "Old top", "parent_id": ""},
        {"id": "3", "name": "Below", "parent_id": "1"},
    ]
    assert [row["parent_id"] for row in tap().rows("labels")] == [None, None, "1"]


def test_a_list_that_announces_more_than_it_sends_is_read_once(qonto: Any, tap: Callable[..., Run]) -> None:
    member = {"id": "m-1", "first_name": "Ada", "role": "owner", "birthdate": "1990-01-02", "ubo": True, "team_id": "t"}
    meta = {"current_page": 2, "next_page": 3, "prev_page": 1, "total_pages": 11, "total_count": 210, "per_page": 20}
    qonto.faults["memberships"] = Reply({"memberships": [member], "meta": meta})
    run = tap()
    assert run.code == 0
    assert run.rows("memberships") == [member]
    assert "210 memberships were announced, 1 came" in run.log


def test_accounts_at_other_banks_are_listed_once_and_their_transactions_are_asked_by_id(
    qonto: Any, tap: Callable[..., Run]
) -> None:
    own = qonto.lists["bank_accounts"][0]
    qonto.lists["external"] = [{"id": "ext-1", "is_external_account": True, "iban": None}, own]
    run = tap()
    assert [row["id"] for row in run.rows("bank_accounts")] == [a["id"] for a in qonto.lists["bank_accounts"]] + [
        "ext-1"
    ]
    asked = [query["bank_account_id"][0] for query in qonto.asked_for_transactions]
    assert asked.count("ext-1") == 3
    assert len(asked) == 9


def test_accounts_without_id_are_asked_by_iban(qonto: Any, tap: Callable[..., Run]) -> None:
    qonto.lists["bank_accounts"] = []
    old = {"slug": "s", "iban": "FR7630001007941234567890185"}
    qonto.lists["organization"] = [{"slug": "riverside-mill-4471", "bank_accounts": [old]}]
    answer = qonto.answer
    qonto.answer = lambda path, query: Reply({"transactions": []}) if path == "transactions" else answer(path, query)
    assert tap().code == 0
    assert {q["iban"][0] for path, q in qonto.asked if path == "transactions"} == {old["iban"]}


def test_a_vendor_that_ignores_the_filters_is_still_read_once(qonto: Any, tap: Callable[..., Run]) -> None:
    answer = only_completed(MODERN, META)
    qonto.answer = lambda path, query: answer(path, {**query, "status[]": ["completed"]})
    assert [row["id"] for row in tap().rows("transactions")] == [MODERN["id"]]
