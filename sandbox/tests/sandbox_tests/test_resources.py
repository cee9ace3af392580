"""Every resource's list: envelope, paging, and how it differs from the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sandbox.qonto.resources import BY_NAME, RESOURCES

from sandbox_tests.records import PARAMS, every

if TYPE_CHECKING:
    from sandbox_tests.conftest import Reader

USUAL = {"current_page", "next_page", "prev_page", "total_pages", "total_count", "per_page"}
SECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
MILLISECONDS, ZULU, OFFSET = rf"{SECONDS}\.\d{{3}}Z", rf"{SECONDS}Z", rf"{SECONDS}\+02:00"

LISTS = [
    # resource, path, list key, keys of meta, default per_page, form of times
    ("labels", "labels", "labels", USUAL, 100, None),
    ("memberships", "memberships", "memberships", USUAL, 100, None),
    ("teams", "teams", "teams", USUAL, 100, None),
    ("cash_flow_categories", "cash_flow_categories", "cash_flow_categories", None, None, None),
    ("user_organizations", "user_organizations", "organizations", None, None, None),
    ("webhook_subscriptions", "webhook_subscriptions", "subscriptions", USUAL, 100, ZULU),
    ("statements", "statements", "statements", USUAL, 100, None),
    ("clients", "clients", "clients", USUAL, 100, MILLISECONDS),
    ("products", "products", "products", USUAL, 100, ZULU),
    ("requests", "requests", "requests", USUAL, 25, MILLISECONDS),
    ("client_invoices", "client_invoices", "client_invoices", USUAL, 100, OFFSET),
    ("credit_notes", "credit_notes", "credit_notes", USUAL, 100, OFFSET),
    (
        "quotes",
        "quotes",
        "quotes",
        {"total", "current_page", "total_pages", "next_page", "prev_page"},
        None,
        OFFSET,
    ),
    ("sepa_beneficiaries", "sepa/beneficiaries", "beneficiaries", USUAL, 25, MILLISECONDS),
    ("sepa_transfers", "sepa/transfers", "transfers", USUAL, 100, MILLISECONDS),
    ("sepa_recurring_transfers", "sepa/recurring_transfers", "recurring_transfers", USUAL, 100, ZULU),
    ("sepa_bulk_transfers", "sepa/bulk_transfers", "bulk_transfers", USUAL, 100, MILLISECONDS),
    ("external_transfers", "external_transfers", "external_transfers", None, None, MILLISECONDS),
    ("international_beneficiaries", "international/beneficiaries", "beneficiaries", USUAL, 100, None),
    ("international_currencies", "international/currencies", "currencies", None, None, None),
    ("supplier_invoices", "supplier_invoices", "supplier_invoices", USUAL, 100, OFFSET),
    ("direct_debit_mandates", "sepa/direct_debit_mandates", "direct_debit_mandates", USUAL, 100, ZULU),
    ("direct_debit_subscriptions", "sepa/direct_debit_subscriptions", "direct_debit_subscriptions", USUAL, 100, ZULU),
    ("direct_debit_collections", "sepa/direct_debit_collections", "direct_debit_collections", USUAL, 100, None),
    ("cards", "cards", "cards", USUAL - {"next_page"}, 100, ZULU),
    ("terminals", "terminals", "terminals", USUAL, 100, ZULU),
    ("payment_links", "payment_links", "payment_links", USUAL, 100, ZULU),
    (
        "payment_link_payment_methods",
        "payment_links/payment_methods",
        "payment_link_payment_methods",
        None,
        None,
        None,
    ),
]
OBJECTS = {
    "membership": ("membership", "membership"),
    "subscription": ("subscription", "plan"),
    "einvoicing/settings": ("einvoicing_settings", None),
    "payment_links/connections": ("payment_link_connection", None),
    "international/eligibility": ("international_eligibility", None),
}
SINGLES = {
    "webhook_subscriptions": None,
    "statements": "statement",
    "clients": "client",
    "products": "product",
    "client_invoices": "client_invoice",
    "credit_notes": "credit_note",
    "quotes": None,
    "sepa_beneficiaries": "beneficiary",
    "sepa_transfers": "transfer",
    "sepa_recurring_transfers": "recurring_transfer",
    "sepa_bulk_transfers": "bulk_transfer",
    "supplier_invoices": "supplier_invoice",
    "direct_debit_mandates": "direct_debit_mandate",
    "direct_debit_subscriptions": "direct_debit_subscription",
    "direct_debit_collections": "direct_debit_collection",
    "payment_links": None,
}


def test_the_tables_of_this_test_are_complete() -> None:
    served = {resource.path for resource in RESOURCES if resource.path}
    assert served == {path for _, path, *_ in LISTS} | set(OBJECTS) | {"payment_links/{id}/payments"}


@pytest.mark.parametrize("row", LISTS, ids=[row[0] for row in LISTS])
def test_lists(unchanged: Reader, row: tuple[str, str, str, set[str] | None, int | None, str | None]) -> None:
    name, path, key, meta, size, form = row
    answer = unchanged.granted(path, **PARAMS.get(name, {})).json()
    assert set(answer) == {key} | ({"meta"} if meta else set())
    assert answer[key]
    if meta:
        assert answer["meta"].keys() - {"next_page"} == meta - {"next_page"}
        assert ("next_page" in answer["meta"]) == ("next_page" in meta)
        assert answer["meta"].get("per_page") == size
    told = {str(record): record for record in unchanged.sandbox.qonto.records(name)}
    if name not in {"statements", "client_invoices", "sepa_beneficiaries", "international_beneficiaries"}:
        assert {str(record) for record in answer[key]} == set(told)
    assert len(told) == unchanged.sandbox.qonto.counts()[name]
    times = [value for record in answer[key] for field, value in record.items() if field.endswith("_at") and value]
    assert bool(times) == bool(form)
    assert all(re.fullmatch(form or "", time) for time in times)


@pytest.mark.parametrize(("path", "row"), OBJECTS.items(), ids=list(OBJECTS))
def test_objects(unchanged: Reader, path: str, row: tuple[str, str | None]) -> None:
    name, envelope = row
    answer = unchanged.granted(path).json()
    (record,) = unchanged.sandbox.qonto.records(name)
    assert answer == ({envelope: record} if envelope else record)


@pytest.mark.parametrize(("name", "envelope"), SINGLES.items(), ids=list(SINGLES))
def test_by_id(unchanged: Reader, name: str, envelope: str | None) -> None:
    path = BY_NAME[name].path
    records = unchanged.sandbox.qonto.records(name)
    answer = unchanged.granted(f"{path}/{records[1]['id']}").json()
    found = answer[envelope] if envelope else answer
    links = {"file"} if name == "statements" else set()
    assert {k: v for k, v in found.items() if k not in links} == {k: v for k, v in records[1].items() if k not in links}
    assert unchanged.granted(f"{path}/nothing").status_code == 404


@pytest.mark.parametrize("name", [row[0] for row in LISTS if row[3]])
def test_pages_bring_every_record_once(unchanged: Reader, name: str) -> None:
    whole = every(unchanged, name, per_page=100)
    paged = every(unchanged, name, per_page=3)
    assert [record["id"] for record in paged] == [record["id"] for record in whole]


@pytest.mark.parametrize(
    ("name", "size", "status"),
    [
        ("client_invoices", 500, 200),
        ("quotes", 500, 200),
        ("client_invoices", 501, 422),
        ("clients", 101, 422),
        ("supplier_invoices", 101, 422),
    ],
)
def test_how_long_a_page_may_be(unchanged: Reader, name: str, size: int, status: int) -> None:
    assert unchanged.granted(name, per_page=size).status_code == status


def test_oddities_of_meta(unchanged: Reader) -> None:
    first, last = (unchanged.granted("cards", per_page=5, page=page).json() for page in (1, 2))
    assert list(first) == ["meta", "cards"]
    assert first["meta"]["next_page"] == 2
    assert "next_page" not in last["meta"]
    assert unchanged.granted("payment_links", status="unheard_of").json() == {
        "payment_links": [],
        "meta": {
            "current_page": 1,
            "next_page": 0,
            "prev_page": None,
            "total_pages": 1,
            "total_count": 0,
            "per_page": 100,
        },
    }


def test_the_three_styles_of_money(unchanged: Reader) -> None:
    transfer = every(unchanged, "sepa_transfers")[0]
    assert round(transfer["amount"] * 100) == transfer["amount_cents"]
    invoice = every(unchanged, "client_invoices")[0]
    assert invoice["total_amount"] == {"value": f"{invoice['total_amount_cents'] / 100:.2f}", "currency": "EUR"}
    external = every(unchanged, "external_transfers")[0]
    assert int(external["debit_amount_cents"]) == round(float(external["debit_amount"]) * 100)
    assert isinstance(external["debit_amount"], str)


def test_keys_that_are_missing_or_null(unchanged: Reader) -> None:
    assert {"name" in client for client in every(unchanged, "clients")} == {True, False}
    recurring = every(unchanged, "sepa_recurring_transfers")
    assert {"status" in record for record in recurring} == {"note" in record for record in recurring} == {True, False}
    drafts = [i for i in every(unchanged, "client_invoices", exclude_imported="false") if i["status"] == "draft"]
    assert {draft["number"] for draft in drafts} == {None}
    assert {type(draft["items"]) for draft in drafts} == {list, type(None)}
    assert {"vat_rate" in c for c in every(unchanged, "cash_flow_categories")} == {True, False}
    kinds = {request["request_type"]: request.keys() for request in every(unchanged, "requests")}
    assert len({frozenset(keys) for keys in kinds.values()}) == len(kinds) == 4
    fresh = [i for i in every(unchanged, "supplier_invoices") if i["analyzed_at"] is None]
    assert fresh
    assert {i["total_amount"] for i in fresh} == {None}


def test_the_sunset_is_announced(unchanged: Reader) -> None:
    headers = unchanged.granted("external_transfers").headers
    assert "2026" in headers["Sunset"]
    assert headers["Deprecation"] == "true"


@pytest.mark.parametrize(
    ("path", "params", "shape"),
    [
        ("client_invoices", {"page": "0"}, "status"),
        ("cards", {"page": "0"}, "object"),
        ("requests", {"sort_by": "x:asc"}, "object"),
        ("quotes/x", {}, "object"),
        ("webhook_subscriptions/x", {}, "flat"),
        ("products", {"page": "0"}, "list"),
    ],
)
def test_shapes_of_errors(unchanged: Reader, path: str, params: dict[str, str], shape: str) -> None:
    answer = unchanged.granted(path, **params).json()
    match shape:
        case "flat":
            assert answer["code"] == "not_found"
        case "object":
            assert answer["errors"]["detail"]
        case "status":
            (error,) = answer["errors"]
            assert (error["status"], error["meta"]) == ("422", {"validation_param": "page"})
        case _:
            (error,) = answer["errors"]
            assert error["code"] == "invalid_format"
