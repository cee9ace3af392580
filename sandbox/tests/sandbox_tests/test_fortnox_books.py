"""Books at Fortnox that add up: vouchers, years, balances, and the SIE file that says the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox.control import RefusedError
from sandbox.fortnox.sie import text

from sandbox import Sandbox
from sandbox_tests import sie_file
from sandbox_tests.fortnox_client import FortnoxClient

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox_tests.fortnox_client import Json

YEARS = [2, 1, 3, 6, 4, 7]
"""Ids, in the order of time."""


def ore(value: Any) -> int:
    exact = Decimal(str(value)) * 100
    assert exact == int(exact)
    return int(exact)


def standing(voucher: Json) -> list[Json]:
    return [row for row in voucher["VoucherRows"] if not row["Removed"]]


def moved(vouchers: Iterable[Json]) -> dict[int, Counter[int]]:
    """Öre by year and account."""
    sums: dict[int, Counter[int]] = defaultdict(Counter)
    for voucher in vouchers:
        for row in standing(voucher):
            sums[voucher["Year"]][row["Account"]] += ore(row["Debit"]) - ore(row["Credit"])
    return sums


def check(client: FortnoxClient) -> None:
    """Every voucher balances, its number follows the one before, and accounts say what the vouchers say."""
    vouchers = client.fortnox.records("vouchers")
    for voucher in vouchers:
        assert sum(ore(row["Debit"]) for row in standing(voucher)) == sum(ore(r["Credit"]) for r in standing(voucher))
    numbers = defaultdict(list)
    for voucher in vouchers:
        numbers[(voucher["Year"], voucher["VoucherSeries"])].append(voucher["VoucherNumber"])
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in numbers.values())
    movements = moved(vouchers)
    before: Counter[int] = Counter()
    for year in YEARS:
        accounts = {a["Number"]: a for a in client.fortnox.records("accounts") if a["Year"] == year}
        for number, account in accounts.items():
            brought = ore(account["BalanceBroughtForward"])
            assert brought == (before[number] if number < 3000 else 0)
            assert ore(account["BalanceCarriedForward"]) == brought + movements[year][number]
        before = Counter({number: ore(account["BalanceCarriedForward"]) for number, account in accounts.items()})
        told = client.fortnox.trial_balance(year)
        assert {number: sums["closing"] for number, sums in told.items() if sums["closing"]} == {
            number: sum_ for number, sum_ in before.items() if sum_
        }
        assert sum(sums["closing"] for sums in told.values()) == sum(sums["opening"] for sums in told.values())


def check_documents(client: FortnoxClient) -> None:
    """What is booked stands in a voucher with its amount; what is owed is what is not paid."""
    vouchers = {(v["Year"], v["VoucherSeries"], v["VoucherNumber"]): v for v in client.fortnox.records("vouchers")}
    paid: Counter[str] = Counter()
    for payment in client.fortnox.records("invoicepayments"):
        written_off = sum(ore(item["Amount"]) for item in payment["WriteOffs"])
        paid[str(payment["InvoiceNumber"])] += ore(payment["AmountCurrency"]) + written_off
        voucher = vouchers[(payment["VoucherYear"], payment["VoucherSeries"], payment["VoucherNumber"])]
        assert ore(voucher["VoucherRows"][0]["Debit"]) == ore(payment["Amount"])
    for invoice in client.fortnox.records("invoices"):
        assert ore(invoice["Total"]) == ore(invoice["Net"]) + ore(invoice["TotalVAT"]) + ore(invoice["RoundOff"])
        if not invoice["Cancelled"]:
            assert ore(invoice["Balance"]) == ore(invoice["Total"]) - paid[invoice["DocumentNumber"]]
        if invoice["Booked"]:
            voucher = vouchers[(invoice["VoucherYear"], invoice["VoucherSeries"], invoice["VoucherNumber"])]
            assert (voucher["ReferenceType"], voucher["ReferenceNumber"]) == ("INVOICE", invoice["DocumentNumber"])
            receivable = voucher["VoucherRows"][0]
            expected = ore(invoice["Total"]) * Decimal(str(invoice["CurrencyRate"]))
            assert abs(ore(receivable["Debit"]) - ore(receivable["Credit"]) - expected) <= 5
    for invoice in client.fortnox.records("supplierinvoices"):
        if invoice["Booked"]:
            (known,) = invoice["Vouchers"]
            voucher = vouchers[(known["Year"], known["Series"], known["Number"])]
            assert ore(voucher["VoucherRows"][0]["Credit"]) == ore(invoice["Total"])


def check_sie(client: FortnoxClient, year: int) -> None:
    """The file has the same vouchers, rows and balances as the API."""
    lines = sie_file.read(client.ask("3/sie/4", financialyear=year).content)
    found: dict[tuple[str, int], list[Any]] = {}
    rows: list[Any] = []
    for label, fields in lines:
        if label == "VER":
            rows = found[(fields[0], int(fields[1]))] = [fields[2], fields[3]]
        elif label in {"TRANS", "BTRANS"}:
            objects = dict(zip(fields[1][::2], fields[1][1::2], strict=True))
            rows.append((label, int(fields[0]), objects.get("1", ""), objects.get("6", ""), ore(fields[2]), fields[4]))
    expected = {}
    for voucher in client.fortnox.records("vouchers"):
        if voucher["Year"] == year:
            key = (voucher["VoucherSeries"], voucher["VoucherNumber"])
            expected[key] = [voucher["TransactionDate"].replace("-", ""), voucher["Description"]] + [
                (
                    "BTRANS" if row["Removed"] else "TRANS",
                    row["Account"],
                    row["CostCenter"],
                    row["Project"],
                    ore(row["Debit"]) - ore(row["Credit"]),
                    row["TransactionInformation"],
                )
                for row in voucher["VoucherRows"]
            ]
    assert found == expected
    told = {label: {int(f[1]): ore(f[2]) for la, f in lines if la == label and f[0] == "0"} for label in ("IB", "UB")}
    result = {int(fields[1]): ore(fields[2]) for label, fields in lines if label == "RES" and fields[0] == "0"}
    balances = client.fortnox.trial_balance(year)
    assert {n: sums["closing"] for n, sums in balances.items()} == told["UB"] | result
    assert {n: sums["opening"] for n, sums in balances.items() if n < 3000} == told["IB"]
    months: Counter[int] = Counter()
    for label, fields in lines:
        if label == "PSALDO" and not fields[3]:
            months[int(fields[2])] += ore(fields[4])
    assert {n: told["IB"].get(n, 0) + sum_ for n, sum_ in months.items()} == {
        n: sums["closing"] for n, sums in balances.items() if n in months
    }


def test_books_add_up(fortnox: FortnoxClient) -> None:
    check(fortnox)
    check_documents(fortnox)


@pytest.mark.parametrize("year", YEARS)
def test_the_sie_file_says_the_same(fortnox: FortnoxClient, year: int) -> None:
    check_sie(fortnox, year)


def test_years(fortnox: FortnoxClient) -> None:
    """Ids are neither in the order of time nor without gaps; no day is in two years or in none."""
    years = fortnox.rows("3/financialyears")
    assert [year["Id"] for year in years] == [1, 2, 3, 4, 6, 7]
    in_time = sorted(years, key=lambda year: year["FromDate"])
    assert [year["Id"] for year in in_time] == YEARS
    assert (in_time[0]["FromDate"], in_time[0]["ToDate"]) == ("2020-07-13", "2021-12-31")
    assert [year["Id"] for year in fortnox.rows("3/financialyears", date="2020-07-13")] == [2]
    assert fortnox.rows("3/financialyears", date="2019-01-01") == []
    assert fortnox.get("3/settings/lockedperiod") == {"LockedPeriod": {"EndDate": "2024-12-31"}}


@pytest.mark.parametrize("resource", ["vouchers", "accounts", "voucherseries"])
def test_one_set_for_each_year(fortnox: FortnoxClient, resource: str) -> None:
    for year in YEARS:
        records = fortnox.all(f"3/{resource}", financialyear=year)
        assert {record["Year"] for record in records} == {year}
        assert records[0]["@url"].endswith(f"?financialyear={year}")
    assert fortnox.all(f"3/{resource}") == records
    assert fortnox.all(f"3/{resource}", financialyeardate="2020-12-24")[0]["Year"] == 2
    assert fortnox.error(f"3/{resource}", financialyear=5) == (400, 2000588)


def test_a_voucher_without_a_year_is_another_one(fortnox: FortnoxClient) -> None:
    meant = fortnox.get("3/vouchers/A/1", financialyear=2)["Voucher"]
    assert (meant["Year"], meant["Description"]) == (2, "Aktiekapital")
    assert fortnox.get("3/vouchers/A/1")["Voucher"]["Year"] == 7
    (closing,) = [v for v in fortnox.rows("3/vouchers/sublist/Å", financialyear=1) if v["Description"][0] == "Å"]
    assert "/%C3%85/" in closing["@url"]
    assert fortnox.session.get(closing["@url"], timeout=5).json()["Voucher"]["VoucherSeries"] == "Å"


def test_struck_rows_stay(fortnox: FortnoxClient) -> None:
    """Some vouchers balance only without them, others either way."""
    struck = [v for v in fortnox.fortnox.records("vouchers") if any(row["Removed"] for row in v["VoucherRows"])]
    sums = {sum(ore(row["Debit"]) - ore(row["Credit"]) for row in voucher["VoucherRows"]) for voucher in struck}
    assert 0 in sums
    assert len(sums) > 1


def test_parts_of_the_sie_file(fortnox: FortnoxClient) -> None:
    def labels(kind: int, **params: Any) -> Counter[str]:
        return Counter(label for label, _ in sie_file.read(fortnox.ask(f"3/sie/{kind}", **params).content))

    first, second, third, fourth = (labels(kind, financialyear=3) for kind in (1, 2, 3, 4))
    assert first.keys() >= {"FLAGGA", "FORMAT", "SIETYP", "RAR", "KONTO", "SRU", "IB", "UB", "RES", "DIM", "OBJEKT"}
    assert not first["PSALDO"]
    assert third["PSALDO"] > second["PSALDO"] > 0 == third["VER"]
    assert fourth["VER"] == len(fortnox.all("3/vouchers", financialyear=3))
    assert fourth["RTRANS"]
    assert labels(4, financialyear=3, todate="2023-06-30")["VER"] < fourth["VER"]
    assert labels(4, financialyear=3, selection="A,2,4;B,1,1")["VER"] == 4
    assert labels(1, financialyear=3, exportall="true")["KONTO"] == 120 > first["KONTO"]
    for wrong in ({"selection": "A,2"}, {"nonsense": "1"}, {"financialyear": "5"}):
        assert fortnox.ask("3/sie/4", **wrong).status_code == 400
    assert fortnox.ask("3/sie/5").status_code == 400
    content = fortnox.ask("3/sie/1").content
    assert "Exempel Lykta & Söner AB".encode("cp437") in content
    assert b'#OBJEKT 6 "P-3" "Projekt \\"Gatljus\\""\r\n' in content


def test_rows_of_the_sie_file_without_struck_ones(bookkeeper: FortnoxClient) -> None:
    bookkeeper.fortnox.settings(sie_struck_rows="left_out")
    labels = {label for label, _ in sie_file.read(bookkeeper.ask("3/sie/4", financialyear=3).content)}
    assert "TRANS" in labels
    assert not labels & {"BTRANS", "RTRANS"}


@given(st.text(st.characters(exclude_characters="\\", exclude_categories=["C", "Z"])).map(str.strip))
def test_any_text_in_a_sie_file(value: str) -> None:
    assert sie_file.fields(f"#KONTO 1930 {text(value)}") == ["#KONTO", "1930", value]


def test_sizes() -> None:
    with Sandbox(transactions=0) as sandbox:
        sandbox.fortnox.settings(sizes={"invoices": 600, "vouchers": 400, "accounts": 300})
        counts = sandbox.fortnox.counts()
        assert (counts["invoices"], counts["vouchers"], counts["accounts"]) == (600, 400, 6 * 300)
        unbooked = [i for i in sandbox.fortnox.records("invoices") if not i["Booked"] and not i["Cancelled"]]
        assert unbooked
        sandbox.fortnox.settings(sizes={"invoices": 0, "supplierinvoices": 0, "vouchers": 0})
        assert sandbox.fortnox.counts()["vouchers"] == 0
        few = {"invoices": 1, "supplierinvoices": 1, "orders": 1, "vouchers": 12, "employees": 1, "articles": 1}
        sandbox.fortnox.settings(sizes=few)
        assert sandbox.fortnox.counts().items() >= few.items()
        for wrong, says in ({"accounts": 3}, "at least"), ({"units": 9}, "make units"), ({"customers": 0}, "make"):
            sandbox.fortnox.settings(sizes=wrong)
            with pytest.raises(RefusedError, match=says):
                sandbox.fortnox.counts()
        with pytest.raises(RefusedError, match="nothing"):
            sandbox.fortnox.settings(sizes={"nothing": 1})


def test_the_same_seed_the_same_company(fortnox: FortnoxClient) -> None:
    with Sandbox(transactions=0, seed=7) as same, Sandbox(transactions=0, seed=8) as other:
        vouchers = [without_url(sandbox.fortnox.records("vouchers")) for sandbox in (same, other)]
    assert vouchers[0] == without_url(fortnox.fortnox.records("vouchers")) != vouchers[1]


def without_url(records: list[Json]) -> list[Json]:
    return [{name: value for name, value in record.items() if name != "@url"} for record in records]


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.storm), pytest.param(3, marks=pytest.mark.storm)]
)
def test_a_storm_leaves_lawful_books(seed: int) -> None:
    with Sandbox(transactions=0) as sandbox:
        client = FortnoxClient(sandbox)
        with client.session:
            before = client.fortnox.counts()
            changed = client.fortnox.storm(200, seed)["ids"]
            assert len(changed) >= 150
            assert client.fortnox.counts() != before
            client.renew()
            check(client)
            check_documents(client)
            for year in (6, 4, 7):
                check_sie(client, year)
