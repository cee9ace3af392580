"""What can happen in the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.fortnox import bookkeeping, facts
from sandbox.fortnox.draw import Draw
from sandbox.fortnox.mutations import Id, Mutation, told
from sandbox.fortnox.resources import BY_NAME, RESOURCES

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company

Json = dict[str, Any]
VOUCHERS = BY_NAME["vouchers"]
DOUBLE = 2


class AddVoucher(Mutation):
    """`n` vouchers by hand, today or on another day that is not locked."""

    n: int = 1
    day: str | None = None

    def apply(self, company: Company) -> list[Id]:
        """ValueError for a locked day, and for one without a financial year."""
        day = self.day or company.today
        unlocked(company, day)
        vouchers = []
        for _number in range(self.n):
            company.clock.tick()
            draw = Draw(company.seed, "vouchers", company.made["vouchers"], day)
            company.made["vouchers"] += 1
            vouchers.append(company.book(bookkeeping.manual(company, draw)))
        return [told(company, VOUCHERS, voucher) for voucher in vouchers]


class DeleteLastVoucher(Mutation):
    """The last one of a series, if it was written by hand. Its number is free again."""

    series: str = facts.MANUAL
    year: int | None = None
    """None: the current one."""

    def apply(self, company: Company) -> list[Id]:
        """ValueError for one that a document or a file knows, and in a locked period."""
        current = company.ledger.year(company.today)
        year = self.year or (current.id if current else 0)
        voucher = company.ledger.last(year, self.series)
        if voucher is None:
            raise ValueError(f"series {self.series} has no voucher in year {year}")
        unlocked(company, voucher["TransactionDate"])
        place = (year, self.series, voucher["VoucherNumber"])
        if place in documents(company):
            raise ValueError("a document or a file belongs to it")
        company.clock.tick()
        company.ledger.delete_last(year, self.series)
        company.forget("vouchers")
        return [told(company, VOUCHERS, voucher)]


class StrikeRows(Mutation):
    """The rows of vouchers are struck out and written anew below, with double amounts."""

    ids: list[list[str]] | None = None
    """Year, series and number."""
    n: int = 1

    def apply(self, company: Company) -> list[Id]:
        """Rows keep their places, the new ones follow. ValueError for what is not there, or locked."""
        if self.ids is None:
            locked = company.ledger.locked_until
            open_ = [v for v in company.all("vouchers") if v["TransactionDate"] > locked and _by_hand(v)]
            vouchers = company.dice.sample(open_, min(self.n, len(open_)))
        else:
            if missing := [number for number in self.ids if tuple(number) not in company.records["vouchers"]]:
                raise ValueError(f"no such vouchers: {'/'.join(missing[0])}")
            vouchers = [company.records["vouchers"][tuple(number)] for number in self.ids]
        for voucher in vouchers:
            unlocked(company, voucher["TransactionDate"])
        reported = "struck_rows" not in company.settings().unreported
        for voucher in vouchers:
            company.clock.tick()
            voucher["VoucherRows"] = bookkeeping.strike(voucher["VoucherRows"], DOUBLE)
            company.ledger.changed()
            if reported:
                company.touch("vouchers", voucher)
        return [told(company, VOUCHERS, voucher) for voucher in vouchers]


class Lock(Mutation):
    """The books are locked until a day, or opened again: a year that ends later is open."""

    until: str

    def apply(self, company: Company) -> list[Id]:
        """Empty: nothing is locked."""
        company.ledger.locked_until = self.until
        company.clock.tick()
        return []


class AddYear(Mutation):
    """The financial year after the last one, with its accounts and series."""

    def apply(self, company: Company) -> list[Id]:
        """Its id."""
        company.clock.tick()
        return [str(company.add_year().id)]


class Book(Mutation):
    """Every document that is due and not yet booked."""

    def apply(self, company: Company) -> list[Id]:
        """The vouchers."""
        done, reported = [], "bookings" not in company.settings().unreported
        for resource in RESOURCES:
            if resource.post:
                for record in company.all(resource.name):
                    posting = resource.post(company, record) if record.get("Booked") is False else None
                    if posting and posting.day > company.ledger.locked_until:
                        company.clock.tick()
                        done.append(company.book(posting))
                        if reported:
                            company.touch(resource.name, record)
        return [told(company, VOUCHERS, voucher) for voucher in done]


class Cancel(Mutation):
    """Documents that are not booked are cancelled: that is how they go."""

    resource: str = "invoices"
    ids: list[str] | None = None

    def apply(self, company: Company) -> list[Id]:
        """ValueError for one that is booked."""
        records = company.all(self.resource)
        open_ = {
            str(r[BY_NAME[self.resource].key[0]]): r for r in records if not r.get("Booked") and not r["Cancelled"]
        }
        wanted = company.dice.sample(sorted(open_), min(1, len(open_))) if self.ids is None else self.ids
        if missing := [number for number in wanted if number not in open_]:
            raise ValueError(f"{self.resource} {missing[0]} is booked, cancelled or not there")
        for number in wanted:
            company.clock.tick()
            open_[number].update(Cancelled=True, Balance=0)
            company.touch(self.resource, open_[number])
        return list(wanted)


def _by_hand(voucher: Json) -> bool:
    return bool(voucher["VoucherSeries"] == facts.MANUAL and voucher["ReferenceType"] == "MANUAL")


def documents(company: Company) -> set[tuple[int, str, int]]:
    """Vouchers that something refers to: year, series, number."""
    found: set[tuple[int, str, int]] = set()
    for resource in RESOURCES:
        if resource.post or resource.name == "voucherfileconnections":
            for record in company.all(resource.name):
                for part in (record, *record.get("History", ())):
                    if part.get("VoucherNumber"):
                        found.add((part["VoucherYear"], part["VoucherSeries"], int(part["VoucherNumber"])))
    return found


def unlocked(company: Company, day: str) -> None:
    """ValueError for a day in a locked period."""
    if day <= company.ledger.locked_until:
        raise ValueError(f"the books are locked until {company.ledger.locked_until}")
