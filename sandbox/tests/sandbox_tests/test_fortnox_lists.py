"""Fortnox's lists and single records: what each has, pages, order, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox.fortnox.query import Page
from sandbox.fortnox.resources import BY_NAME, RESOURCES
from sandbox.fortnox.shapes import shapes

from sandbox import Sandbox
from sandbox_tests.fortnox_client import META, FortnoxClient

if TYPE_CHECKING:
    from sandbox.fortnox.resource import Resource

NEEDED: dict[str, dict[str, str]] = {
    "time_registrations": {"fromDate": "2020-01-01", "toDate": "2026-12-31"},
    "time_articles": {"fromDate": "2020-01-01", "toDate": "2026-12-31"},
    "attachments": {"entityid": "1", "entitytype": "F"},
}
LISTS = [resource for resource in RESOURCES if resource.list is not None and not resource.only]
PAGED = [resource for resource in LISTS if resource.paged and not resource.nested]
SINGLES = [resource for resource in RESOURCES if resource.one is not None and resource.name not in {"archive", "inbox"}]


def name(resource: Resource) -> str:
    return resource.name


def path(resource: Resource) -> str:
    return "/".join(resource.segments)


def fields(resource: Resource, kind: str) -> list[str]:
    return [field[0] for field in getattr(shapes(resource.name), kind).fields]


@pytest.mark.parametrize("resource", LISTS, ids=name)
def test_a_list_has_its_own_fields(fortnox: FortnoxClient, resource: Resource) -> None:
    answer = fortnox.get(path(resource), **NEEDED.get(resource.name, {}))
    if resource.bare:
        rows = answer
    elif resource.nested:
        rows = answer[resource.list][resource.nested]
    else:
        rows = answer[resource.list]
        total = answer[META]["@TotalResources"]
        assert list(answer) == [META, resource.list]
        assert len(rows) == min(total, 100) if resource.paged else total
    assert rows
    assert {tuple(row) for row in rows} == {tuple(fields(resource, "list"))}


@pytest.mark.parametrize("resource", SINGLES, ids=name)
def test_a_single_record_has_more(fortnox: FortnoxClient, resource: Resource) -> None:
    known = fortnox.fortnox.records(resource.name)[-1]
    assert tuple(known) == tuple(fields(resource, "detail"))
    if "@url" in known:
        response = fortnox.session.get(known["@url"], timeout=5)
        assert response.status_code == 200
        answer = response.json()[resource.one]
        assert (answer[resource.nested] if resource.nested else answer) == ([known] if resource.nested else known)


@pytest.mark.parametrize("only", [resource for resource in RESOURCES if resource.only], ids=name)
def test_one_object_without_pages(fortnox: FortnoxClient, only: Resource) -> None:
    answer = fortnox.get(path(only))
    assert set(answer if only.bare else answer[only.list]) == set(fields(only, "list"))
    assert META not in answer


@pytest.mark.parametrize("resource", PAGED, ids=name)
def test_pages_have_every_record_once_and_in_order(fortnox: FortnoxClient, resource: Resource) -> None:
    """The natural order of keys: numbers by their value."""
    whole = fortnox.all(path(resource), limit=500)
    pages = fortnox.all(path(resource), limit=max(1, len(whole) // 3))
    assert pages == whole
    last = fortnox.get(path(resource), limit=1)[META]
    assert last == {"@TotalResources": len(whole), "@TotalPages": len(whole), "@CurrentPage": 1}


def test_pages(fortnox: FortnoxClient) -> None:
    first = fortnox.get("3/invoices")
    assert first[META] == {"@TotalResources": 250, "@TotalPages": 3, "@CurrentPage": 1}
    assert [invoice["DocumentNumber"] for invoice in first["Invoices"]] == [str(n) for n in range(1, 101)]
    assert fortnox.get("3/invoices/", page=1) == first
    assert len(fortnox.rows("3/invoices", limit=1000)) == 250
    assert [i["DocumentNumber"] for i in fortnox.rows("3/invoices", limit=3, offset=100)] == ["101", "102", "103"]
    past = fortnox.get("3/projects", offset=1000)
    assert past == {META: {"@TotalResources": 0, "@TotalPages": 0, "@CurrentPage": 1}, "Projects": []}
    assert fortnox.rows("3/invoices", page=4) == []
    nobody = fortnox.get("3/invoices", customername="nobody")
    assert nobody[META] == {"@TotalResources": 0, "@TotalPages": 0, "@CurrentPage": 1}
    assert fortnox.error("3/invoices", page=0) == (400, 2000106)
    assert len(fortnox.rows("3/labels", limit=1)) == 3


def test_attachments_of_several_documents_at_a_time(fortnox: FortnoxClient) -> None:
    """The specification: the parameter is repeated."""
    known = fortnox.fortnox.records("attachments")
    documents = sorted({record["entityId"] for record in known})[1:]
    asked = fortnox.get("api/fileattachments/attachments-v1", entityid=documents, entitytype="F")
    assert {record["id"] for record in asked} == {record["id"] for record in known if record["entityId"] in documents}
    assert fortnox.get("api/fileattachments/attachments-v1", entityid=documents, entitytype="O") == []


@given(total=st.integers(0, 60), limit=st.integers(1, 70), offset=st.integers(0, 70))
def test_pages_part_any_list(total: int, limit: int, offset: int) -> None:
    records = [{"n": n} for n in range(total)]
    meta = Page(limit, 1, offset).meta(total)
    pages = [Page(limit, number, offset).cut(records) for number in range(1, meta["@TotalPages"] + 1)]
    assert [record for page in pages for record in page] == records[offset:]
    assert meta["@TotalResources"] == (total if offset < total or not offset else 0)


def test_no_page_is_larger_than_500() -> None:
    with Sandbox(transactions=0) as sandbox:
        sandbox.fortnox.settings(sizes={"customers": 501})
        client = FortnoxClient(sandbox)
        with client.session:
            assert len(client.rows("3/customers", limit=1000)) == 500
            assert len(client.rows("3/customers", limit=1000, page=2)) == 1


def test_the_wire_is_ascii_with_escaped_slashes(fortnox: FortnoxClient) -> None:
    body = fortnox.ask("3/units").content
    assert b"f\\u00f6rp" in body
    assert b"\\/fortnox\\/3\\/units\\/f%C3%B6rp" in body


@pytest.mark.parametrize("number", ["Å/7+B", "1"])
def test_keys_are_percent_encoded(fortnox: FortnoxClient, number: str) -> None:
    (article,) = [article for article in fortnox.rows("3/articles") if article["ArticleNumber"] == number]
    assert article["@url"].endswith({"1": "/1"}.get(number, "/%C3%85%2F7%2BB"))
    (price,) = [price for price in fortnox.rows("3/prices") if price["ArticleNumber"] == number]
    for url in (article["@url"], price["@url"]):
        (record,) = fortnox.session.get(url, timeout=5).json().values()
        assert record["ArticleNumber"] == number


def test_types_differ_between_list_and_detail(fortnox: FortnoxClient) -> None:
    listed, one = fortnox.rows("3/invoices")[0], fortnox.get("3/invoices/1")["Invoice"]
    assert isinstance(listed["CurrencyRate"], str)
    assert not isinstance(one["CurrencyRate"], str)
    assert (one["Credit"], one["InvoiceReference"], one["InvoicePeriodStart"]) == ("false", "0", "")
    article, same = fortnox.rows("3/articles")[0], fortnox.get("3/articles/1")["Article"]
    assert article["VAT"] is None
    assert isinstance(article["PurchasePrice"], str)
    assert isinstance(same["PurchasePrice"], float | int)
    assert same["VAT"] in {25, 12, 6}
    bare = fortnox.rows("3/customers")[11]
    assert (bare["Phone"], bare["Address1"]) == ("", "")
    assert fortnox.get("3/customers/12")["Customer"]["Address1"] is None
    supplier = fortnox.rows("3/supplierinvoices")[0]
    assert isinstance(supplier["Total"], str)
    assert "Cancelled" not in supplier
    detail = fortnox.get("3/supplierinvoices/1")["SupplierInvoice"]
    assert detail["Cancelled"] == supplier["Cancel"]
    assert isinstance(detail["SupplierInvoiceRows"][0]["Credit"], float | int)


def test_rows_with_vat(fortnox: FortnoxClient) -> None:
    """To persons prices include it: only one of the two sums is the net."""
    included = [invoice for invoice in fortnox.fortnox.records("invoices") if invoice["VATIncluded"]]
    assert included
    for invoice in included:
        net = sum(row["TotalExcludingVAT"] for row in invoice["InvoiceRows"])
        assert net == pytest.approx(invoice["Net"])
        assert sum(row["Total"] for row in invoice["InvoiceRows"]) != pytest.approx(net)


@pytest.mark.parametrize(
    ("resource", "parameter", "field"),
    [("invoices", "total", "Total"), ("customers", "name", "Name"), ("offers", "transactionDate", "OfferDate")],
)
def test_sorting(fortnox: FortnoxClient, resource: str, parameter: str, field: str) -> None:
    up = fortnox.all(f"3/{resource}", sortby=parameter)
    down = fortnox.all(f"3/{resource}", sortby=parameter, sortorder="descending")
    values = [row[field] for row in up]
    assert values == sorted(values)
    assert [row[field] for row in down] == values[::-1]


@pytest.mark.parametrize("resource", [resource for resource in RESOURCES if resource.filters], ids=name)
def test_every_filter_brings_a_part(fortnox: FortnoxClient, resource: Resource) -> None:
    whole = fortnox.all(path(resource))
    parts = {key: fortnox.all(path(resource), filter=key) for key in resource.filters}
    assert all(row in whole for part in parts.values() for row in part)
    assert {len(part) for part in parts.values()} != {len(whole)}
    if parts.keys() == {"active", "inactive"}:
        assert parts["inactive"]
        assert len(parts["active"]) + len(parts["inactive"]) == len(whole)


def test_filters(fortnox: FortnoxClient) -> None:
    paid = fortnox.all("3/invoices", filter="fullypaid")
    assert {(invoice["Balance"], invoice["Cancelled"]) for invoice in paid} == {(0, False)}
    overdue = fortnox.all("3/invoices", filter="unpaidoverdue")
    assert all(invoice["Balance"] and invoice["DueDate"] < "2026-06-30" for invoice in overdue)
    assert fortnox.ask("3/invoices", filter="doesntexist").json() == {
        "ErrorInformation": {"error": 1, "message": "Ett ogiltigt filter har använts.", "code": 2000587}
    }
    assert fortnox.ask("3/customers/123456789").json() == {
        "ErrorInformation": {"Error": 1, "Message": "Kan inte hitta kunden.", "Code": 2000433}
    }


def test_searches(fortnox: FortnoxClient) -> None:
    """Part of the text, in whatever case: no way to look up a key."""
    assert len(fortnox.rows("3/customers", customernumber="11")) > 1
    assert {c["City"] for c in fortnox.all("3/customers", city="fyr")} == {"Fyrby"}
    first = fortnox.rows("3/invoicepayments")[0]
    assert fortnox.rows("3/invoicepayments", invoicenumber=first["InvoiceNumber"])[0] == first
    days = [i["InvoiceDate"] for i in fortnox.all("3/invoices", fromdate="2024-01-01", todate="2024-06-30")]
    assert days
    assert all("2024-01-01" <= day <= "2024-06-30" for day in days)
    assert fortnox.error("3/invoices", fromdate="yesterday") == (400, 2000106)
    assert fortnox.error("3/customers", name="a<b") == (400, 2000359)
    assert fortnox.error("3/customers", nonsense="1") == (400, 2000588)
    labelled = fortnox.all("3/invoices", label="1")
    assert labelled
    assert all(fortnox.get(f"3/invoices/{i['DocumentNumber']}")["Invoice"]["Labels"] == [{"Id": 1}] for i in labelled)
    assert len(fortnox.all("3/invoices", articledescription="lykta")) < 250
    sublist = fortnox.rows("3/prices/sublist/A/1")
    assert [(price["PriceList"], price["ArticleNumber"]) for price in sublist] == [("A", "1")]


@pytest.mark.parametrize("resource", LISTS, ids=name)
def test_last_modified(fortnox: FortnoxClient, resource: Resource) -> None:
    """The company is quiet: nothing was changed in the next year."""
    if resource.bare:
        assert fortnox.ask(path(resource), lastmodified="2026-01-01").status_code == 400
    elif resource.lastmodified == "rejected":
        assert fortnox.error(path(resource), lastmodified="2027-01-01") == (400, 2000588)
    else:
        found = fortnox.rows(path(resource), lastmodified="2027-01-01 12:30")
        assert bool(found) == (resource.lastmodified == "ignored")
        if resource.lastmodified == "honoured":
            assert fortnox.error(path(resource), lastmodified="1 May") == (400, 2000106)


def test_folders_and_their_files(fortnox: FortnoxClient) -> None:
    root = fortnox.get("3/archive")["Folder"]
    folder = fortnox.get(f"3/archive/{root['Folders'][0]['Id']}")["Folder"]
    assert fortnox.get("3/archive", path="Mapp 1")["Folder"] == folder
    (file,) = folder["Files"]
    content = fortnox.ask(f"3/archive/{file['Id']}").content
    assert content.startswith(b"%PDF")
    assert len(content) == file["Size"]
    assert fortnox.ask("3/archive", fileid=file["ArchiveFileId"]).content == content
    assert fortnox.error(f"3/archive/{file['ArchiveFileId']}")[0] == 404
    assert {f["Id"] for f in fortnox.get("3/inbox")["Folder"]["Folders"]} >= {"inbox_s", "inbox_v"}


def test_newer_families_are_bare(fortnox: FortnoxClient) -> None:
    assert fortnox.get("api/warehouse/tenants-v4") == {"activated": True, "tenantId": fortnox.fortnox.tenant_id}
    order = fortnox.get("api/warehouse/purchaseorders-v1")[0]
    assert fortnox.get(f"api/warehouse/purchaseorders-v1/{order['id']}") == order
    missing = fortnox.ask("api/time/registrations-v2")
    assert (missing.status_code, set(missing.json())) == (400, {"id", "error", "message"})


@pytest.mark.parametrize("wrong", ["3/nothing", "3/invoices/1/2/3", "3/labels/1", "4/invoices"])
def test_paths_that_are_not_there(fortnox: FortnoxClient, wrong: str) -> None:
    assert fortnox.ask(wrong).status_code == 404


def test_only_reading(fortnox: FortnoxClient) -> None:
    answer: Any = fortnox.session.post(f"{fortnox.fortnox.api_url}/3/customers", json={}, timeout=5)
    assert answer.status_code == 405


def test_settings_of_lists(bookkeeper: FortnoxClient) -> None:
    settings = bookkeeper.fortnox.settings
    settings(meta="last", prices_envelope="Price", unknown_parameters="ignored", page_ignored=["projects"])
    assert list(bookkeeper.get("3/prices", nonsense="1")) == ["Price", META]
    assert bookkeeper.rows("3/projects", limit=1, page=2) == bookkeeper.rows("3/projects", limit=1)
    settings(lastmodified={"customers": "rejected", "labels": "honoured"}, most_per_page=2)
    assert bookkeeper.error("3/customers", lastmodified="2027-01-01") == (400, 2000588)
    assert bookkeeper.rows("3/labels", lastmodified="2027-01-01") == []
    assert len(bookkeeper.rows("3/customers", limit=500)) == 2
    assert BY_NAME["customers"].lastmodified == "honoured"
