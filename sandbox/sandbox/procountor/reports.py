"""Procountor's own reports, from the same receipts: what a ledger elsewhere must agree with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from sandbox.procountor import facts
from sandbox.procountor.draw import cents, euros
from sandbox.procountor.errors import ApiError
from sandbox.procountor.spans import DATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sandbox.procountor.books import Books
    from sandbox.procountor.settings import Settings

Json = dict[str, Any]
OFFICIAL = tuple(status for status in facts.REPORTED if status != "UNFINISHED")


@dataclass(frozen=True, slots=True)
class Posting:
    """One transaction of a receipt."""

    account: str
    day: str
    cents: int
    receipt: Json
    row: Json


@dataclass(frozen=True)
class Request:
    """What a report is asked for."""

    given: Json
    start: str
    end: str
    statuses: frozenset[str]
    types: frozenset[str]

    def fits(self, posting: Posting) -> bool:
        """Whether it counts, whatever its day."""
        receipt = posting.receipt
        return receipt["status"] in self.statuses and (not self.types or receipt["type"] in self.types)

    def inside(self, posting: Posting) -> bool:
        """Whether it counts and lies in the report's days."""
        return self.start <= posting.day <= self.end and self.fits(posting)


class Reports:
    """Every receipt counts, also those that the user's rights do not show."""

    def __init__(self, books: Books, settings: Callable[[], Settings]) -> None:
        self._books = books
        self._settings = settings

    def ledger_accounts(self, body: bytes) -> Json:
        """`POST /reports/ledgeraccounts`: the movement of each account that has one; names without codes."""
        request = self._read(body)
        coded = self._settings().report_names == "with_code"
        rows = [
            {"name": f"{account} {self._name(account)}" if coded else self._name(account), "value": euros(sum(amounts))}
            for account in sorted(self._by_account())
            if (amounts := [p.cents for p in self._by_account()[account] if request.inside(p)])
        ]
        return {"reportParameters": request.given, "reportData": {"periods": [self._period(request, rows)]}}

    def general_ledger(self, account: str, body: bytes) -> Json:
        """`POST /reports/generalledger/{account}`: its transactions."""
        if account not in self._books.tables["chart_of_accounts"]:
            raise ApiError(400, "Ledger account does not exist")
        request = self._read(body)
        postings = [posting for posting in self._by_account().get(account, ()) if request.inside(posting)]
        rows = [written(posting) for posting in sorted(postings, key=lambda posting: posting.day)]
        ledger = {
            "id": account,
            "name": self._name(account),
            "totalAccountingValue": euros(sum(posting.cents for posting in postings)),
            "ledgerReceiptTransactions": rows,
        }
        return {"reportParameters": request.given, "ledgerAccount": ledger}

    def accounting(self, body: bytes) -> Json:
        """`POST /reports/accounting`: income is positive, so are assets, equity and liabilities."""
        request = self._read(body)
        match request.given.get("type"):
            case "INCOME_STATEMENT":
                rows = self._lines(facts.INCOME_STATEMENT, request.inside, -1)
                rows.append(line("Profit for the period", sum(cents(row["value"]) for row in rows), "ROW_FUNCTION"))
            case "BALANCE_SHEET":
                rows = self._balance_sheet(request)
            case "CASH_FLOW":
                rows = self._lines((("Change in cash", facts.CASH),), request.inside, 1)
            case _:
                raise ApiError(400, "type is one of INCOME_STATEMENT, CASH_FLOW, BALANCE_SHEET", "type")
        rows = [{"rowId": number, **row} for number, row in enumerate(rows, 1)]
        return {"reportParameters": request.given, "reportData": {"periods": [self._period(request, rows)]}}

    def _balance_sheet(self, request: Request) -> list[Json]:
        def until(posting: Posting) -> bool:
            return posting.day <= request.end and request.fits(posting)

        assets = self._lines(facts.BALANCE_SHEET[:1], until, 1)
        others = self._lines(facts.BALANCE_SHEET[1:], until, -1)
        profit = -sum(cents(row["value"]) for row in self._lines(facts.INCOME_STATEMENT, until, 1))
        whole = sum(cents(row["value"]) for row in others) + profit
        return [*assets, *others, line("Profit", profit), line("Equity and liabilities", whole, "ROW_FUNCTION")]

    def _lines(
        self, groups: Iterable[tuple[str, tuple[str, ...]]], fits: Callable[[Posting], bool], sign: int
    ) -> list[Json]:
        found = []
        for name, accounts in groups:
            postings = (posting for account in accounts for posting in self._by_account().get(account, ()))
            found.append(line(name, sign * sum(posting.cents for posting in postings if fits(posting))))
        return found

    def _by_account(self) -> dict[str, list[Posting]]:
        found: dict[str, list[Posting]] = self._books.kept("postings", self._postings)
        return found

    def _postings(self) -> dict[str, list[Posting]]:
        found: dict[str, list[Posting]] = {}
        for receipt in self._books.tables["ledger_receipts"].values():
            for row in receipt["transactions"]:
                posting = Posting(row["account"], receipt["receiptDate"], cents(row["accountingValue"]), receipt, row)
                found.setdefault(posting.account, []).append(posting)
        return found

    def balances(self, start: str, end: str) -> dict[str, dict[str, int]]:
        """Cents by account and month (`2026-06`), of all that is official bookkeeping."""
        found: dict[str, dict[str, int]] = {}
        for account, postings in sorted(self._by_account().items()):
            months: dict[str, int] = {}
            for posting in postings:
                if start <= posting.day <= end and posting.receipt["status"] not in facts.UNOFFICIAL:
                    months[posting.day[:7]] = months.get(posting.day[:7], 0) + posting.cents
            if months:
                found[account] = dict(sorted(months.items()))
        return found

    def _name(self, account: str) -> str:
        name: str = self._books.tables["chart_of_accounts"][account]["name"]
        return name

    def _period(self, request: Request, rows: list[Json]) -> Json:
        return {"startDate": request.start, "endDate": request.end, "rows": rows}

    def _read(self, body: bytes) -> Request:
        """400 for what is no request. Without `startDate`: from the start of the tracking period, or of the year."""
        try:
            given: Json = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.DecodeError:
            raise ApiError(400, "The body is no JSON object") from None
        end = given.get("endDate")
        for name in ("startDate", "endDate"):
            if not DATE.fullmatch(str(given.get(name) or ("" if name == "endDate" else end))):
                raise ApiError(400, f"{name} is not a valid date", name)
        end = str(end)
        start = str(given.get("startDate") or self._start(end))
        if start > end:
            raise ApiError(400, "startDate is after endDate", "startDate")
        statuses = given.get("receiptStatus") or OFFICIAL
        if unknown := set(statuses) - set(facts.REPORTED):
            raise ApiError(400, f"receiptStatus has no {', '.join(sorted(unknown))}", "receiptStatus")
        types = (given.get("options") or {}).get("receiptType") or ()
        return Request({**given, "startDate": start}, start, end, frozenset(statuses), frozenset(types))

    def _start(self, end: str) -> str:
        spans = [*self._books.periods(), *self._books.tables["fiscal_years"].values()]
        return next((span["startDate"] for span in spans if span["startDate"] <= end <= span["endDate"]), end)


def line(name: str, amount: int, kind: str = "BALANCE") -> Json:
    """One row of a report."""
    return {"type": kind, "name": name, "value": euros(amount), "formula": ""}


def written(posting: Posting) -> Json:
    """One transaction in the general ledger."""
    receipt, row = posting.receipt, posting.row
    return {
        "id": row["id"],
        "name": receipt["name"],
        "receiptNumber": receipt["receiptNumber"],
        "receiptDate": receipt["receiptDate"],
        "type": receipt["type"],
        "accountingValue": row["accountingValue"],
        "status": receipt["status"],
        **({"vatPercent": row["vatPercent"]} if "vatPercent" in row else {}),
        "transactionDescription": row["description"],
    }
