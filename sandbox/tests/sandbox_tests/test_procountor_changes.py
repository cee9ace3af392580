"""What changes, and what a client can see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sandbox.control import RefusedError

from sandbox import Sandbox
from sandbox_tests.procountor_client import ProcountorClient, cents, sums

if TYPE_CHECKING:
    from sandbox_tests.procountor_client import Json


def local(client: ProcountorClient) -> str:
    """The company's time as records have it: three hours ahead of UTC in summer."""
    utc = client.sandbox.now()
    hour = int(utc[11:13]) + 3
    assert hour < 24
    return f"{utc[:11]}{hour:02d}{utc[13:19]}"


def some(client: ProcountorClient, resource: str, **wanted: object) -> Json:
    """The newest record with these values."""
    records = client.own.records(resource)
    return next(r for r in reversed(records) if all(r.get(name) == value for name, value in wanted.items()))


def test_an_edited_receipt_has_a_new_id(accountant: ProcountorClient) -> None:
    before = some(accountant, "ledger_receipts", type="JOURNAL", status="APPROVED")
    (new,) = accountant.own.edit_record("ledger_receipts", before["id"], name="corrected")
    assert new > before["id"]
    assert accountant.status(f"ledgerreceipts/{before['id']}") == 404
    assert before["id"] not in accountant.ids("ledgerreceipts")
    after = accountant.get(f"ledgerreceipts/{new}")
    assert (after["name"], after["version"]) == ("corrected", local(accountant))
    same = ("receiptDate", "receiptNumber", "invoiceId", "type", "status")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    old_rows, new_rows = before["transactions"], after["transactions"]
    assert [row["accountingValue"] for row in new_rows] == [row["accountingValue"] for row in old_rows]
    assert not {row["id"] for row in new_rows} & {row["id"] for row in old_rows}
    assert accountant.ids("ledgerreceipts", versionStartDate=local(accountant)) == [new]
    journals = {row["id"]: row["ledgerReceiptId"] for row in accountant.get("journals")}
    assert journals[before["invoiceId"]] == new


def test_an_edited_invoice_gets_a_new_receipt_over_its_new_sum(accountant: ProcountorClient) -> None:
    (number,) = accountant.own.add_record("invoices", type="PURCHASE_INVOICE")
    before = accountant.get(f"invoices/{number}")
    rows = [row | {"unitPrice": row["unitPrice"] + 10} for row in before["invoiceRows"]]
    accountant.own.edit_record("invoices", number, invoiceRows=rows)
    after = accountant.get(f"invoices/{number}")
    assert after["ledgerReceiptId"] != before["ledgerReceiptId"]
    assert accountant.status(f"ledgerreceipts/{before['ledgerReceiptId']}") == 404
    receipt = accountant.get(f"ledgerreceipts/{after['ledgerReceiptId']}")
    total = after["invoiceSumInfo"][0]["invoiceSumTotal"]
    assert total > before["invoiceSumInfo"][0]["invoiceSumTotal"]
    assert cents(receipt["transactions"][0]["accountingValue"]) == -cents(total)
    assert after["version"] == receipt["version"] == local(accountant)


def test_a_payment_changes_the_status_in_place(accountant: ProcountorClient) -> None:
    (number,) = accountant.own.add_record("invoices", type="SALES_INVOICE")
    before = accountant.get(f"invoices/{number}")
    accountant.own.mutate("pay", ids=[number])
    after = accountant.get(f"invoices/{number}")
    receipt = accountant.get(f"ledgerreceipts/{before['ledgerReceiptId']}")
    assert after["status"] == receipt["status"] == "PAID"
    assert after["ledgerReceiptId"] == before["ledgerReceiptId"]
    (event,) = accountant.get(f"invoices/{number}/paymentevents")["results"]
    assert event["amount"] == after["invoiceSumInfo"][0]["invoiceSumTotal"]
    statement = accountant.get("bankstatements", orderById="DESC", size=1)["results"][0]
    assert cents(statement["endBalance"]) == sum(accountant.own.balances()["1910"].values())


def test_closed_books_do_not_change(accountant: ProcountorClient) -> None:
    closed = some(accountant, "ledger_receipts", type="JOURNAL", receiptDate=march(accountant))
    for change in (
        lambda: accountant.own.edit_record("ledger_receipts", closed["id"], name="x"),
        lambda: accountant.own.delete_record("ledger_receipts", closed["id"]),
        lambda: accountant.own.add_record("ledger_receipts", receiptDate=closed["receiptDate"]),
        lambda: accountant.own.add_record("invoices", date=closed["receiptDate"]),
    ):
        with pytest.raises(RefusedError, match="closed period"):
            change()
    accountant.own.mutate("reopen_period", day="2026-03-10")
    (new,) = accountant.own.edit_record("ledger_receipts", closed["id"], name="x")
    period = march_period(accountant)
    assert period["status"] == "OPEN"
    accountant.own.mutate("close_period", day="2026-03-10")
    assert march_period(accountant)["status"] == "CLOSED"
    assert march_period(accountant)["modified"] > period["modified"]
    accountant.own.mutate("close_year", day="2026-01-01")
    with pytest.raises(RefusedError, match="closed period"):
        accountant.own.add_record("ledger_receipts")
    accountant.own.mutate("reopen_year", day="2026-01-01")
    assert accountant.get("fiscalyears")["fiscalYears"][0]["isOpen"]
    for day in ("2026-04-01", "2026-05-01", "2026-06-01"):
        accountant.own.mutate("reopen_period", day=day)
    assert new in accountant.own.truth("ledger_receipts")


def march(client: ProcountorClient) -> str:
    days = [r["receiptDate"] for r in client.own.records("ledger_receipts") if r["type"] == "JOURNAL"]
    return next(day for day in days if day.startswith("2026-03"))


def march_period(client: ProcountorClient) -> Json:
    found: Json = client.get("fiscalyears")["fiscalYears"][0]["trackingPeriods"][2]
    return found


def test_deleted_records_vanish(accountant: ProcountorClient) -> None:
    (journal,) = accountant.own.delete_record("ledger_receipts")
    assert accountant.status(f"ledgerreceipts/{journal}") == 404
    (number,) = accountant.own.add_record("invoices", type="PURCHASE_INVOICE")
    receipt = accountant.get(f"invoices/{number}")["ledgerReceiptId"]
    with pytest.raises(RefusedError, match="goes with it"):
        accountant.own.delete_record("ledger_receipts", receipt)
    accountant.own.delete_record("invoices", number)
    assert accountant.status(f"invoices/{number}") == accountant.status(f"ledgerreceipts/{receipt}") == 404
    (paid,) = accountant.own.add_record("invoices", type="SALES_INVOICE")
    accountant.own.mutate("pay", ids=[paid])
    with pytest.raises(RefusedError, match="paid"):
        accountant.own.delete_record("invoices", paid)


def test_a_deleted_file_is_gone_from_its_document(accountant: ProcountorClient) -> None:
    invoices = accountant.own.truth("invoices")
    file = next(file for file in accountant.own.records("attachments") if file["referenceId"] in invoices)
    owner = invoices[file["referenceId"]]
    accountant.own.delete_record("attachments", file["attachmentId"])
    assert accountant.status(f"attachments/{file['attachmentId']}") == 404
    after = accountant.get(f"invoices/{owner['id']}")
    assert (owner["attachments"] != [], after["attachments"], after["version"]) == (True, [], local(accountant))


def test_registers_change_with_a_version(accountant: ProcountorClient) -> None:
    start = local(accountant)
    *others, partner = accountant.own.add_record("business_partners", n=12, name="Uusi Oy")
    assert accountant.ids("businesspartners", versionStartDate=local(accountant)) == [partner]
    assert {*others, partner} <= set(accountant.ids("businesspartners", versionStartDate=start))
    accountant.own.edit_record("business_partners", partner, **{"registryInfo.active": False})
    assert partner not in accountant.ids("businesspartners")
    assert partner in accountant.ids("businesspartners", active="false", versionStartDate=local(accountant))
    edited = accountant.own.mutate("edit_record", resource="products", n=3, set={"price": 7}, together=True)["ids"]
    changed = [row["id"] for row in accountant.chain("products", versionStartDate=local(accountant), orderById="ASC")]
    travel = [row["id"] for row in accountant.chain("products", orderById="ASC", type="TRAVEL")]
    assert set(changed) == set(edited) - set(travel)


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("add_record", {"resource": "bank_statements"}, "cannot be added"),
        ("add_record", {"resource": "ledger_receipts", "set": {"transactions": [{"accountingValue": 1}]}}, "balance"),
        ("edit_record", {"resource": "lamps"}, "no such resource"),
        ("edit_record", {"resource": "invoices", "ids": [1]}, "no such invoices"),
        ("delete_record", {"resource": "bank_statements"}, "not deleted"),
        ("close_period", {"day": "1999-01-01"}, "no fiscal year"),
        ("explode", {}, "explode"),
    ],
)
def test_what_cannot_be_done(accountant: ProcountorClient, kind: str, fields: Json, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        accountant.own.mutate(kind, **fields)


def test_fields_come_and_go(accountant: ProcountorClient) -> None:
    accountant.own.mutate("add_field", resource="products", field="colour", value="green")
    assert accountant.get("products", size=1)["results"][0]["colour"] == "green"
    assert accountant.get("products/100001")["colour"] == "green"
    accountant.own.mutate("drop_field", resource="products", field="colour")
    accountant.own.mutate("drop_field", resource="products", field="code")
    assert not {"colour", "code"} & accountant.get("products", size=1)["results"][0].keys()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_books_stay_lawful_in_a_storm(seed: int) -> None:
    survive(200, seed)


@pytest.mark.storm
@pytest.mark.parametrize("seed", range(10, 40))
def test_the_books_stay_lawful_in_long_storms(seed: int) -> None:
    survive(1500, seed)


def survive(changes: int, seed: int) -> None:
    with Sandbox(transactions=0, seed=seed) as s:
        client = ProcountorClient(s)
        before = client.ledger()
        start = s.now()
        assert sum(client.own.storm(changes, seed).values()) == changes
        after = client.ledger()
        assert len(before.keys() - after.keys()) > 25
        assert all(sum(cents(row["accountingValue"]) for row in r["transactions"]) == 0 for r in after.values())
        truth = sums(after.values())
        assert client.own.balances() == {account: dict(sorted(truth[account].items())) for account in sorted(truth)}
        invoices = [invoice for invoice in client.own.records("invoices") if invoice["ledgerReceiptId"] is not None]
        for invoice in invoices:
            receipt = after[invoice["ledgerReceiptId"]]
            assert (receipt["invoiceId"], receipt["status"]) == (invoice["id"], invoice["status"])
            booked = abs(cents(receipt["transactions"][0]["accountingValue"]))
            assert booked == cents(invoice["invoiceSumInfo"][0]["invoiceSumTotal"])
        statement = client.get("bankstatements", orderById="DESC", size=1)["results"][0]
        assert cents(statement["endBalance"]) == sum(truth["1910"].values())
        touched = [number for number in after if before.get(number) != after[number]]
        assert min(after[number]["version"] for number in touched) > start[:11]
        assert s.now() > start
        client.session.close()


def test_the_same_storm_twice() -> None:
    ledgers = []
    for _ in range(2):
        with Sandbox(transactions=0, seed=5) as s:
            s.procountor.storm(60, seed=9)
            ledgers.append(s.procountor.truth("ledger_receipts"))
    assert ledgers[0] == ledgers[1]
