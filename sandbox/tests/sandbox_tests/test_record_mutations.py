"""Any record can be added, edited and deleted, in one way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sandbox.clock import milliseconds
from sandbox.control import RefusedError
from sandbox.qonto.resources import RESOURCES

from sandbox import Sandbox

if TYPE_CHECKING:
    from sandbox_tests.conftest import Json, Reader

CHANGEABLE = [resource for resource in RESOURCES if resource.make and not resource.only]
REFERRED = {"credit_notes", "sepa_recurring_transfers"}
"""Others know a new one at once."""


def mutate(reader: Reader, kind: str, resource: str, **fields: Any) -> list[str]:
    ids: list[str] = reader.sandbox.qonto.mutate(kind, resource=resource, **fields)["ids"]
    return ids


def records(reader: Reader, name: str, key: str = "id") -> dict[str, Json]:
    return {record[key]: record for record in reader.sandbox.qonto.records(name)}


@pytest.mark.parametrize("resource", CHANGEABLE, ids=lambda resource: resource.name)
def test_add_and_delete(reader: Reader, resource: Any) -> None:
    name = resource.name
    before = records(reader, name, resource.key)
    (added,) = mutate(reader, "add_record", name)
    now = records(reader, name, resource.key)
    assert now.keys() == {*before, added}
    if "updated_at" in now[added] and name not in {"sepa_transfers", "supplier_invoices"}:
        assert milliseconds(now[added]["updated_at"]) == milliseconds(reader.sandbox.now())
    if name in REFERRED:
        with pytest.raises(RefusedError, match="refer to it"):
            mutate(reader, "delete_record", name, ids=[added])
    else:
        assert mutate(reader, "delete_record", name, ids=[added]) == [added]
        assert records(reader, name, resource.key).keys() == before.keys()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("clients", {"email": "new@example.com"}),
        ("client_invoices", {"status": "paid", "paid_at": "2026-06-30T10:00:00Z"}),
        ("supplier_invoices", {"status": "archived"}),
        ("sepa_beneficiaries", {"trusted": True}),
        ("sepa_transfers", {"note": "seen"}),
        ("cards", {"nickname": "New"}),
        ("products", {"title": "New"}),
        ("terminals", {}),
        ("quotes", {"status": "canceled"}),
        ("teams", {"name": "New"}),
        ("memberships", {"role": "admin"}),
    ],
)
def test_edit(reader: Reader, name: str, changes: Json) -> None:
    before = records(reader, name)
    ids = mutate(reader, "edit_record", name, n=2, set=changes)
    now = records(reader, name)
    times = [now[number].get("updated_at") for number in ids]
    for number in ids:
        for field, value in changes.items():
            told = now[number][field]
            assert told == value or milliseconds(told) == milliseconds(value)
        if "updated_at" in before[number]:
            assert milliseconds(now[number]["updated_at"]) > milliseconds(before[number]["updated_at"])
    if times[0]:
        assert milliseconds(times[1]) - milliseconds(times[0]) == 1000
        assert milliseconds(times[1]) == milliseconds(reader.sandbox.now()) // 1000 * 1000
    untouched = before.keys() - set(ids)
    assert {number: now[number] for number in untouched} == {number: before[number] for number in untouched}


def test_together(reader: Reader) -> None:
    ids = mutate(reader, "edit_record", "supplier_invoices", n=20, together=True, set={"description": "all at once"})
    now = reader.sandbox.now()
    found = reader.get("/supplier_invoices", **{"filter[updated_at_from]": now, "filter[updated_at_to]": now})
    assert {record["id"] for record in found["supplier_invoices"]} == set(ids)


def test_values_of_a_new_record(reader: Reader) -> None:
    (added,) = mutate(reader, "add_record", "supplier_invoices", set={"status": "to_pay", "supplier_name": "Own"})
    record = reader.get(f"/supplier_invoices/{added}")["supplier_invoice"]
    assert (record["status"], record["supplier_name"]) == ("to_pay", "Own")


def test_incremental(reader: Reader) -> None:
    since = reader.sandbox.now()
    added = mutate(reader, "add_record", "clients", n=2)
    edited = mutate(reader, "edit_record", "clients", ids=[next(iter(records(reader, "clients")))])
    found = reader.get("/clients", updated_at_from=since, sort_by="updated_at:asc")["clients"]
    assert [record["id"] for record in found] == added + edited
    reader.sandbox.qonto.settings(unfiltered=["clients"])
    assert len(reader.get("/clients", updated_at_from=since)["clients"]) == reader.sandbox.qonto.counts()["clients"]


def test_an_answer_is_not_older_than_a_change(reader: Reader) -> None:
    before = len(reader.get("/labels")["labels"])
    reader.sandbox.qonto.mutate("add_label", name="Another")
    assert len(reader.get("/labels")["labels"]) == before + 1
    for kind in ("add_record", "delete_record"):
        before = reader.get("/clients", per_page=1)["meta"]["total_count"]
        mutate(reader, kind, "clients")
        assert abs(reader.get("/clients", per_page=1)["meta"]["total_count"] - before) == 1


def test_what_others_refer_to_stays(reader: Reader) -> None:
    invoice = reader.sandbox.qonto.records("client_invoices")[0]
    for name, number in (
        ("clients", invoice["client"]["id"]),
        ("teams", reader.sandbox.qonto.records("memberships")[0]["team_id"]),
        ("cash_flow_categories", reader.all()[0]["cashflow_category"]["id"]),
    ):
        with pytest.raises(RefusedError, match="refer to it"):
            mutate(reader, "delete_record", name, ids=[number])


@pytest.mark.parametrize(
    ("mutation", "reason"),
    [
        ({"kind": "add_record", "resource": "invoices"}, "no resource invoices"),
        ({"kind": "add_record", "resource": "transactions"}, "follow from other things"),
        ({"kind": "add_record", "resource": "labels"}, "cannot be added like this"),
        ({"kind": "add_record", "resource": "subscription"}, "cannot be added like this"),
        ({"kind": "edit_record", "resource": "clients", "ids": ["x"]}, "no such clients"),
        ({"kind": "edit_record", "resource": "clients", "set": {"colour": 1}}, "no such field: colour"),
        ({"kind": "edit_record", "resource": "clients", "n": 10_000}, "there are only"),
        ({"kind": "delete_record", "resource": "clients", "n": 10_000}, "there are only"),
        ({"kind": "add_field", "resource": "invoices", "field": "x"}, "no resource invoices"),
    ],
)
def test_what_cannot_be_done(reader: Reader, mutation: Json, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        reader.sandbox.qonto.mutate_all([mutation])


def test_the_vendor_changes_any_resource(reader: Reader) -> None:
    reader.sandbox.qonto.mutate("add_field", resource="products", field="novelty", value=1)
    reader.sandbox.qonto.mutate("drop_field", resource="products", field="updated_at")
    for record in reader.get("/products")["products"]:
        assert record["novelty"] == 1
        assert "updated_at" not in record


def test_a_change_while_page_two_is_read(reader: Reader) -> None:
    mutation = {"kind": "add_record", "resource": "products"}
    match = {"path": "*/products", "query": {"page": "2"}}
    reader.sandbox.faults([{"match": match, "do": {"kind": "mutate", "mutation": mutation, "when": "before"}}])
    totals = [reader.get("/products", page=page, per_page=3)["meta"]["total_count"] for page in (1, 2)]
    assert totals[1] == totals[0] + 1


def test_sizes() -> None:
    with Sandbox(transactions=50) as sandbox:
        start = sandbox.qonto.counts()
        sandbox.qonto.settings(sizes={"supplier_invoices": 300, "memberships": 20, "teams": 0})
        counts = sandbox.qonto.counts()
        assert (counts["supplier_invoices"], counts["memberships"], counts["teams"]) == (300, 20, 0)
        assert counts["clients"] == start["clients"]
        sandbox.qonto.settings()
        assert sandbox.qonto.counts() == start
        with pytest.raises(RefusedError, match="no resource invoices"):
            sandbox.qonto.settings(sizes={"invoices": 300})
