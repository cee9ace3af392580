"""What a company at Fortnox does while someone reads it, and what `lastmodified` tells of that."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from sandbox.control import RefusedError

from sandbox import Sandbox
from sandbox_tests.fortnox_client import FortnoxClient

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUR, DAY = 3600, 86_400
ADDED = ("customers", "suppliers", "articles", "invoices", "orders", "offers", "supplierinvoices", "projects", "prices")


def present(client: FortnoxClient) -> str:
    """The clock on the wall in Stockholm, one second after everything that was changed."""
    moment = datetime.fromisoformat(client.sandbox.advance_clock(1)).astimezone(ZoneInfo("Europe/Stockholm"))
    return f"{moment:%Y-%m-%d %H:%M:%S}"


@pytest.fixture
def now(bookkeeper: FortnoxClient) -> str:
    return present(bookkeeper)


def keys(client: FortnoxClient, resource: str, key: str, **params: Any) -> set[Any]:
    return {record[key] for record in client.all(f"3/{resource}", **params)}


@pytest.mark.parametrize("resource", ADDED)
def test_new_records_are_reported(bookkeeper: FortnoxClient, now: str, resource: str) -> None:
    before = bookkeeper.fortnox.counts()[resource]
    ids = bookkeeper.fortnox.add_record(resource, n=2)
    assert len(ids) == 2
    assert bookkeeper.fortnox.counts()[resource] == before + 2
    assert len(bookkeeper.all(f"3/{resource}", lastmodified=now)) == 2


def test_an_edit_is_reported_and_dated_nowhere(bookkeeper: FortnoxClient, now: str) -> None:
    (number,) = bookkeeper.fortnox.edit_record("customers", Comments="new")
    assert keys(bookkeeper, "customers", "CustomerNumber", lastmodified=now) == {number}
    customer = bookkeeper.get(f"3/customers/{number}")["Customer"]
    assert customer["Comments"] == "new"
    assert now[:10] not in str(customer)
    assert keys(bookkeeper, "customers", "CustomerNumber", lastmodified=now[:10]) >= {number}


def test_the_bound_of_lastmodified(bookkeeper: FortnoxClient, now: str) -> None:
    bookkeeper.fortnox.edit_record("articles", "1")
    at = f"{datetime.fromisoformat(now) + timedelta(seconds=1)}"
    assert keys(bookkeeper, "articles", "ArticleNumber", lastmodified=at) == {"1"}
    assert keys(bookkeeper, "articles", "ArticleNumber", lastmodified=at[:16]) >= {"1"}
    bookkeeper.fortnox.settings(lastmodified_bound="exclusive")
    assert keys(bookkeeper, "articles", "ArticleNumber", lastmodified=at) == set()


@pytest.fixture(scope="module")
def autumn() -> Iterator[FortnoxClient]:
    """Two in the night of 25 October 2026, when clocks in Stockholm go back from three to two at 01:00 UTC."""
    with Sandbox(transactions=0) as sandbox:
        client = FortnoxClient(sandbox)
        assert sandbox.advance_clock(116 * DAY + 12 * HOUR + 1800) == "2026-10-25T00:30:00.000Z"
        with client.session:
            yield client


def test_an_hour_that_comes_twice(autumn: FortnoxClient) -> None:
    """Both changes are dated 02:30: who asks for what is after 02:45 misses the second."""
    autumn.fortnox.mutate("edit_record", resource="customers", ids=["1"])
    autumn.sandbox.advance_clock(HOUR)
    autumn.fortnox.mutate("edit_record", resource="customers", ids=["2"])
    autumn.renew()
    assert keys(autumn, "customers", "CustomerNumber", lastmodified="2026-10-25 02:30") == {"1", "2"}
    assert keys(autumn, "customers", "CustomerNumber", lastmodified="2026-10-25 02:45") == set()
    assert keys(autumn, "customers", "CustomerNumber", lastmodified="2026-10-25 00:30") == {"1", "2"}


def test_a_payment_changes_its_invoice(bookkeeper: FortnoxClient, now: str) -> None:
    (number,) = bookkeeper.fortnox.mutate("add_record", resource="invoicepayments")["ids"]
    payment = bookkeeper.get(f"3/invoicepayments/{number}")["InvoicePayment"]
    assert payment["Booked"]
    assert keys(bookkeeper, "invoices", "DocumentNumber", lastmodified=now) == {str(payment["InvoiceNumber"])}
    assert len(bookkeeper.all("3/vouchers", lastmodified=now)) == 1
    bookkeeper.fortnox.settings(unreported=["payments"])
    later = present(bookkeeper)
    bookkeeper.fortnox.mutate("add_record", resource="invoicepayments")
    assert keys(bookkeeper, "invoices", "DocumentNumber", lastmodified=later) == set()


def test_invoices_are_booked_when_they_are_due(bookkeeper: FortnoxClient) -> None:
    (number,) = bookkeeper.fortnox.mutate("add_record", resource="invoices")["ids"]
    assert bookkeeper.get(f"3/invoices/{number}")["Invoice"]["VoucherNumber"] is None
    bookkeeper.sandbox.advance_clock(6 * DAY)
    bookkeeper.renew()
    vouchers = bookkeeper.fortnox.mutate("book")["ids"]
    invoice = bookkeeper.get(f"3/invoices/{number}")["Invoice"]
    assert [str(invoice[key]) for key in ("VoucherYear", "VoucherSeries", "VoucherNumber")] in vouchers
    with pytest.raises(RefusedError, match="booked"):
        bookkeeper.fortnox.mutate("cancel", ids=[number])
    (other,) = bookkeeper.fortnox.mutate("add_record", resource="invoices")["ids"]
    bookkeeper.fortnox.mutate("cancel", ids=[other])
    assert bookkeeper.get(f"3/invoices/{other}")["Invoice"]["Cancelled"] is True


def test_deleted_records_are_gone_without_a_trace(bookkeeper: FortnoxClient, now: str) -> None:
    (number,) = bookkeeper.fortnox.add_record("customers", Name="Short-lived")
    assert bookkeeper.get(f"3/customers/{number}")["Customer"]["Name"] == "Short-lived"
    assert bookkeeper.fortnox.delete_record("customers", number) == [number]
    assert bookkeeper.error(f"3/customers/{number}") == (404, 2000433)
    assert keys(bookkeeper, "customers", "CustomerNumber", lastmodified=now) == set()
    used = bookkeeper.get("3/invoices/1")["Invoice"]["CustomerNumber"]
    with pytest.raises(RefusedError, match="refer"):
        bookkeeper.fortnox.delete_record("customers", used)
    for resource in ("invoices", "vouchers", "companyinformation"):
        with pytest.raises(RefusedError, match="cannot be deleted"):
            bookkeeper.fortnox.delete_record(resource)


def test_the_last_voucher_of_a_series_can_go(bookkeeper: FortnoxClient, now: str) -> None:
    (added,) = bookkeeper.fortnox.mutate("add_voucher")["ids"]
    year, series, number = added
    assert bookkeeper.get(f"3/vouchers/{series}/{number}", financialyear=year)["Voucher"]["Year"] == int(year)
    following = bookkeeper.get(f"3/voucherseries/{series}", financialyear=year)["VoucherSeries"]["NextVoucherNumber"]
    assert bookkeeper.fortnox.mutate("delete_last_voucher")["ids"] == [added]
    assert bookkeeper.ask(f"3/vouchers/{series}/{number}", financialyear=year).status_code == 404
    assert bookkeeper.all("3/vouchers", lastmodified=now) == []
    again = bookkeeper.get(f"3/voucherseries/{series}", financialyear=year)["VoucherSeries"]["NextVoucherNumber"]
    assert (following, again) == (int(number) + 1, int(number))
    assert bookkeeper.fortnox.mutate("add_voucher")["ids"] == [added]
    with pytest.raises(RefusedError, match="belongs"):
        bookkeeper.fortnox.mutate("delete_last_voucher", series="B")
    with pytest.raises(RefusedError, match="no voucher"):
        bookkeeper.fortnox.mutate("delete_last_voucher", series="I")


def test_struck_rows(bookkeeper: FortnoxClient, now: str) -> None:
    """Nothing in the list of vouchers is another; a setting lets `lastmodified` keep silent too."""
    (number,) = bookkeeper.fortnox.mutate("add_voucher")["ids"]
    path = f"3/vouchers/{number[1]}/{number[2]}"
    before, listed = bookkeeper.get(path, financialyear=number[0])["Voucher"], bookkeeper.all("3/vouchers")
    bookkeeper.fortnox.mutate("strike_rows", ids=[number])
    rows = bookkeeper.get(path, financialyear=number[0])["Voucher"]["VoucherRows"]
    assert all(row["Removed"] for row in rows[: len(before["VoucherRows"])])
    assert not rows[-1]["Removed"]
    assert bookkeeper.all("3/vouchers") == listed
    assert [voucher["VoucherNumber"] for voucher in bookkeeper.all("3/vouchers", lastmodified=now)] == [int(number[2])]
    bookkeeper.fortnox.settings(unreported=["struck_rows"])
    later = present(bookkeeper)
    bookkeeper.fortnox.mutate("strike_rows", ids=[number])
    assert len(bookkeeper.get(path, financialyear=number[0])["Voucher"]["VoucherRows"]) > len(rows)
    assert bookkeeper.all("3/vouchers", lastmodified=later) == []


def test_a_year_is_opened_again(bookkeeper: FortnoxClient) -> None:
    strike = {"ids": [["3", "A", "1"]]}
    with pytest.raises(RefusedError, match="locked until 2024-12-31"):
        bookkeeper.fortnox.mutate("strike_rows", **strike)
    with pytest.raises(RefusedError, match="locked"):
        bookkeeper.fortnox.mutate("add_voucher", day="2023-06-01")
    bookkeeper.fortnox.mutate("lock", until="2022-12-31")
    assert bookkeeper.get("3/settings/lockedperiod")["LockedPeriod"] == {"EndDate": "2022-12-31"}
    brought = bookkeeper.get("3/accounts/1930", financialyear=7)["Account"]["BalanceBroughtForward"]
    bookkeeper.fortnox.mutate("strike_rows", **strike)
    assert bookkeeper.get("3/accounts/1930", financialyear=7)["Account"]["BalanceBroughtForward"] != brought
    bookkeeper.fortnox.mutate("lock", until="")
    assert bookkeeper.get("3/settings/lockedperiod")["LockedPeriod"] == {"EndDate": None}
    bookkeeper.fortnox.mutate("lock", until="2024-12-31")


def test_another_year() -> None:
    with Sandbox(transactions=0) as sandbox:
        client = FortnoxClient(sandbox)
        sandbox.advance_clock(185 * DAY)
        client.renew()
        with client.session:
            assert client.error("3/vouchers") == (400, 2000588)
            with pytest.raises(RefusedError, match="no financial year has 2027-01-01"):
                sandbox.fortnox.mutate("add_record", resource="invoices")
            assert sandbox.fortnox.mutate("add_year")["ids"] == ["8"]
            year = client.rows("3/financialyears")[-1]
            assert (year["Id"], year["FromDate"], year["ToDate"]) == (8, "2027-01-01", "2027-12-31")
            assert client.rows("3/vouchers") == []
            assert sandbox.fortnox.mutate("add_voucher")["ids"] == [["8", "A", "1"]]
            brought = {a["Number"]: a["BalanceBroughtForward"] for a in client.all("3/accounts")}
            carried = {a["Number"]: a for a in sandbox.fortnox.records("accounts") if a["Year"] == 7}
            assert brought[1930] == carried[1930]["BalanceCarriedForward"] != 0
            assert len(client.rows("3/voucherseries")) == 8


def test_vouchers_of_every_year_are_listed_where_a_setting_says_so(bookkeeper: FortnoxClient) -> None:
    assert keys(bookkeeper, "vouchers", "Year") == {7}
    bookkeeper.fortnox.settings(vouchers_without_year="all")
    assert keys(bookkeeper, "vouchers", "Year") == {1, 2, 3, 4, 6, 7}
    assert keys(bookkeeper, "vouchers", "Year", financialyear=4) == {4}


def test_the_vendor_changes_its_answers(bookkeeper: FortnoxClient) -> None:
    bookkeeper.fortnox.mutate("add_field", resource="units", field="Plural", value="x")
    bookkeeper.fortnox.mutate("drop_field", resource="units", field="CodeEnglish")
    assert {tuple(unit) for unit in bookkeeper.rows("3/units")} == {("@url", "Code", "Description", "Plural")}
    assert bookkeeper.get("3/units/h")["Unit"]["Plural"] == "x"


@pytest.mark.parametrize(
    "mutation",
    [
        {"kind": "nothing"},
        {"kind": "add_record", "resource": "nothing"},
        {"kind": "add_record", "resource": "me"},
        {"kind": "add_record", "resource": "units"},
        {"kind": "add_record", "resource": "accounts"},
        {"kind": "edit_record", "resource": "customers", "ids": ["none"]},
        {"kind": "edit_record", "resource": "customers", "set": {"CustomerNumber": "1"}},
        {"kind": "edit_record", "resource": "vouchers"},
        {"kind": "strike_rows", "ids": [["7", "A", "9999"]]},
        {"kind": "add_voucher", "day": "2019-01-01"},
    ],
)
def test_what_cannot_be_done(bookkeeper: FortnoxClient, mutation: dict[str, Any]) -> None:
    counts = bookkeeper.fortnox.counts()
    with pytest.raises(RefusedError):
        bookkeeper.fortnox.mutate_all([mutation])
    assert bookkeeper.fortnox.counts() == counts


def test_a_storm_is_the_same_for_the_same_seed() -> None:
    done = []
    for seed in (1, 1, 2):
        with Sandbox(transactions=0) as sandbox:
            done.append(sandbox.fortnox.storm(40, seed))
    assert done[0] == done[1] != done[2]
