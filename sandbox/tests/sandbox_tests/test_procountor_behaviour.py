"""Rights, settings, faults, limits, and that nothing is ever written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from sandbox.__main__ import parser
from sandbox.clock import milliseconds
from sandbox.control import RefusedError
from sandbox.procountor import times

from sandbox_tests.procountor_client import cents, sums

if TYPE_CHECKING:
    from sandbox_tests.procountor_client import ProcountorClient

PAYROLL = {"SALARY", "EMPLOYER_CONTRIBUTION"}


def test_a_get_with_a_body_is_refused_by_the_gateway(accountant: ProcountorClient) -> None:
    response = accountant.session.get(f"{accountant.own.url}/company", json={}, timeout=5)
    assert (response.status_code, response.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert accountant.status("company") == 200


def test_without_rights_to_payroll_rows_are_missing(accountant: ProcountorClient) -> None:
    every = accountant.ledger()
    salary = next(number for number, receipt in every.items() if receipt["type"] == "SALARY")
    accountant.own.settings(payroll_rights="none")
    seen = accountant.ledger()
    assert {receipt["type"] for receipt in every.values()} - {r["type"] for r in seen.values()} == PAYROLL
    assert accountant.status(f"ledgerreceipts/{salary}") == 404
    first = min(seen)
    assert [receipt["id"] for receipt in accountant.get(f"ledgerreceipts/{salary},{first}")] == [first]
    for path in ("payrolls/employees", "payrolls/salaryslips", "payments/directsalarypayments"):
        assert accountant.status(path) == 403
    assert accountant.get("users/rights")["rights"]["salaries"]["payroll"] == "NO_ACCESS"
    report = accountant.post("reports/generalledger/5000", startDate="2024-01-01", endDate="2026-12-31").json()
    assert cents(report["ledgerAccount"]["totalAccountingValue"]) == sum(sums(every.values())["5000"].values())
    assert "5000" not in sums(seen.values())


def test_rights_and_settings_that_refuse(accountant: ProcountorClient) -> None:
    accountant.own.settings(refused=["dimensions", "reports"])
    assert [accountant.status(path) for path in ("dimensions", "dimensions/1", "company")] == [403, 403, 200]
    assert accountant.post("reports/ledgeraccounts", endDate="2026-01-31").status_code == 403
    accountant.own.settings(documents="inactive")
    assert accountant.status("attachments") == 403
    accountant.own.settings()
    assert [accountant.status(path) for path in ("factoringcontracts", "se/factoringcontracts")] == [200, 403]
    accountant.own.settings(edition="SE")
    assert [accountant.status(path) for path in ("factoringcontracts", "se/factoringcontracts")] == [403, 200]
    with pytest.raises(RefusedError, match="lamps"):
        accountant.own.settings(refused=["lamps"])
    with pytest.raises(RefusedError, match="lamps"):
        accountant.own.settings(sizes={"lamps": 3})


def test_what_the_documentation_leaves_open(accountant: ProcountorClient) -> None:
    accountant.own.settings(total_count="absent", empty_results="missing")
    assert "totalCount" not in accountant.get("invoices")["meta"]
    assert "results" not in accountant.get("invoices", page=99)
    accountant.own.settings(meta="absent", unnamed_lists="results")
    assert accountant.get("invoices").keys() == {"results"}
    assert accountant.get("journals").keys() == {"results"}
    assert accountant.get("company/invoicetemplates").keys() == {"results"}
    accountant.own.settings(nested_events="event", report_names="with_code")
    statements = accountant.get("bankstatements", size=200)["results"]
    assert any("event" in event for statement in statements for event in statement["events"])
    rows = accountant.post("reports/ledgeraccounts", endDate="2026-05-31").json()["reportData"]["periods"][0]["rows"]
    assert "1910 Bank account" in {row["name"] for row in rows}
    versions = sorted(row["version"] for row in accountant.pages("invoices"))
    accountant.own.settings(bounds="exclusive")
    assert all(row["version"] > versions[3] for row in accountant.pages("invoices", versionStartDate=versions[3]))


def test_a_descending_cursor_can_lose_rows(accountant: ProcountorClient) -> None:
    every = accountant.ids("invoices")
    assert [row["id"] for row in accountant.chain("invoices", size=40, orderById="DESC")] == every
    accountant.own.settings(previous_id="ascending")
    first = accountant.get("invoices", size=40)["results"]
    following = accountant.get("invoices", size=40, previousId=first[-1]["id"])["results"]
    assert {row["id"] for row in following} <= {row["id"] for row in first}
    assert [row["id"] for row in accountant.chain("invoices", size=40, orderById="ASC")] == sorted(every)


def test_faults(accountant: ProcountorClient) -> None:
    accountant.own.faults([{"match": {"path": "*/invoices/*"}, "do": accountant.own.unable_to_connect, "times": 2}])
    number = accountant.ids("invoices")[0]
    answers = [accountant.ask(f"invoices/{number}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 200]
    assert answers[0].json() == {"errors": [{"status": 400, "message": "UNABLE_TO_GET_CONNECTION"}]}
    accountant.own.faults(
        [
            {"match": {"path": "*/dimensions"}, "do": {"kind": "duplicate"}},
            {"match": {"path": "*/company"}, "do": {"kind": "answer", "status": 503}},
        ]
    )
    assert len(accountant.get("dimensions")) == 2 * len(accountant.get("dimensions"))
    assert accountant.ask("company").json()["errors"][0]["status"] == 503


def test_a_receipt_can_vanish_between_two_pages(accountant: ProcountorClient) -> None:
    """Pages by number lose a row, the cursor does not."""
    every = accountant.ids("ledgerreceipts", orderById="ASC")
    gone = next(
        number
        for number, receipt in accountant.own.truth("ledger_receipts").items()
        if receipt["type"] == "JOURNAL" and receipt["receiptDate"] > "2026-04-01"
    )
    page = every.index(gone) // 20 + 1
    edit = {"kind": "edit_record", "resource": "ledger_receipts", "ids": [gone]}
    rule = {"match": {"path": "*/ledgerreceipts"}, "do": {"kind": "mutate", "mutation": edit}}
    accountant.own.faults([{**rule, "nth": page}])
    found = accountant.ids("ledgerreceipts", orderById="ASC", size=20)
    left = set(every) - {gone} - set(found)
    assert len(left) == 1
    assert left < set(accountant.ids("ledgerreceipts"))


def test_a_limit(accountant: ProcountorClient) -> None:
    accountant.own.limit((3, 60.0))
    assert [accountant.status("company") for _ in range(5)] == [200, 200, 200, 429, 429]
    assert accountant.ask("company").json()["errors"][0]["status"] == 429


def test_writing_is_seen_and_changes_nothing(accountant: ProcountorClient) -> None:
    before = accountant.own.truth("invoices")
    accountant.get("invoices")
    accountant.post("reports/ledgeraccounts", endDate="2026-05-31")
    requests.post(accountant.own.auth_url, data={"grant_type": "x"}, timeout=5)
    requests.post(accountant.own.login_url, timeout=5)
    assert accountant.own.side_effects == []
    number = next(iter(before))
    for method, path in (("POST", "invoices"), ("PUT", f"invoices/{number}/approve"), ("DELETE", "webhooks/1")):
        answer = accountant.session.request(method, f"{accountant.own.url}/{path}", json={}, timeout=5)
        assert answer.status_code == 404
    seen = [(entry["method"], entry["path"].rpartition("/api/")[2]) for entry in accountant.own.side_effects]
    assert seen == [("POST", "invoices"), ("PUT", f"invoices/{number}/approve"), ("DELETE", "webhooks/1")]
    assert accountant.own.truth("invoices") == before


def test_the_log_is_of_this_vendor(accountant: ProcountorClient) -> None:
    accountant.get("company")
    requests.get(f"{accountant.sandbox.qonto.api_url}/labels", timeout=5)
    assert [entry["path"] for entry in accountant.own.log()] == ["/procountor/latest/api/company"]
    environment = accountant.own.environment()
    assert environment["TAP_PROCOUNTOR_API_URL"] == accountant.own.url
    assert environment["TAP_PROCOUNTOR_API_KEY"] == accountant.own.api_key


def test_sizes_on_the_command_line_name_the_vendor() -> None:
    options = parser().parse_args(["--size", "procountor.invoices=20", "--size", "clients=3"])
    assert options.size == [("procountor", "invoices", 20), ("qonto", "clients", 3)]


def test_finnish_time_has_no_zone_and_one_hour_twice() -> None:
    summer, again = milliseconds("2026-10-25T00:30:00Z"), milliseconds("2026-10-25T01:30:00Z")
    assert times.local(summer) == times.local(again) == "2026-10-25T03:30:00"
    assert times.local(milliseconds("2026-01-31T22:00:00.999Z")) == "2026-02-01T00:00:00"
