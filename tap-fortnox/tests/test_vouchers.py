"""Vouchers: closed years from their SIE file, open ones by what is new or differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.testing import Reply

from .ledger import NAMES, Books, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Query, Run

INVALID = Reply({"ErrorInformation": {"error": 1, "message": "Ogiltig parameter i anropet.", "code": 2000588}}, 400)
REFUSED = Reply({"ErrorInformation": {"Error": 1, "Message": "Saknar licens.", "Code": 2001101}}, 403)


@pytest.fixture
def books(fortnox: Any) -> Books:
    books = Books()
    answer = fortnox.answer

    def with_books(path: str, query: Query) -> Reply:
        if path in fortnox.answers or not path.startswith(("3/vouchers", "3/sie", "3/settings/lockedperiod")):
            return answer(path, query)
        if path.startswith("3/sie"):
            return books.sie(query)
        if path == "3/settings/lockedperiod":
            return Reply({"LockedPeriod": {"EndDate": books.locked}})
        if path == "3/vouchers":
            return Reply(fortnox.page("Vouchers", books.headers(query), query))
        series, number = path.split("/")[2:]
        found = books.vouchers.get((int(query["financialyear"][0]), series, int(number)))
        return Reply({"Voucher": found}) if found else answer(path, query)

    fortnox.answer = with_books
    fortnox.lists["3/financialyears"] = ("FinancialYears", [dict(year) for year in Books.YEARS])
    for number in range(1, 41):
        books.book(7, "A", number)
    for number in range(1, 4):
        books.book(2, "A", number)
    books.book(7, "B", 1, row(1930, 80, CostCenter="K Ö"), row(3001, -100, Project="P1"), row(2611, 20))
    books.book(7, "B", 2, row(1930, 5, Removed=True), row(1930, 50), row(3001, -50, TransactionInformation="åäö"))
    return books


def details(fortnox: Any) -> list[str]:
    return [f"{path[11:]} of {query['financialyear'][0]}" for path, query in fortnox.asked if path.count("/") == 3]


def keys(run: Run) -> list[tuple[int, str, int]]:
    return [(r["year"], r["voucher_series"], r["voucher_number"]) for r in run.rows("vouchers")]


def test_every_voucher_of_every_year_with_its_rows(fortnox: Any, books: Books, tap: Callable[..., Run]) -> None:
    run = tap("vouchers")
    assert run.code == 0
    assert sorted(keys(run)) == sorted(books.vouchers)
    rows = dict(zip(keys(run), run.rows("vouchers"), strict=True))
    assert rows[7, "B", 2] == {
        "url": "https://api.fortnox.se/3/vouchers/B/2?financialyear=7",
        "year": 7,
        "voucher_series": "B",
        "voucher_number": 2,
        "transaction_date": "2025-06-15",
        "description": "B 2",
        "comments": None,
        "reference_type": "MANUAL",
        "reference_number": None,
        "cost_center": None,
        "project": None,
        "voucher_rows": [
            {
                "account": account,
                "debit": max(amount, 0),
                "credit": max(-amount, 0),
                "description": NAMES[int(account)],
                "cost_center": None,
                "project": None,
                "quantity": None,
                "removed": removed,
                "transaction_information": text,
            }
            for account, amount, removed, text in (
                ("1930", 5, True, None),
                ("1930", 50, False, None),
                ("3001", -50, False, "åäö"),
            )
        ],
        "_sdc_deleted_at": None,
    }
    closed = [one for one in details(fortnox) if one.endswith(" of 7")]
    assert len(closed) == 10  # of 42: the rest comes from the SIE file
    assert sorted(set(details(fortnox)) - set(closed)) == ["A/1 of 2", "A/2 of 2", "A/3 of 2"]


def test_a_closed_year_says_the_same_by_sie_file_as_by_details(
    books: Books, fortnox: Any, tap: Callable[..., Run]
) -> None:
    by_file = tap("vouchers").rows("vouchers")
    fortnox.answers["3/sie/4"] = REFUSED
    run = tap("vouchers")
    assert run.rows("vouchers") == by_file
    assert len(details(fortnox)) > len(books.vouchers)
    assert "Changes of a voucher's rows are seen for 8 days only" in run.log
    assert "no licence" in run.log


def test_without_changes_a_closed_year_costs_one_request_and_nothing_is_sent(
    books: Books, fortnox: Any, tap: Callable[..., Run]
) -> None:
    state = tap("vouchers").state
    books.generated = "20260202"
    fortnox.asked.clear()
    run = tap("vouchers", state=state)
    assert keys(run) == []
    asked = [(path, query.get("financialyear", [""])[0]) for path, query in fortnox.asked]
    assert asked[:3] == [("3/settings/lockedperiod", ""), ("3/financialyears", ""), ("3/sie/4", "2")]
    assert sorted(asked[3:]) == [("3/sie/4", "7"), ("3/vouchers", "2")]  # at a time


def test_only_what_is_new_or_differs_is_asked_for_and_what_is_gone_is_said(
    books: Books, fortnox: Any, tap: Callable[..., Run]
) -> None:
    state = tap("vouchers").state
    books.vouchers[2, "A", 1]["VoucherRows"] = [
        row(1930, 100, Removed=True),
        row(3001, -100, Removed=True),
    ]  # no header shows it
    books.vouchers[2, "A", 2]["ReferenceType"] = "ACCRUAL"  # no SIE file shows it
    del books.vouchers[2, "A", 3]
    books.book(2, "B", 1)
    fortnox.asked.clear()
    run = tap("vouchers", state=state)
    assert keys(run) == [(2, "A", 1), (2, "A", 2), (2, "B", 1), (2, "A", 3)]
    assert sorted(details(fortnox)) == ["A/1 of 2", "A/2 of 2", "B/1 of 2"]
    *_, gone = run.rows("vouchers")
    assert gone.keys() == {"year", "voucher_series", "voucher_number", "_sdc_deleted_at"}
    assert gone["_sdc_deleted_at"]


def test_a_year_that_is_opened_again_is_read_as_an_open_one(books: Books, tap: Callable[..., Run]) -> None:
    state = tap("vouchers").state
    books.locked = ""
    books.vouchers[7, "B", 1]["VoucherRows"][0]["Removed"] = True
    books.vouchers[7, "B", 1]["VoucherRows"][2]["Removed"] = True
    state = (run := tap("vouchers", state=state)).state
    assert keys(run) == [(7, "B", 1)]
    books.locked = "2025-12-31"
    assert keys(tap("vouchers", state=state)) == []


def test_a_closed_year_whose_file_changed_sends_what_differs_without_asking_for_it(
    books: Books, fortnox: Any, tap: Callable[..., Run]
) -> None:
    state = tap("vouchers").state
    books.vouchers[7, "A", 9]["VoucherRows"][0]["TransactionInformation"] = "sent"
    fortnox.asked.clear()
    assert keys(tap("vouchers", state=state)) == [(7, "A", 9)]
    assert len(details(fortnox)) == 10


@pytest.mark.parametrize(
    "change",
    [
        {"VoucherRows": [row(1930, 5, Removed=True), row(1930, 50), row(3001, -50)]},
        {"VoucherRows": [row(1930, 50), row(3001, -50, Description="Eget ord")]},
        {"VoucherRows": [row(1930, 50, Quantity=3), row(3001, -50)]},
        {"CostCenter": "K"},
    ],
    ids=["struck row", "own description", "quantity", "cost centre of the voucher"],
)
def test_a_file_that_leaves_something_out_is_not_trusted(
    books: Books, fortnox: Any, tap: Callable[..., Run], change: dict[str, Any]
) -> None:
    """The last of each kind of voucher is looked at: here the one that has most."""
    books.tells_of_struck_rows = False
    for key in [key for key in books.vouchers if key[1] == "B"]:
        del books.vouchers[key]
    for number in range(1, 41):
        books.vouchers[7, "A", number] |= change
    run = tap("vouchers")
    assert "is not complete (A " in run.log
    assert set(details(fortnox)) == {f"A/{number} of {year}" for year, _, number in books.vouchers}
    assert sorted(keys(run)) == sorted(books.vouchers)


def test_what_open_years_show_of_files_holds_for_closed_ones(
    books: Books, fortnox: Any, tap: Callable[..., Run]
) -> None:
    """Of the closed year nobody would look at the one voucher that has a struck row."""
    books.tells_of_struck_rows = False
    struck = [row(1930, 5, Removed=True), row(1930, 50), row(3001, -50)]
    books.vouchers[7, "A", 2]["VoucherRows"] = books.vouchers[2, "A", 2]["VoucherRows"] = struck
    del books.vouchers[7, "B", 2]
    run = tap("vouchers")
    assert "SIE files leave out struck rows" in run.log
    assert set(details(fortnox)) == {f"{series}/{number} of {year}" for year, series, number in books.vouchers}
    found = dict(zip(keys(run), run.rows("vouchers"), strict=True))
    assert [r["removed"] for r in found[7, "A", 2]["voucher_rows"]] == [True, False, False]


@pytest.mark.parametrize("text", ["€ 5", "fråga?"])
def test_what_code_page_437_cannot_write_is_asked_for(
    books: Books, fortnox: Any, tap: Callable[..., Run], text: str
) -> None:
    books.vouchers[7, "A", 13]["VoucherRows"][0]["TransactionInformation"] = text
    run = tap("vouchers")
    assert "A/13 of 7" in details(fortnox)
    (found,) = [r for r in run.rows("vouchers") if (r["year"], r["voucher_number"]) == (7, 13)]
    assert found["voucher_rows"][0]["transaction_information"] == text


@pytest.mark.parametrize("file", [b"#RAR 0 20230101 20231231\r\n", b"", b"#RAR 0 20240701 20251231\r\n#VER A\r\n"])
def test_another_years_file_or_a_broken_one_is_not_used(
    books: Books, fortnox: Any, tap: Callable[..., Run], file: bytes
) -> None:
    fortnox.answers["3/sie/4"] = Reply(raw=file)
    run = tap("vouchers")
    assert run.code == 0
    assert sorted(keys(run)) == sorted(books.vouchers)
    assert set(details(fortnox)) == {f"{series}/{number} of {year}" for year, series, number in books.vouchers}


def test_without_sie_file_vouchers_that_changed_lately_are_read_again(
    books: Books, fortnox: Any, tap: Callable[..., Run]
) -> None:
    fortnox.answers["3/sie/4"] = REFUSED
    books.changed = {(2, "A", 2)}
    state = tap("vouchers").state
    books.changed |= {(7, "A", 3)}
    fortnox.asked.clear()
    assert keys(tap("vouchers", state=state)) == [(2, "A", 2), (7, "A", 3)]  # at every run, for some days
    assert len(details(fortnox)) == 2
    fortnox.answers["3/vouchers"] = lambda query: (
        INVALID if "lastmodified" in query else fortnox.page("Vouchers", books.headers(query), query)
    )
    run = tap("vouchers")
    assert run.code == 0
    assert "Nor does Fortnox say which vouchers changed" in run.log


@pytest.mark.usefixtures("books")
def test_years_that_end_before_start_date_are_left_out(tap: Callable[..., Run]) -> None:
    assert {key[0] for key in keys(tap("vouchers", start_date="2025-12-31"))} == {2, 7}
    assert {key[0] for key in keys(tap("vouchers", start_date="2026-01-01"))} == {2}


def test_who_may_not_see_the_locked_period_reads_all_years_as_open_ones(
    books: Books, fortnox: Any, tap: Callable[..., Run]
) -> None:
    fortnox.answers["3/settings/lockedperiod"] = REFUSED
    run = tap("vouchers")
    assert run.code == 0
    assert len(details(fortnox)) == len(books.vouchers) == len(keys(run))
    assert "all are read as open ones" in run.log


@pytest.mark.usefixtures("books")
def test_balances_by_year_and_account(tap: Callable[..., Run]) -> None:
    rows = tap("sie_balances").rows("sie_balances")
    assert [(r["year"], r["account"]) for r in rows] == [(7, "1930"), (7, "3001"), (2, "1930"), (2, "3001")]
    assert rows[0] == {
        "year": 7,
        "account": "1930",
        "name": "Företagskonto",
        "opening_balance": 10.0,
        "closing_balance": 110.0,
        "result": None,
    }
    assert rows[1]["result"] == -100.0


@pytest.mark.parametrize(
    "file", [b"#RAR 0 20230101 20231231\r\n", b"", b"#RAR 0 20240701 20251231\r\n#IB 0 1930 x\r\n"]
)
@pytest.mark.usefixtures("books")
def test_balances_of_another_year_are_no_balances(fortnox: Any, tap: Callable[..., Run], file: bytes) -> None:
    fortnox.answers["3/sie/1"] = Reply(raw=file)
    run = tap("sie_balances", "financial_years")
    assert run.code == 1
    assert "Stream sie_balances is skipped" in run.log
    assert len(run.rows("financial_years")) == 2
