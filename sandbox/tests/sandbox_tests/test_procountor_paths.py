"""Every path that is no list with pages, and what the API refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sandbox_tests.procountor_client import ProcountorClient

OBJECTS = [
    *("company", "company/usagesettings", "company/invoicecirculation/settings", "company/deliveryterms", "currencies"),
    *("company/expenses/collectionpenal/settings", "currencies/company", "currencies/latest", "vats/default"),
    *("vats/settings", "vats/country?countryCode=FI", "sessioninfo", "status", "users", "users/rights", "fiscalyears"),
    *("users/profiles/90311", "businesspartners/personaldetails", "sie/availability", "coa", "products/groups"),
    *("integrations/request-1", "invoices/personalapprovals?types=PURCHASE_INVOICE", "payrolls/salariesbasicinfo"),
    *(
        "invoices/personalverifications?types=TRAVEL_INVOICE",
        "businesspartners/groups",
        "businesspartners/groups/100001",
    ),
    *("products/groups/100001", "dimensions/1", "factoringcontracts", "webhooks", "payrolls/employees", "persons"),
    *("payrolls/salarytypes", "payrolls/salarylists", "payrolls/salaryslips", "payrolls/salarylists/100001"),
    *("payrolls/salaryslips/100001", "payrolls/salaryslips/100001/accounting", "payments/directsalarypayments/100001"),
    *("company/invoicecirculation/verifierlists/100001", "bankaccounts/100001", "persons/100041", "products/100001"),
    *("businesspartners/100001", "businesspartners/100001/defaults/accounts", "payrolls/employees/100001/salaryinfo"),
    *("payrolls/employees/100001/salarybase", "payrolls/employees/100001/holidaypay"),
    *("payrolls/employees/100001/workinghourreduction", "payrolls/employees/100001/salaryinfo/employments/100501"),
    *("payrolls/employees/100001/salaryinfo/taxcards/1000010", "invoices/4100002/paymentevents"),
    "payrolls/employees/100002/salaryinfo/laborunionmemberships/100902",
    "currencies/exchangerate?baseCurrency=EUR&currency=SEK&day=2026-06-01&rateType=CASH_BUYING_RATE",
]
ARRAYS = [
    *("dimensions", "journals", "company/invoicetemplates", "company/einvoiceaddresses", "payrolls/laborunionsettings"),
    *("company/invoicecirculation/verifierlists", "payrolls/salaryperiods?holidayCreditYear=2026"),
    *("payrolls/salaryperiods/202601", "integrations/any/customers", "payrolls/employees/100001/salaryinfo/taxcards"),
    *("payrolls/employees/100001/salaryinfo/employments", "businesspartners/100002/defaults/products"),
    *("payrolls/employees/100002/salaryinfo/laborunionmemberships", "businesspartners/100002/defaults/dimensions"),
    *("persons/100044/defaults/dimensions", "persons/100044/defaults/products", "products/100002/defaults/dimensions"),
]


@pytest.mark.parametrize("path", OBJECTS)
def test_objects(procountor: ProcountorClient, path: str) -> None:
    answer = procountor.get(path)
    assert isinstance(answer, dict)
    assert answer


@pytest.mark.parametrize("path", ARRAYS)
def test_bare_arrays(procountor: ProcountorClient, path: str) -> None:
    answer = procountor.get(path)
    assert isinstance(answer, list)
    assert answer


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("invoices", {"size": 0}),
        ("invoices", {"size": 201}),
        ("invoices", {"page": -1}),
        ("invoices", {"page": "one"}),
        ("invoices", {"orderById": "UP"}),
        ("invoices", {"status": "LOST"}),
        ("invoices", {"types": "SALES_INVOICE,OFFER"}),
        ("invoices", {"isOffer": "yes"}),
        ("invoices", {"versionStartDate": "2026-06-01T00:00:00Z"}),
        ("invoices", {"versionStartDate": "2026-06-01T00:00:00.000"}),
        ("invoices", {"startDate": "2026-02-30"}),
        ("ledgerreceipts", {"types": "VAT_SUMMARY"}),
        ("payments/paymentevents", {}),
        ("invoices/transactions", {}),
        ("invoices/personalapprovals", {}),
        ("payrolls/salaryperiods", {}),
        ("currencies/latest", {"rateType": 7}),
        ("currencies/exchangerate", {"currency": "SEK"}),
        ("vats/country", {"countryCode": "FINLAND"}),
        ("invoices/" + ",".join(map(str, range(201))), {}),
        ("invoices/1,x", {}),
    ],
)
def test_what_the_api_refuses(procountor: ProcountorClient, path: str, params: dict[str, str]) -> None:
    response = procountor.ask(path, **params)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["status"] == 400
    assert error["message"]


@pytest.mark.parametrize(
    "path",
    [
        *("invoices/1", "invoices/1,2", "ledgerreceipts/1", "bankaccounts/7", "products/7", "payments/7", "persons/7"),
        *(
            "payrolls/salaryperiods?holidayCreditYear=1999",
            "attachments/7",
            "mfatransactionresult/a",
            "users/profiles/1",
        ),
        "currencies/exchangerate?baseCurrency=EUR&currency=FIM&day=2026-06-01&rateType=CASH_BUYING_RATE",
        *(
            "payrolls/employees/100004/salarybase",
            "invoices/4100002/image",
            "businesspartners/100041/defaults/accounts",
        ),
    ],
)
def test_nothing_is_404(procountor: ProcountorClient, path: str) -> None:
    response = procountor.ask(path)
    assert response.status_code == 404
    assert response.json()["errors"]


def test_an_expired_request_and_an_unknown_path(procountor: ProcountorClient) -> None:
    assert procountor.status("integrations/expired") == 410
    response = procountor.ask("costreceipt")
    assert (response.status_code, response.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert (
        procountor.session.get(f"{procountor.sandbox.url}/procountor/v2305/api/company", timeout=5).status_code == 404
    )
    assert procountor.session.get(f"{procountor.sandbox.url}/procountor/v2602/api/company", timeout=5).ok


def test_files_come_in_two_parts(procountor: ProcountorClient) -> None:
    file = procountor.get("attachments", size=1)["results"][0]
    response = procountor.ask(f"attachments/{file['attachmentId']}")
    assert response.headers["content-type"].startswith("multipart/mixed; boundary=")
    boundary = response.headers["content-type"].partition("=")[2].encode()
    _, meta, content, end = response.content.split(b"--" + boundary)
    assert file["name"].encode() in meta
    assert len(content.partition(b"\r\n\r\n")[2]) - len(b"\r\n") == file["size"]
    assert end == b"--\r\n"


def test_payment_events_alone_and_in_bulk(procountor: ProcountorClient) -> None:
    events = procountor.own.records("payment_events")
    invoices = sorted({event["invoiceId"] for event in events})[:30]
    bulk = procountor.get("payments/paymentevents", invoiceId=",".join(map(str, invoices)), size=200)["results"]
    assert {row["invoiceId"] for row in bulk} == set(invoices)
    repeated = procountor.get("payments/paymentevents", invoiceId=invoices, size=200)["results"]
    assert repeated == bulk
    alone = procountor.get(f"invoices/{invoices[0]}/paymentevents")["results"]
    assert alone[0].items() >= {"invoiceId": invoices[0], "currency": "EUR"}.items()
    assert "type" not in bulk[0]
    assert procountor.get(f"invoices/{invoices[0]}/paymentevents/{alone[0]['id']}") == alone[0]


def test_trails_and_comments(procountor: ProcountorClient) -> None:
    invoices = procountor.own.truth("invoices")
    untouched = next(number for number, one in invoices.items() if one["status"] == "UNFINISHED")
    assert procountor.status(f"invoices/{untouched}/transactions") == 404
    paid = (number for number, one in invoices.items() if one["status"] == "PAID" and one["type"] == "SALES_INVOICE")
    sold = next(paid)
    trail = procountor.get(f"invoices/{sold}/transactions")["transactions"]
    both = procountor.get("invoices/transactions", invoiceIds=[sold, untouched])["results"]
    assert both == [{"invoiceId": sold, "transactions": trail}]


def test_comments(procountor: ProcountorClient) -> None:
    types = {"PURCHASE_INVOICE", "TRAVEL_INVOICE", "BILL_OF_CHARGES"}
    found = {}
    for number, invoice in procountor.own.truth("invoices").items():
        if invoice["type"] in types:
            for comment in procountor.get(f"invoices/{number}/comments")["comments"]:
                found[comment["id"]] = comment
                assert procountor.get(f"invoices/{number}/comments/{comment['id']}").items() > comment.items()
    assert found == procountor.own.truth("comments")
    sold = next(number for number, one in procountor.own.truth("invoices").items() if one["type"] not in types)
    assert procountor.status(f"invoices/{sold}/comments") == 403
    assert procountor.get(f"invoices/{sold}/comments/taggableusers")["taggableUsers"]
