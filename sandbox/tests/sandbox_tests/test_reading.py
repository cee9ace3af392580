"""Qonto's API as a client meets it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import requests
from sandbox.clock import milliseconds

if TYPE_CHECKING:
    from sandbox_tests.conftest import Reader

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
DETAILS = {
    "Transfer": "transfer",
    "Income": "income",
    "SwiftIncome": "swift_income",
    "DirectDebit": "direct_debit",
    "DirectDebitCollection": "direct_debit_collection",
    "DirectDebitHold": "direct_debit_hold",
    "Check": "check",
    "FinancingInstallment": "financing_installment",
    "PagopaPayment": "pagopa_payment",
}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "authorization_header_missing"),
        ({"Authorization": "sample-lantern-works-1234:wrong"}, "authorization_token_invalid"),
        ({"Authorization": "Bearer sample-lantern-works-1234:notasecret"}, "authorization_token_invalid"),
    ],
)
def test_wrong_credentials(unchanged: Reader, headers: dict[str, str], code: str) -> None:
    response = requests.get(f"{unchanged.sandbox.qonto.api_url}/labels", headers=headers, timeout=5)
    assert response.status_code == 401
    assert [error["code"] for error in response.json()["errors"]] == [code]


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/transactions/x", "/labels/00000000-0000-4000-8000-000000000000", "/bank_accounts/x"],
)
def test_unknown_things(unchanged: Reader, path: str) -> None:
    response = unchanged.ask(path)
    assert response.status_code == 404
    assert response.json()["errors"][0]["code"] == "not_found"


def test_organization(unchanged: Reader) -> None:
    organization = unchanged.get("/organization")["organization"]
    assert organization["slug"] == unchanged.sandbox.qonto.api_key.split(":")[0]
    assert not any(account["is_external_account"] for account in organization["bank_accounts"])
    assert all("slug" in a and "organization_id" not in a for a in organization["bank_accounts"])
    more = unchanged.get("/organization", include_external_accounts="true")["organization"]
    external = more["bank_accounts"][-1]
    assert external["is_external_account"]
    assert external["iban"] is None
    assert external["account_number"]


def test_bank_accounts(unchanged: Reader) -> None:
    answer = unchanged.get("/bank_accounts")
    assert set(answer) == {"bank_accounts"}
    accounts = answer["bank_accounts"]
    assert [a["main"] for a in accounts] == [True, False, False, False]
    assert [a["status"] for a in accounts] == ["active", "active", "active", "closed"]
    assert len({a["currency"] for a in accounts}) > 1
    assert all("organization_id" in a and "slug" not in a for a in accounts)
    assert len(unchanged.get("/bank_accounts", include_external_accounts="true")["bank_accounts"]) == 5
    for account in unchanged.accounts:
        assert unchanged.get(f"/bank_accounts/{account['id']}") == {"bank_account": account}


def test_ibans_have_valid_check_digits(unchanged: Reader) -> None:
    ibans = [a["iban"] for a in unchanged.accounts if a["iban"]]
    details = [t[d] for t in unchanged.all() for d in ("transfer", "income", "direct_debit") if d in t]
    ibans += [detail["counterparty_account_number"] for detail in details]
    assert len(set(ibans)) > 50
    for iban in ibans:
        assert int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 == 1


def test_labels_are_a_tree_of_two_levels(unchanged: Reader) -> None:
    answer = unchanged.get("/labels", per_page=4)
    assert answer["meta"] == {
        "current_page": 1,
        "next_page": 2,
        "prev_page": None,
        "total_pages": 3,
        "total_count": 9,
        "per_page": 4,
    }
    labels = unchanged.get("/labels")["labels"]
    parents = {label["id"] for label in labels if label["parent_id"] is None}
    assert {label["parent_id"] for label in labels} - {None} < parents
    assert unchanged.get(f"/labels/{labels[0]['id']}") == {"label": labels[0]}


def test_memberships_include_people_without_a_name(unchanged: Reader) -> None:
    members = unchanged.get("/memberships")["memberships"]
    nameless = [member for member in members if member["status"] == "invitable"]
    assert nameless
    assert {member["first_name"] for member in nameless} == {None} == {member["role"] for member in nameless}


def test_a_bank_account_is_needed(unchanged: Reader) -> None:
    assert unchanged.ask("/transactions").status_code == 400
    assert unchanged.ask("/transactions", bank_account_id="x").status_code == 404
    other = unchanged.accounts[1]
    by_iban = unchanged.get("/transactions", iban=other["iban"])
    assert by_iban == unchanged.page(other["id"])
    assert unchanged.page(iban=other["iban"]) == unchanged.page()  # the id wins


def test_only_completed_ones_by_default(unchanged: Reader) -> None:
    truth = unchanged.sandbox.qonto.truth()[0]["transactions"]
    assert {t["status"] for t in unchanged.all()} == {"completed"}
    for status, count in truth.items():
        assert count > 0
        assert unchanged.page(**{"status[]": status})["meta"]["total_count"] == count
    both = unchanged.page(**{"status[]": ["pending", "declined"]})["meta"]["total_count"]
    assert both == truth["pending"] + truth["declined"]


@pytest.mark.parametrize("field", ["updated_at", "settled_at", "emitted_at", "created_at"])
def test_order(unchanged: Reader, field: str) -> None:
    rising = [t[field] for t in unchanged.all(sort_by=f"{field}:asc")]
    assert rising == sorted(rising)
    falling = unchanged.all(sort_by=f"{field}:desc")
    assert [t[field] for t in falling] == rising[::-1]


def test_newest_settlement_first_by_default(unchanged: Reader) -> None:
    assert unchanged.all() == unchanged.all(sort_by="settled_at:desc")


@pytest.mark.parametrize("field", ["updated_at", "settled_at", "emitted_at", "created_at"])
@pytest.mark.parametrize("sort", ["updated_at:asc", "settled_at:desc"])
def test_ranges_include_their_ends(unchanged: Reader, field: str, sort: str) -> None:
    everything = unchanged.all(sort_by=sort)
    times = sorted({t[field] for t in everything})
    low, high = times[len(times) // 3], times[len(times) // 2]
    found = unchanged.all(sort_by=sort, **{f"{field}_from": low, f"{field}_to": high})
    assert found == [t for t in everything if low <= t[field] <= high]
    assert len(unchanged.all(**{f"{field}_from": low})) + len(unchanged.all(**{f"{field}_to": low})) == (
        len(everything) + sum(t[field] == low for t in everything)
    )


def test_what_is_not_settled_is_in_no_range_of_settlement(unchanged: Reader) -> None:
    params = {"status[]": ["pending", "completed"], "settled_at_from": "2017-01-01T00:00:00Z"}
    assert {t["status"] for t in unchanged.all(**params)} == {"completed"}


def test_other_filters(unchanged: Reader) -> None:
    everything = unchanged.all()
    assert unchanged.all(side="credit") == [t for t in everything if t["side"] == "credit"]
    types = ["card", "income"]
    assert unchanged.all(**{"operation_type[]": types}) == [t for t in everything if t["operation_type"] in types]
    assert unchanged.all(**{"operation_type[]": "unheard_of"}) == []
    assert unchanged.all(with_attachments="true") == [t for t in everything if t["attachment_ids"]]
    assert unchanged.all(with_attachments="false") == [t for t in everything if not t["attachment_ids"]]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"page": "0"}, 422),
        ({"page": "x"}, 422),
        ({"per_page": "0"}, 422),
        ({"per_page": "101"}, 422),
        ({"sort_by": "amount:asc"}, 422),
        ({"sort_by": "updated_at"}, 422),
        ({"status[]": "settled"}, 422),
        ({"includes[]": "everything"}, 422),
        ({"side": "left"}, 422),
        ({"with_attachments": "perhaps"}, 422),
        ({"updated_at_from": "yesterday"}, 400),
        ({"updated_at_to": "2026-13-01T00:00:00Z"}, 400),
        ({"settled_at_from": "99999-01-01T00:00:00Z"}, 400),
    ],
)
def test_bad_parameters(unchanged: Reader, params: dict[str, str], status: int) -> None:
    response = unchanged.ask("/transactions", bank_account_id=unchanged.main, **params)
    assert response.status_code == status
    (error,) = response.json()["errors"]
    assert error["source"]["parameter"] in params
    assert error["detail"]


def test_paging_brings_every_row_once(unchanged: Reader) -> None:
    ids = [t["id"] for t in unchanged.all(per_page=37)]
    truth = unchanged.sandbox.qonto.truth()[0]["transactions"]
    assert len(ids) == len(set(ids)) == truth["completed"]
    assert unchanged.page(page=999)["transactions"] == []


def test_includes(unchanged: Reader) -> None:
    wanted = {"includes[]": ["attachments", "labels", "vat_details"]}
    plain, full = unchanged.all(), unchanged.all(**wanted)
    assert not {"attachments", "labels", "vat_details"} & set(plain[0])
    for record in full:
        assert [label["id"] for label in record["labels"]] == record["label_ids"]
        assert [file["id"] for file in record["attachments"]] == record["attachment_ids"]
        cents = sum(int(item["amount_cents"]) for item in record["vat_details"]["items"])
        assert cents == (record["vat_amount_cents"] or 0)
    filed = next(t for t in full if t["attachments"])
    again = unchanged.get(f"/transactions/{filed['id']}", **wanted)["transaction"]
    assert again["attachments"][0]["url"] != filed["attachments"][0]["url"]


def test_a_transaction_by_id(unchanged: Reader) -> None:
    for status in ("pending", "completed", "declined"):
        record = unchanged.page(**{"status[]": status})["transactions"][0]
        assert unchanged.get(f"/transactions/{record['id']}") == {"transaction": record}


def test_every_transaction_is_well_formed(unchanged: Reader) -> None:
    members = {m["id"]: m for m in unchanged.get("/memberships")["memberships"]}
    labels = {label["id"] for label in unchanged.get("/labels")["labels"]}
    currencies = {a["id"]: a["currency"] for a in unchanged.accounts}
    external = {a["id"] for a in unchanged.accounts if a["is_external_account"]}
    records = unchanged.sandbox.qonto.records("transactions")
    assert len({t["id"] for t in records}) == len(records) == 1500
    for record in records:
        assert UUID(record["id"]).version == 4
        assert record["currency"] == currencies[record["bank_account_id"]]
        assert record["is_external_transaction"] == (record["bank_account_id"] in external)
        assert set(record["label_ids"]) <= labels
        assert record["initiator_id"] is None or members[record["initiator_id"]]["role"]
        check_times(record)
        check_money(record)
        present = [name for name in DETAILS.values() if name in record]
        assert present == [name for name in [DETAILS.get(record["subject_type"])] if name]
    assert set(DETAILS) < {t["subject_type"] for t in records}
    assert len({t["local_currency"] for t in records}) > 4
    assert {type(t["amount"]) for t in records} == {int, float}


def check_times(record: dict[str, Any]) -> None:
    times = [record[f"{name}_at"] for name in ("emitted", "created", "settled", "updated")]
    if record["status"] != "completed":
        assert times.pop(2) is None
        assert record["settled_balance"] is record["settled_balance_cents"] is None
    assert all(TIME.fullmatch(time) for time in times)
    moments = [milliseconds(time) for time in times]
    assert moments == sorted(moments)


def check_money(record: dict[str, Any]) -> None:
    for name in ("amount", "local_amount", "settled_balance", "vat_amount"):
        if record[name] is not None:
            assert round(record[name] * 100) == record[f"{name}_cents"] >= 0
    assert record["amount_cents"] > 0
