"""Pages, filters, hidden rows, and details in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sandbox_tests.procountor_client import ProcountorClient

PAGED = [
    *("attachments", "bankaccounts", "bankstatements", "businesspartners", "invoices", "ledgerreceipts", "payments"),
    *("payments/directsalarypayments", "payments/errormessages", "products", "referencepayments"),
]


@pytest.mark.parametrize("path", PAGED)
def test_every_way_through_a_list_brings_every_record_once(procountor: ProcountorClient, path: str) -> None:
    key = "attachmentId" if path == "attachments" else "id"
    everything = procountor.chain(path, size=7, orderById="ASC")
    ids = [row[key] for row in everything]
    assert ids == sorted(set(ids))
    assert len(ids) > 1
    down = [row[key] for row in procountor.chain(path, size=200, orderById="DESC")]
    assert down == ids[::-1]
    if path != "products":
        assert [row[key] for row in procountor.pages(path, size=30, orderById="ASC")] == ids


def test_meta_counts_the_page_and_the_whole(procountor: ProcountorClient) -> None:
    total = len(procountor.own.truth("ledger_receipts"))
    answer = procountor.get("ledgerreceipts")
    assert answer["meta"] == {"pageNumber": 0, "pageSize": 50, "resultCount": 50, "totalCount": total}
    last = procountor.get("ledgerreceipts", size=200, page=total // 200)
    assert last["meta"]["resultCount"] == len(last["results"]) == total % 200
    assert procountor.get("ledgerreceipts", size=200, page=50)["results"] == []


def test_details_come_in_batches(procountor: ProcountorClient) -> None:
    rows = procountor.pages("invoices", orderById="ASC")
    first, second, *_ = (row["id"] for row in rows)
    assert procountor.get(f"invoices/{first}")["id"] == first
    many = procountor.get(f"invoices/{second},1,{first},{second}")
    assert [invoice["id"] for invoice in many] == [first, second]
    assert isinstance(procountor.get(f"invoices/{first},1"), list)
    details = procountor.details("invoices", [row["id"] for row in rows])
    assert [detail["id"] for detail in details] == [row["id"] for row in rows]
    for path in ("ledgerreceipts", "businesspartners", "products", "payrolls/salaryslips"):
        two = [row["id"] for row in procountor.get(path, size=2)["results"]]
        assert len(procountor.get(f"{path}/{two[0]},{two[1]}")) == 2
    assert procountor.status("persons/100041,100042") == 404


def test_some_fields_are_only_in_the_list(procountor: ProcountorClient) -> None:
    row = procountor.get("invoices", size=1)["results"][0]
    detail = procountor.get(f"invoices/{row['id']}")
    assert set(row) - set(detail) == {"created", "dueDate"}
    assert "invoiceRows" not in row
    receipt = procountor.get("ledgerreceipts", size=1)["results"][0]
    assert set(receipt) - set(procountor.get(f"ledgerreceipts/{receipt['id']}")) == {"created"}
    slip = procountor.get("payrolls/salaryslips", size=1)["results"][0]
    assert "netPay" not in procountor.get(f"payrolls/salaryslips/{slip['id']}")


def test_rows_are_hidden_by_default(procountor: ProcountorClient) -> None:
    everybody = procountor.own.truth("business_partners")
    active = procountor.ids("businesspartners")
    inactive = procountor.ids("businesspartners", active="false")
    assert active
    assert inactive
    assert sorted(active + inactive) == sorted(everybody)
    for path, name in (("persons", "persons"), ("payrolls/employees", "employees")):
        shown, every = procountor.ids(path), procountor.ids(path, includeInactive="true")
        assert len(shown) < len(every) == len(procountor.own.truth(name))
    invoices, offers = procountor.ids("invoices"), procountor.ids("invoices", isOffer="true", types="SALES_ORDER")
    assert offers
    assert sorted(invoices + offers) == sorted(procountor.own.truth("invoices"))
    products = [row["id"] for row in procountor.chain("products", orderById="ASC")]
    travel = [row["id"] for row in procountor.chain("products", orderById="ASC", type="TRAVEL")]
    assert travel
    assert sorted(products + travel) == sorted(procountor.own.truth("products"))
    groups = procountor.get("products/groups")["productGroups"]
    assert {group["type"] for group in groups} == {"SALES", "PURCHASE"}


def test_filters(procountor: ProcountorClient) -> None:
    rows = procountor.pages("invoices")
    days = procountor.pages("invoices", startDate="2026-01-01", endDate="2026-03-31")
    assert days == [row for row in rows if "2026-01-01" <= row["date"] <= "2026-03-31"]
    two = procountor.pages("invoices", types="TRAVEL_INVOICE,BILL_OF_CHARGES", status="PAID,RECEIVED")
    assert two
    assert {row["type"] for row in two} == {"TRAVEL_INVOICE", "BILL_OF_CHARGES"}
    version = sorted(row["version"] for row in rows)[len(rows) // 2]
    later = procountor.ids("invoices", versionStartDate=version)
    assert sorted(later) == sorted(row["id"] for row in rows if row["version"] >= version)
    earlier = procountor.ids("invoices", versionEndDate=version)
    assert sorted(earlier) == sorted(row["id"] for row in rows if row["version"] <= version)
    created = rows[5]["created"]
    assert procountor.ids("invoices", createdStartDate=created, createdEndDate=created) == [rows[5]["id"]]
    partner = procountor.get("businesspartners", size=1)["results"][0]
    url = f"{procountor.own.url}/businesspartners"
    named = procountor.session.get(url, headers={"name": partner["name"]}, timeout=5).json()["results"]
    assert partner in named
    assert len(named) < 5
    files = procountor.get("attachments", createdStartDate="2026-01-01", createdEndDate="2026-12-31")["results"]
    assert files
    assert all(file["attached"] > "2026" for file in files)


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("attachments", {"minSize": 500}),
        ("attachments", {"maxSize": 500}),
        ("attachments", {"type": "JOURNAL"}),
        ("attachments", {"name": "DOCUMENT-100001"}),
        ("bankstatements", {"startDate": "2026-01-01", "endDate": "2026-02-28"}),
        ("businesspartners", {"type": "SUPPLIER,PERSON"}),
        ("businesspartners", {"partnerGroup": "Key customers"}),
        ("businesspartners", {"mainGroup": "retail"}),
        ("businesspartners", {"customerNumber": "1004"}),
        ("businesspartners/groups", {"active": "true"}),
        ("factoringcontracts", {"financingCompanyId": "{}"}),
        ("invoices", {"invoiceNumber": 7}),
        ("invoices", {"businessPartnerId": 100_001}),
        ("invoices", {"productId": "100001,100003"}),
        ("invoices", {"searchTerm": "koivu"}),
        ("invoices", {"invoiceChannel": "MAIL,EMAIL"}),
        ("invoices", {"dueStartDate": "2026-06-01"}),
        ("ledgerreceipts", {"types": "SALARY,JOURNAL"}),
        ("ledgerreceipts", {"status": "UNFINISHED"}),
        ("ledgerreceipts", {"createdEndDate": "2024-12-31T00:00:00"}),
        ("payments", {"startDate": "2026-01-01"}),
        ("payments/directsalarypayments", {"customId": "202601"}),
        ("payments/errormessages", {"status": "UNHANDLED"}),
        ("payrolls/salarylists", {"name": "2026-01"}),
        ("payrolls/salarylists", {"paymentPeriodStart": "2026-01-01", "paymentPeriodEnd": "2026-01-31"}),
        ("payrolls/salaryslips", {"slipNumber": "1,2"}),
        ("payrolls/salaryslips", {"paydayStartDate": "2026-05-01"}),
        ("payrolls/salarytypes", {"category": "FRINGE_BENEFITS"}),
        ("persons", {"personNumber": 2}),
        ("products", {"group": 100_001}),
        ("products", {"active": "false"}),
        ("products", {"code": "s0"}),
        ("referencepayments", {"startDate": "2026-01-01", "endDate": "2026-01-31"}),
    ],
)
def test_every_filter_chooses_some(procountor: ProcountorClient, path: str, params: dict[str, object]) -> None:
    every = procountor.chain(path, size=200) if path in PAGED else procountor.pages(path)
    if "financingCompanyId" in params:
        params = {"financingCompanyId": every[0]["financingCompany"]["id"]}
    chosen = procountor.chain(path, **params) if path in PAGED else procountor.pages(path, **params)
    assert chosen
    assert len(chosen) < len(every) or params == {"active": "false"}
    assert chosen != every


def test_travel_products_are_chosen_by_the_time_they_are_valid(procountor: ProcountorClient) -> None:
    travel = {"type": "TRAVEL", "orderById": "ASC"}
    every = procountor.chain("products", **travel)
    assert procountor.chain("products", startDate="2026-06-01", endDate="2026-06-30", **travel) == every
    assert procountor.chain("products", startDate="2027-01-01", **travel) == []
    assert procountor.chain("products", startDate="2027-01-01", orderById="ASC")


def test_orders(procountor: ProcountorClient) -> None:
    for parameter, field in (("orderByVersion", "version"), ("orderByDate", "date"), ("orderByCreated", "created")):
        values = [row[field] for row in procountor.pages("invoices", **{parameter: "ASC"})]
        assert values == sorted(values)
    newest = procountor.get("invoices", size=1)["results"]
    assert [row["id"] for row in newest] == [max(procountor.ids("invoices"))]
    moved = procountor.get("invoices", orderByVersion="ASC", size=5)["results"]
    following = procountor.get("invoices", orderByVersion="ASC", size=5, previousId=moved[2]["id"])["results"]
    assert following[:2] == moved[3:]
    assert procountor.status("bankaccounts", previousId=1) == 404


def test_products_tell_other_names_on_request(procountor: ProcountorClient) -> None:
    plain = procountor.get("products", size=3)["results"]
    named = procountor.get("products", size=3, includeLocalizations="true")["results"]
    assert all("productLocalizations" not in row for row in plain)
    assert all(row["productLocalizations"] for row in named)


def test_error_messages_can_be_asked_for_whatever_their_status(procountor: ProcountorClient) -> None:
    """ALL is a value of its own, and no status (OpenAPI 26.04)."""
    found = {one: procountor.get("payments/errormessages", status=one) for one in ("ALL", "HANDLED", "UNHANDLED")}
    ids = {status: {record["id"] for record in answer["results"]} for status, answer in found.items()}
    assert ids["ALL"] == ids["HANDLED"] | ids["UNHANDLED"]
    assert ids["HANDLED"]
    assert ids["UNHANDLED"]
