"""Where the documentation is silent, the sandbox can be told how to behave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sandbox.control import RefusedError

if TYPE_CHECKING:
    from sandbox_tests.conftest import Reader


def test_exclusive_bounds(reader: Reader) -> None:
    everything = reader.all(sort_by="updated_at:asc")
    low, high = everything[10]["updated_at"], everything[-10]["updated_at"]
    reader.sandbox.qonto.settings(bounds="exclusive")
    found = reader.all(sort_by="updated_at:asc", updated_at_from=low, updated_at_to=high)
    assert found == [t for t in everything if low < t["updated_at"] < high]


def test_page_past_the_end(reader: Reader) -> None:
    last = reader.page()["meta"]["total_pages"]
    reader.sandbox.qonto.settings(page_past_end="unprocessable")
    assert reader.page(page=last)["transactions"]
    assert reader.ask("/transactions", bank_account_id=reader.main, page=last + 1).status_code == 422
    assert reader.ask("/labels", page=2).status_code == 422
    empty = reader.page(updated_at_from="2030-01-01T00:00:00Z")
    assert empty["transactions"] == []


def test_several_statuses_of_which_one_counts(reader: Reader) -> None:
    reader.sandbox.qonto.settings(several_statuses="first")
    found = reader.all(**{"status[]": ["declined", "completed"]})
    assert {t["status"] for t in found} == {"declined"}


def test_ranges_within_a_year(reader: Reader) -> None:
    reader.sandbox.qonto.settings(range_across_years="refused")
    across = {"updated_at_from": "2024-12-31T00:00:00Z", "updated_at_to": "2025-01-01T00:00:00Z"}
    within = {"updated_at_from": "2025-01-01T00:00:00Z", "updated_at_to": "2025-12-31T23:59:59Z"}
    refused = reader.ask("/transactions", bank_account_id=reader.main, **across)
    assert refused.status_code == 400
    assert "year is out of range" in refused.json()["errors"][0]["detail"]
    assert reader.page(**within)["transactions"]
    assert reader.page(updated_at_from="2023-01-01T00:00:00Z")["transactions"]


def test_too_far_in_the_past(reader: Reader) -> None:
    reader.sandbox.qonto.settings(oldest_updated_at_from="2017-01-01T00:00:00Z")
    refused = reader.ask("/transactions", bank_account_id=reader.main, updated_at_from="1970-01-01T00:00:00Z")
    assert refused.status_code == 400
    assert reader.page(updated_at_from="2017-01-01T00:00:00Z")["transactions"]


def test_no_fractions_of_a_second(reader: Reader) -> None:
    reader.sandbox.qonto.settings(fractional_seconds="refused")
    fraction = {"updated_at_from": "2025-01-01T00:00:00.000Z"}
    assert reader.ask("/transactions", bank_account_id=reader.main, **fraction).status_code == 400
    assert reader.page(updated_at_from="2025-01-01T00:00:00Z")["transactions"]


def test_the_old_name_of_page(reader: Reader) -> None:
    first, second = reader.page()["transactions"], reader.page(page=2)["transactions"]
    assert reader.page(current_page=2)["transactions"] == first
    reader.sandbox.qonto.settings(current_page="honoured")
    assert reader.page(current_page=2)["transactions"] == second


def test_ties_in_another_order_for_every_request(reader: Reader) -> None:
    reader.sandbox.qonto.settings(ties="shuffled")
    rounds = [[t["id"] for t in reader.page(sort_by="updated_at:asc", page=2)["transactions"]] for _ in range(5)]
    assert len({tuple(ids) for ids in rounds}) > 1
    times = [t["updated_at"] for t in reader.page(sort_by="updated_at:desc", page=2)["transactions"]]
    assert times == sorted(times, reverse=True)


def test_bank_accounts(reader: Reader) -> None:
    reader.sandbox.qonto.settings(external_bank_accounts="always", bank_accounts_meta="present")
    answer = reader.get("/bank_accounts", per_page=2, page=3)
    assert [account["is_external_account"] for account in answer["bank_accounts"]] == [True]
    assert answer["meta"]["total_count"] == 5


def test_matched_transactions_as_text(reader: Reader) -> None:
    objects = {i["id"]: i for i in reader.get("/supplier_invoices")["supplier_invoices"] if i["matched_transactions"]}
    reader.sandbox.qonto.settings(matched_transactions="strings")
    for invoice in reader.get("/supplier_invoices")["supplier_invoices"]:
        assert "matched_transactions_ids" not in invoice
        matches = objects.get(invoice["id"], {"matched_transactions": []})["matched_transactions"]
        assert invoice["matched_transactions"] == [match["transaction_id"] for match in matches]


def test_other_forms_of_records(reader: Reader) -> None:
    reader.sandbox.qonto.settings(client_kind="type", beneficiary_bank_account="nested", bulk_errors="flat")
    assert all("type" in record and "kind" not in record for record in reader.get("/clients")["clients"])
    for record in reader.get("/sepa/beneficiaries")["beneficiaries"]:
        assert record["bank_account"].keys() == {"iban", "bic", "currency"}
        assert "iban" not in record
    results = [r for bulk in reader.get("/sepa/bulk_transfers")["bulk_transfers"] for r in bulk["results"]]
    assert {error["code"] for result in results for error in result["errors"]} == {"invalid_iban"}


def test_envelopes(reader: Reader) -> None:
    reader.sandbox.qonto.settings(quote_envelope="present", einvoicing_settings_envelope="present")
    number = reader.sandbox.qonto.records("quotes")[0]["id"]
    assert set(reader.granted(f"quotes/{number}").json()) == {"quote"}
    assert set(reader.granted("einvoicing/settings").json()) == {"einvoicing_settings"}


def test_after_the_sunset(reader: Reader) -> None:
    reader.sandbox.qonto.settings(external_transfers="gone")
    assert reader.ask("/external_transfers").status_code == 410


def test_ties_of_records(reader: Reader) -> None:
    reader.sandbox.qonto.settings(ties="shuffled")
    asked = [reader.get("/sepa/direct_debit_collections", sort_by="status:asc") for _ in range(5)]
    orders = {tuple(r["id"] for r in answer["direct_debit_collections"]) for answer in asked}
    assert len(orders) > 1


def test_no_such_setting(reader: Reader) -> None:
    with pytest.raises(RefusedError, match="page_past_the_end"):
        reader.sandbox.qonto.settings(page_past_the_end="empty")
    with pytest.raises(RefusedError, match="page_past_end"):
        reader.sandbox.qonto.settings(page_past_end="explode")
