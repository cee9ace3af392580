"""Answers of several generations of the API, as they were recorded between 2014 and 2024: one type a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run

# Stream, path of the list, envelope, record in the list, record with its details, what of the row is of interest.
GENERATIONS: dict[str, tuple[str, str, str, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "an account of 2014": (
        "accounts",
        "3/accounts",
        "Accounts",
        {"Active": False, "Description": "Öresutjämning", "Number": 3740, "SRU": -7527, "Year": 4},
        {},
        {"number": "3740", "sru": -7527, "year": 4, "active": False, "description": "Öresutjämning"},
    ),
    "an invoice with references as numbers": (
        "invoices",
        "3/invoices/7",
        "Invoice",
        {"DocumentNumber": "7", "CurrencyRate": "11.25", "Project": "", "Balance": 5},
        {"DocumentNumber": 7, "CurrencyRate": 11.25, "OrderReference": 0, "ContractReference": 12, "Credit": "false"},
        {"document_number": "7", "currency_rate": 11.25, "order_reference": None, "contract_reference": "12"},
    ),
    "an invoice with references as text": (
        "invoices",
        "3/invoices/4294967296",
        "Invoice",
        {"DocumentNumber": "4294967296", "InvoicePeriodStart": ""},
        {
            "DocumentNumber": "4294967296",
            "InvoicePeriodStart": "",
            "DeliveryDate": None,
            "OrderReference": "0",
            "ContractReference": "12",
            "Credit": "true",
            "InvoiceRows": [
                {"RowId": 1, "AccountNumber": 3001, "DeliveredQuantity": "2.50", "Price": 100, "Total": 250}
            ],
            "Labels": [{"Id": 3}],
        },
        {
            "document_number": "4294967296",
            "invoice_period_start": None,
            "delivery_date": None,
            "order_reference": None,
            "contract_reference": "12",
            "credit": True,
            "invoice_rows": [
                {"row_id": 1, "account_number": "3001", "delivered_quantity": 2.5, "price": 100, "total": 250}
            ],
            "labels": [{"id": 3}],
        },
    ),
    "an order of 2019": (
        "orders",
        "3/orders/3",
        "Order",
        {"DocumentNumber": "3", "Total": 0},
        {"DocumentNumber": "3", "OrderRows": [{"RowId": 9, "ReservedQuantity": 0, "ContributionValue": 12}]},
        {"order_rows": [{"row_id": 9, "reserved_quantity": 0, "contribution_value": 12}]},
    ),
    "an article": (
        "articles",
        "3/articles/1%2F%C3%85",
        "Article",
        {"ArticleNumber": "1/Å", "SalesPrice": None, "VAT": None, "QuantityInStock": "-3.5", "StockValue": "0"},
        {"ArticleNumber": "1/Å", "SalesPrice": 99.5, "VAT": 25, "QuantityInStock": -3.5, "ConstructionAccount": 0},
        {
            "article_number": "1/Å",
            "sales_price": 99.5,
            "vat": 25,
            "quantity_in_stock": -3.5,
            "construction_account": None,
        },
    ),
    "a customer": (
        "customers",
        "3/customers/11",
        "Customer",
        {"CustomerNumber": "11", "Phone": "0700-000000", "Email": ""},
        {"CustomerNumber": "11", "Phone1": "0700-000000", "Email": None, "SalesAccount": 3001},
        {"customer_number": "11", "phone1": "0700-000000", "email": None, "sales_account": "3001"},
    ),
    "a cancelled supplier invoice": (
        "supplier_invoices",
        "3/supplierinvoices/12",
        "SupplierInvoice",
        {"GivenNumber": "12", "Cancel": True, "Cancelled": None, "Total": "1250.00", "InvoiceNumber": ""},
        {
            "GivenNumber": 12,
            "Total": "1250.00",
            "SupplierInvoiceRows": [{"Account": "4000", "Debit": 1000, "Quantity": 1}],
        },
        {
            "given_number": "12",
            "cancelled": True,
            "total": 1250,
            "invoice_number": None,
            "supplier_invoice_rows": [{"account": "4000", "debit": 1000, "quantity": 1}],
        },
    ),
    "an absence of before 2022": (
        "absence_transactions",
        "3/absencetransactions",
        "AbsenceTransactions",
        {"EmployeeId": "9", "CauseCode": "NÄR", "Date": "2021-12-06", "Extent": "100", "Hours": "0", "Project": ""},
        {},
        {"id": "9/2021-12-06/NÄR", "extent": 100, "hours": 0, "project": None, "date": "2021-12-06"},
    ),
    "an employee": (
        "employees",
        "3/employees",
        "Employees",
        {"EmployeeId": "9", "MonthlySalary": "45000", "Inactive": "true", "TaxTable": "33", "EmployedTo": ""},
        {},
        {"employee_id": "9", "monthly_salary": 45000, "inactive": True, "tax_table": "33", "employed_to": None},
    ),
}


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_record(fortnox: Any, tap: Callable[..., Run], generation: str) -> None:
    stream, path, envelope, listed, detail, expected = GENERATIONS[generation]
    if detail:
        fortnox.answers[path] = {envelope: detail}
        path, envelope = path.rpartition("/")[0], f"{envelope}s"
    fortnox.lists[path] = (envelope, [listed])
    run = tap(stream)
    assert run.code == 0
    (row,) = run.rows(stream)
    assert {name: row[name] for name in expected} == expected
    assert "not declared" not in run.log
    assert "got what is no" not in run.log


def test_a_voucher_of_2015_with_rows_that_are_struck_out(fortnox: Any, tap: Callable[..., Run]) -> None:
    """Its header had neither text nor day; there is no SIE file in this test."""
    header = {"ReferenceNumber": "", "ReferenceType": "MANUAL", "VoucherNumber": 17, "VoucherSeries": "A", "Year": 4}
    row = {"CostCenter": "", "Description": "Bank", "Project": 0, "Removed": False, "TransactionInformation": ""}
    rows = [
        {**row, "Account": 1930, "Debit": 0, "Credit": 475},
        {**row, "Account": 1930, "Debit": 50.89, "Credit": 0, "Removed": True},
        {**row, "Account": 4000, "Debit": 475, "Credit": 0},
    ]
    fortnox.lists["3/vouchers"] = ("Vouchers", [header])
    fortnox.answers["3/vouchers/A/17"] = {"Voucher": {**header, "TransactionDate": "2015-03-06", "VoucherRows": rows}}
    run = tap("vouchers")
    (found,) = run.rows("vouchers")
    assert (found["transaction_date"], found["reference_number"]) == ("2015-03-06", None)
    assert [(r["account"], r["debit"], r["credit"], r["removed"], r["project"]) for r in found["voucher_rows"]] == [
        ("1930", 0, 475, False, None),
        ("1930", 50.89, 0, True, None),
        ("4000", 475, 0, False, None),
    ]
    assert ("3/vouchers/A/17", {"financialyear": ["4"]}) in fortnox.asked


def test_lists_under_another_name_and_without_meta_information(fortnox: Any, tap: Callable[..., Run]) -> None:
    price = {"ArticleNumber": "1", "PriceList": "A", "FromQuantity": 0, "Price": 99.5, "Date": "2026-01-01"}
    fortnox.answers |= {
        "3/prices": {"Price": price},
        "3/me": {"Me": {"Id": "5", "SysAdmin": True}},
        "3/settings/lockedperiod": {"LockedPeriod": {"EndDate": ""}},
        "3/labels": {"Labels": None},
    }
    run = tap("prices", "me", "locked_period", "labels")
    assert run.code == 0
    assert run.rows("prices")[0]["price"] == 99.5
    assert run.rows("me") == [{"id": "5", "sys_admin": True}]
    assert run.rows("locked_period") == [{"end_date": None, "database_number": "654321"}]
    assert run.rows("labels") == []


def test_a_list_that_gives_its_first_page_for_ever_is_read_once(fortnox: Any, tap: Callable[..., Run]) -> None:
    centers = [{"Code": str(n)} for n in range(3)]
    meta = {"@TotalResources": 9000, "@TotalPages": 18, "@CurrentPage": 1}
    fortnox.answers["3/costcenters"] = {"CostCenters": centers, "MetaInformation": meta}
    run = tap("cost_centers")
    assert [row["code"] for row in run.rows("cost_centers")] == ["0", "1", "2"]
    assert "9000 cost_centers were announced, 3 came" in run.log


def test_an_answer_of_another_kind_is_one_line(fortnox: Any, tap: Callable[..., Run]) -> None:
    fortnox.answers["3/units"] = {"Enheter": []}
    fortnox.lists["3/costcenters"] = ("CostCenters", [{"Code": "K"}])
    run = tap("cost_centers", "units")
    assert run.code == 1
    assert "Fortnox answered without 'Units' (GET 3/units)" in run.log
    assert run.rows("cost_centers") == [{"code": "K"}]
