"""The company's books are lawful, and the reports agree with them."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import sandbox.procountor.vendor

from sandbox import Sandbox
from sandbox_tests.procountor_client import ProcountorClient, cents, sums

if TYPE_CHECKING:
    from sandbox_tests.procountor_client import Json

EVERYTHING = {"startDate": "2024-01-01", "endDate": "2026-12-31"}


def test_every_receipt_balances(procountor: ProcountorClient) -> None:
    ledger = procountor.ledger()
    assert ledger.keys() == procountor.own.truth("ledger_receipts").keys()
    for receipt in ledger.values():
        rows = receipt["transactions"]
        assert sum(cents(row["accountingValue"]) for row in rows) == 0
        for row in rows:
            shares: Counter[int] = Counter()
            for share in row["dimensionItemValues"]:
                shares[share["dimensionId"]] += cents(share["value"])
            assert set(shares.values()) <= {cents(row["accountingValue"])}
    ids = [row["id"] for receipt in ledger.values() for row in receipt["transactions"]]
    assert len(ids) == len(set(ids))
    types = {receipt["type"] for receipt in ledger.values()}
    assert {"JOURNAL", "SALES_INVOICE", "PURCHASE_INVOICE", "SALARY", "VAT_SUMMARY", "PERIODIC_TAX_RETURN"} < types
    assert any("vatPercent" not in row for receipt in ledger.values() for row in receipt["transactions"])


def test_invoices_and_receipts_know_each_other(procountor: ProcountorClient) -> None:
    ledger, invoices = procountor.own.truth("ledger_receipts"), procountor.own.truth("invoices")
    for number, invoice in invoices.items():
        if invoice["type"] in {"SALES_ORDER", "PURCHASE_ORDER"}:
            assert invoice["ledgerReceiptId"] is None
            continue
        receipt = ledger[invoice["ledgerReceiptId"]]
        assert receipt["invoiceId"] == number
        assert (receipt["status"], receipt["type"]) == (invoice["status"], invoice["type"])
        total = cents(invoice["invoiceSumInfo"][0]["invoiceSumTotal"])
        sign = 1 if invoice["type"] == "SALES_INVOICE" else -1
        assert cents(receipt["transactions"][0]["accountingValue"]) == sign * total
    foreign = [invoice for invoice in invoices.values() if len(invoice["invoiceSumInfo"]) == 2]
    assert foreign
    assert all(invoice["paymentInfo"]["currencyRate"] != 1 for invoice in foreign)
    versions = Counter(invoice["version"] for invoice in invoices.values())
    assert max(versions.values()) > 20


def test_the_bank_agrees_with_the_books(procountor: ProcountorClient) -> None:
    statements = procountor.chain("bankstatements", orderById="ASC", size=200)
    opening = statements[0]["startBalance"]
    for before, after in pairwise(statements):
        assert before["endBalance"] == after["startBalance"]
        assert before["startDate"] < after["startDate"]
    for one in statements:
        moved = cents(one["endBalance"]) - cents(one["startBalance"])
        assert moved == cents(one["depositSum"]) + cents(one["withdrawalSum"])
        assert moved == sum(cents(event["sum"]) for event in one["events"])
        for event in one["events"]:
            assert cents(event["sum"]) == sum(cents(inner["sum"]) for inner in event.get("events", [event]))
    references = sum(cents(row["sum"]) for row in procountor.pages("referencepayments"))
    events = [event for one in statements for event in one["events"]]
    assert references == sum(cents(inner["sum"]) for event in events for inner in event.get("events", []))
    booked = sum(procountor.own.balances()["1910"].values())
    assert booked == cents(statements[-1]["endBalance"])
    assert opening == 500_000
    assert min(one["endBalance"] for one in statements) > 0


def report(client: ProcountorClient, path: str, **body: Any) -> Json:
    response = client.post(f"reports/{path}", **body)
    assert response.status_code == 200, response.text
    answer: Json = response.json()
    return answer


def test_the_reports_agree_with_the_receipts(procountor: ProcountorClient) -> None:
    truth = sums(procountor.own.records("ledger_receipts"))
    assert procountor.own.balances() == {account: dict(sorted(truth[account].items())) for account in sorted(truth)}
    names = {row["ledgerAccountCode"]: row["name"] for row in procountor.get("coa")["ledgerAccounts"]}
    assert len(set(names.values())) == len(names)
    for start, end, month in (("2026-05-01", "2026-05-31", "2026-05"), ("2024-02-01", "2024-02-29", "2024-02")):
        (period,) = report(procountor, "ledgeraccounts", startDate=start, endDate=end)["reportData"]["periods"]
        values = {row["name"]: cents(row["value"]) for row in period["rows"]}
        assert values == {names[account]: months[month] for account, months in truth.items() if month in months}
    for account, months in truth.items():
        ledger = report(procountor, f"generalledger/{account}", **EVERYTHING)["ledgerAccount"]
        rows = ledger["ledgerReceiptTransactions"]
        assert cents(ledger["totalAccountingValue"]) == sum(cents(row["accountingValue"]) for row in rows)
        assert sum(months.values()) == cents(ledger["totalAccountingValue"])
        assert (ledger["id"], ledger["name"]) == (account, names[account])


def test_statements_add_up(procountor: ProcountorClient) -> None:
    def lines(kind: str) -> dict[str, int]:
        (period,) = report(procountor, "accounting", type=kind, **EVERYTHING)["reportData"]["periods"]
        return {row["name"]: cents(row["value"]) for row in period["rows"]}

    sheet, income, cash = lines("BALANCE_SHEET"), lines("INCOME_STATEMENT"), lines("CASH_FLOW")
    assert sheet["Assets"] == sheet["Equity and liabilities"]
    assert sheet["Profit"] == income["Profit for the period"]
    assert cash["Change in cash"] == sum(procountor.own.balances()["1910"].values())


def test_reports_read_their_parameters(procountor: ProcountorClient) -> None:
    month = report(procountor, "ledgeraccounts", endDate="2026-05-20")["reportParameters"]
    assert month["startDate"] == "2026-05-01"
    plain = report(procountor, "generalledger/4000", **EVERYTHING)["ledgerAccount"]
    receipts = procountor.own.records("ledger_receipts")
    account = next(r["transactions"][-1]["account"] for r in receipts if r["status"] == "UNFINISHED")
    ledger = f"generalledger/{account}"
    drafts = report(procountor, ledger, receiptStatus=["UNFINISHED"], **EVERYTHING)["ledgerAccount"]
    assert {row["status"] for row in drafts["ledgerReceiptTransactions"]} == {"UNFINISHED"}
    assert "UNFINISHED" not in {row["status"] for row in plain["ledgerReceiptTransactions"]}
    bought = report(procountor, "generalledger/4000", options={"receiptType": ["PURCHASE_INVOICE"]}, **EVERYTHING)
    assert {row["type"] for row in bought["ledgerAccount"]["ledgerReceiptTransactions"]} == {"PURCHASE_INVOICE"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("ledgeraccounts", {}),
        ("ledgeraccounts", {"endDate": "2026-13-01x"}),
        ("ledgeraccounts", {"endDate": "2026-01-01", "startDate": "2026-02-01"}),
        ("ledgeraccounts", {"endDate": "2026-01-01", "receiptStatus": ["INVALIDATED"]}),
        ("accounting", {"endDate": "2026-01-01"}),
        ("generalledger/1", {"endDate": "2026-01-01"}),
    ],
)
def test_reports_refuse(procountor: ProcountorClient, path: str, body: dict[str, Any]) -> None:
    assert procountor.post(f"reports/{path}", **body).status_code == 400


def test_journals_are_receipts_of_their_type(procountor: ProcountorClient) -> None:
    journals = procountor.get("journals")
    receipts = procountor.pages("ledgerreceipts", types="JOURNAL")
    assert {row["ledgerReceiptId"] for row in journals} == {row["id"] for row in receipts}
    drafts = procountor.get("journals", statuses="UNFINISHED,INVALIDATED")
    assert {row["status"] for row in drafts} == {"UNFINISHED", "INVALIDATED"}
    assert procountor.get("journals", startDate="2026-06-01")


def test_payroll_is_booked_and_paid(procountor: ProcountorClient) -> None:
    slips, lists = procountor.pages("payrolls/salaryslips"), procountor.pages("payrolls/salarylists")
    detail = procountor.get(f"payrolls/salarylists/{lists[0]['id']}")
    assert len(detail["salarySlips"]) == lists[0]["numberOfSlips"]
    assert "numberOfSlips" not in detail
    paid = {row["customId"]: row["totalSum"] for row in procountor.pages("payments/directsalarypayments")}
    net = sum(cents(slip["netPay"]) for slip in detail["salarySlips"])
    assert cents(paid[detail["paymentPeriodStart"][:7].replace("-", "")]) == net
    booked = procountor.get(f"payrolls/salaryslips/{slips[0]['id']}/accounting")
    assert sum(cents(row["accountingValue"]) for row in booked["transactions"]) == 0


def test_periods(procountor: ProcountorClient) -> None:
    years = procountor.get("fiscalyears")["fiscalYears"]
    assert [year["startDate"][:4] for year in years] == ["2026", "2025", "2024"]
    assert [year["isOpen"] for year in years] == [True, False, False]
    states = {period["startDate"]: period["status"] for year in years for period in year["trackingPeriods"]}
    assert len(states) == 36
    assert {day: states[day] for day in ("2026-03-01", "2026-04-01", "2026-06-01", "2026-07-01")} == {
        "2026-03-01": "CLOSED",
        "2026-04-01": "OPEN",
        "2026-06-01": "OPEN",
        "2026-07-01": "PENDING",
    }


def test_a_month_opens_when_it_begins() -> None:
    with Sandbox(transactions=0) as s:
        client = ProcountorClient(s)
        s.advance_clock(9 * 3600 - 1)
        client.renew()
        assert client.get("fiscalyears")["fiscalYears"][0]["trackingPeriods"][6]["status"] == "PENDING"
        s.advance_clock(1)
        july = client.get("fiscalyears")["fiscalYears"][0]["trackingPeriods"][6]
        assert (july["status"], july["modified"]) == ("OPEN", "2026-07-01T00:00:00")
        assert s.procountor.add_record("invoices")
        client.session.close()


def test_nothing_is_made_before_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    real = sandbox.procountor.vendor.made

    def spy(*arguments: Any) -> Any:
        made.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(sandbox.procountor.vendor, "made", spy)
    with Sandbox(transactions=0) as s:
        s.qonto.truth()
        s.procountor.grant()
        s.procountor.settings(sizes={"invoices": 10})
        assert not made
        assert len(s.procountor.truth("invoices")) == 10
        s.procountor.balances()
    assert len(made) == 1


def test_seeds_and_sizes() -> None:
    sizes = {"invoices": 60, "ledger_receipts": 400, "business_partners": 12, "products": 10, "persons": 5}
    companies = []
    for seed in (3, 3, 4):
        with Sandbox(transactions=0, seed=seed) as s:
            s.procountor.settings(sizes=sizes)
            companies.append(s.procountor.records("ledger_receipts"))
            assert len(s.procountor.truth("invoices")) == 60
            assert len(s.procountor.truth("business_partners")) == 12 + 5
    assert len(companies[0]) == 400
    assert companies[0] == companies[1] != companies[2]
