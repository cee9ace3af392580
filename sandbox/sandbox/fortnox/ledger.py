"""The vouchers, and what they add up to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.fortnox import facts
from sandbox.fortnox.draw import kr, later, ore

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]
Key = tuple[str, ...]
Balances = Counter[int]
"""Öre by account, debit above zero."""


@dataclass
class Posting:
    """A voucher to be, without its number."""

    day: str
    text: str
    rows: list[Json]
    series: str = facts.MANUAL
    kind: str = "MANUAL"
    reference: str | None = None
    document: Json | None = None
    """Whose voucher it is."""


def row(account: int, amount: int, cost_center: str | None = None, project: str | None = None, text: str = "") -> Json:
    """One row of a voucher; `amount` in öre, debit above zero. It is described as its account is."""
    return {
        "Account": account,
        "Debit": kr(max(amount, 0)),
        "Credit": kr(max(-amount, 0)),
        "Description": facts.ACCOUNTS[account][0],
        "CostCenter": cost_center,
        "Project": project,
        "TransactionInformation": text,
        "Removed": False,
    }


def amount(row: Json) -> int:
    """In öre, debit above zero."""
    return ore(row["Debit"]) - ore(row["Credit"])


def standing(rows: Iterable[Json]) -> list[Json]:
    """Those that are not struck out: only they count."""
    return [row for row in rows if not row["Removed"]]


def note(document: Json, voucher: Json) -> None:
    """Write down in a document where it is booked."""
    number, series, year = voucher["VoucherNumber"], voucher["VoucherSeries"], voucher["Year"]
    document.update(VoucherNumber=number, VoucherSeries=series, VoucherYear=year)
    if "Booked" in document:
        document["Booked"] = True
    if "Vouchers" in document:
        kind = voucher["ReferenceType"]
        document["Vouchers"].append({"Number": number, "Series": series, "Year": year, "ReferenceType": kind})


@dataclass
class Ledger:
    """Vouchers by year, series and number. Whoever changes a voucher calls `changed`."""

    vouchers: dict[Key, Json] = field(default_factory=dict)
    years: list[facts.Year] = field(default_factory=lambda: list(facts.YEARS))
    """In the order of time."""
    locked_until: str = facts.LOCKED_UNTIL
    _next: Counter[tuple[int, str]] = field(default_factory=Counter)
    _movements: dict[int, Balances] = field(default_factory=dict)
    _openings: dict[int, Balances] = field(default_factory=dict)

    def year(self, day: str) -> facts.Year | None:
        """The financial year of a day."""
        return next((year for year in self.years if year.start <= day <= year.end), None)

    def by_id(self, number: int) -> facts.Year | None:
        """The financial year with this id."""
        return next((year for year in self.years if year.id == number), None)

    def add_year(self) -> facts.Year:
        """The twelve months after the last one."""
        start = later(self.years[-1].end, 1)
        end = later(f"{int(start[:4]) + 1}{start[4:]}", -1)
        self.years.append(facts.Year(max(year.id for year in self.years) + 1, start, end))
        self.changed()
        return self.years[-1]

    def book(self, posting: Posting) -> Json:
        """The voucher. ValueError for one that does not balance, or that lies outside of every financial year."""
        year = self.year(posting.day)
        if year is None:
            raise ValueError(f"no financial year has {posting.day}")
        if sum(amount(row) for row in standing(posting.rows)):
            raise ValueError("debit and credit differ")
        number = self.next_number(year.id, posting.series)
        voucher = {
            "Year": year.id,
            "VoucherSeries": posting.series,
            "VoucherNumber": number,
            "TransactionDate": posting.day,
            "Description": posting.text,
            "ReferenceType": posting.kind,
            "ReferenceNumber": posting.reference,
            "VoucherRows": posting.rows,
        }
        self.vouchers[(str(year.id), posting.series, str(number))] = voucher
        self._next[(year.id, posting.series)] = number
        self.changed()
        if posting.document is not None:
            note(posting.document, voucher)
        return voucher

    def next_number(self, year: int, series: str) -> int:
        """One more than the last."""
        return self._next[(year, series)] + 1

    def last(self, year: int, series: str) -> Json | None:
        """The only one that can be deleted."""
        return self.vouchers.get((str(year), series, str(self._next[(year, series)])))

    def delete_last(self, year: int, series: str) -> Json:
        """Its number is free again. ValueError where there is none."""
        if (voucher := self.last(year, series)) is None:
            raise ValueError(f"series {series} has no voucher in year {year}")
        del self.vouchers[(str(year), series, str(voucher["VoucherNumber"]))]
        self._next[(year, series)] -= 1
        self.changed()
        return voucher

    def changed(self) -> None:
        """Sums are made anew."""
        self._movements.clear()
        self._openings.clear()

    def movements(self, year: int) -> Balances:
        """What the standing rows of a year add up to."""
        if not self._movements:
            self._movements = {year.id: Counter() for year in self.years}
            for voucher in self.vouchers.values():
                sums = self._movements[voucher["Year"]]
                for line in standing(voucher["VoucherRows"]):
                    sums[line["Account"]] += amount(line)
        return self._movements[year]

    def opening(self, year: int) -> Balances:
        """Of balance accounts: what the years before left. Whoever asks does not change it."""
        if not self._openings:
            left: Balances = Counter()
            for each in self.years:
                self._openings[each.id] = left
                moved = {a: ore for a, ore in self.movements(each.id).items() if a < facts.FIRST_RESULT_ACCOUNT}
                left = Counter({account: left[account] + moved.get(account, 0) for account in {*left, *moved}})
        return self._openings[year]

    def closing(self, year: int) -> Balances:
        """Opening and movements."""
        left, moved = self.opening(year), self.movements(year)
        return Counter({account: left[account] + moved[account] for account in {*left, *moved}})

    def close(self, year: facts.Year) -> None:
        """The year's result goes to equity, on its last day; the next year moves it on, on its first."""
        result = sum(
            moved for account, moved in self.movements(year.id).items() if account >= facts.FIRST_RESULT_ACCOUNT
        )
        if not result:
            return
        rows = [row(facts.RESULT_OF_THE_YEAR, -result), row(facts.RESULT, result)]
        self.book(Posting(year.end, "Årets resultat", rows, facts.CLOSING))
        rows = [row(facts.RESULT, -result), row(facts.RETAINED, result)]
        self.book(Posting(later(year.end, 1), "Omföring av föregående års resultat", rows, facts.CLOSING))
