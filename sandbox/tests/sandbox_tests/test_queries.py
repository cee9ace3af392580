"""What a list is asked for: its order, ranges of time, and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sandbox.clock import milliseconds
from sandbox.qonto.resources import BY_NAME, RESOURCES

from sandbox_tests.records import every

if TYPE_CHECKING:
    from sandbox_tests.conftest import Json, Reader


def key_of(record: Json, field: str) -> tuple[bool, Any]:
    """Null is the largest."""
    value = record.get(field)
    if isinstance(value, dict):
        value = float(value["value"])
    if field == "period":
        value = value[3:] + value[:2]
    return value is None, value or 0


SORTS = [(resource.name, field) for resource in RESOURCES for field in resource.sorts if resource.parent is None]


@pytest.mark.parametrize(("name", "field"), [row for row in SORTS if row != ("external_transfers", "updated_at")])
def test_order(unchanged: Reader, name: str, field: str) -> None:
    for direction, falling in (("asc", False), ("desc", True)):
        keys = [key_of(record, field) for record in every(unchanged, name, sort_by=f"{field}:{direction}")]
        assert keys == sorted(keys, reverse=falling)


@pytest.mark.parametrize("name", [resource.name for resource in RESOURCES if resource.order and not resource.parent])
def test_order_by_default(unchanged: Reader, name: str) -> None:
    field, direction = (BY_NAME[name].order or "").split(":")
    if name != "external_transfers":
        keys = [key_of(record, field) for record in every(unchanged, name)]
        assert keys == sorted(keys, reverse=direction == "desc")
    wrong = unchanged.granted(BY_NAME[name].path or "", sort_by="colour:asc").status_code
    assert wrong == (422 if BY_NAME[name].sorts else 200)


@pytest.mark.parametrize(
    ("name", "field", "form"),
    [
        ("clients", "updated_at", "{}"),
        ("clients", "created_at", "{}"),
        ("sepa_beneficiaries", "updated_at", "{}"),
        ("sepa_transfers", "updated_at", "{}"),
        ("supplier_invoices", "updated_at", "filter[{}]"),
        ("supplier_invoices", "created_at", "filter[{}]"),
        ("client_invoices", "updated_at", "filter[{}]"),
        ("client_invoices", "created_at", "filter[{}]"),
        ("quotes", "created_at", "filter[{}]"),
        ("credit_notes", "created_at", "filter[{}]"),
        ("requests", "created_at", "{}"),
        ("requests", "processed_at", "{}"),
    ],
)
def test_ranges_of_time_include_their_ends(unchanged: Reader, name: str, field: str, form: str) -> None:
    whole = every(unchanged, name)
    times = sorted({record[field] for record in whole if record[field]}, key=milliseconds)
    low, high = times[len(times) // 3], times[2 * len(times) // 3]
    params = {form.format(f"{field}_from"): low, form.format(f"{field}_to"): high}
    inside = [r for r in whole if r[field] and milliseconds(low) <= milliseconds(r[field]) <= milliseconds(high)]
    assert every(unchanged, name, **params) == inside
    assert unchanged.granted(BY_NAME[name].path or "", **{form.format(f"{field}_from"): "soon"}).status_code == 400


@pytest.mark.parametrize(
    ("name", "parameter", "field"),
    [
        ("sepa_transfers", "status[]", "status"),
        ("sepa_transfers", "beneficiary_ids[]", "beneficiary_id"),
        ("sepa_transfers", "ids[]", "id"),
        ("sepa_transfers", "recurring_transfer_ids", "recurring_transfer_id"),
        ("sepa_beneficiaries", "iban[]", "iban"),
        ("sepa_beneficiaries", "status", "status"),
        ("statements", "bank_account_ids[]", "bank_account_id"),
        ("requests", "status[]", "status"),
        ("requests", "request_type[]", "request_type"),
        ("client_invoices", "filter[status]", "status"),
        ("supplier_invoices", "filter[status][]", "status"),
        ("supplier_invoices", "filter[attachment_id]", "attachment_id"),
        ("direct_debit_mandates", "client_id", "client_id"),
        ("direct_debit_subscriptions", "status[]", "status"),
        ("direct_debit_collections", "direct_debit_subscription_id", "direct_debit_subscription_id"),
        ("payment_links", "status[]", "status"),
        ("cards", "statuses[]", "status"),
        ("cards", "holder_ids[]", "holder_id"),
        ("cards", "card_levels[]", "card_level"),
    ],
)
def test_values_repeated_or_with_commas(unchanged: Reader, name: str, parameter: str, field: str) -> None:
    whole = [dict(record, file=None) for record in every(unchanged, name)]
    values = sorted({record[field] for record in whole if record[field]})[:2]
    wanted = [record for record in whole if record[field] in values]
    assert len(wanted) < len(whole)
    for given in (values, ",".join(values)):
        assert [dict(record, file=None) for record in every(unchanged, name, **{parameter: given})] == wanted


def test_other_filters(unchanged: Reader) -> None:
    statements = every(unchanged, "statements")
    periods = {
        record["period"] for record in every(unchanged, "statements", period_from="03-2026", period_to="04-2026")
    }
    assert periods == {"03-2026", "04-2026"} < {record["period"] for record in statements}
    assert len(every(unchanged, "statements", period_from="2026-03-01", period_to="2026-04-30")) == 8
    iban = unchanged.accounts[0]["iban"]
    assert {r["bank_account_id"] for r in every(unchanged, "statements", **{"ibans[]": iban})} == {unchanged.main}
    clients = every(unchanged, "clients", **{"filter[name]": "SAMPLE 1"})
    assert {"Client Sample 1", "Client Sample 11"} <= {client["name"] for client in clients}
    assert all(record["trusted"] for record in every(unchanged, "sepa_beneficiaries", trusted="true"))
    assert unchanged.granted("sepa/beneficiaries", trusted="perhaps").status_code == 422
    matched = every(unchanged, "supplier_invoices", **{"filter[matched_transactions]": "true"})
    assert matched
    assert all(record["matched_transactions"] for record in matched)
    transfers = every(unchanged, "sepa_transfers")
    dates = sorted(record["scheduled_date"] for record in transfers)
    found = every(unchanged, "sepa_transfers", scheduled_date_from=dates[5], scheduled_date_to=dates[9])
    assert {record["scheduled_date"] for record in found} == set(dates[5:10])


def test_imported_invoices_are_hidden_by_default(unchanged: Reader) -> None:
    shown, whole = (every(unchanged, "client_invoices", **p) for p in ({}, {"exclude_imported": "false"}))
    assert len(shown) < len(whole) == unchanged.sandbox.qonto.counts()["client_invoices"]
    assert every(unchanged, "client_invoices", exclude_imported="true") == shown


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("international/beneficiaries", {}, 400),
        ("international/currencies", {}, 400),
        ("payment_links/x/payments", {}, 404),
    ],
)
def test_what_has_to_be_told(unchanged: Reader, path: str, params: dict[str, str], status: int) -> None:
    assert unchanged.granted(path, **params).status_code == status


def test_payments_belong_to_one_link(unchanged: Reader) -> None:
    found = [
        payment["id"]
        for link in every(unchanged, "payment_links")
        for payment in unchanged.granted(f"payment_links/{link['id']}/payments").json()["payments"]
    ]
    assert sorted(found) == sorted(
        payment["id"] for payment in unchanged.sandbox.qonto.records("payment_link_payments")
    )
