"""`/3/sie/{type}`: the books of a year as one file, in the format of the Swedish association SIE.

Type 1 has the balances of the year, 2 those of its months, 3 those of cost centres and projects too, and 4 every
voucher. The text is in code page 437, which SIE calls PC8.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sandbox.fortnox import facts
from sandbox.fortnox.errors import INVALID_PARAMETER, INVALID_VALUE, ApiError
from sandbox.fortnox.ledger import amount, standing
from sandbox.fortnox.query import year

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sandbox.fortnox.company import Company

Json = dict[str, Any]
TYPES = ("1", "2", "3", "4")
MONTHS, OBJECTS, VOUCHERS = "2", "3", "4"
CODE_PAGE = "cp437"
DIMENSIONS = ((1, "Kostnadsställe", "CostCenter"), (6, "Projekt", "Project"))
KINDS = ((2000, "T"), (3000, "S"), (4000, "I"), (8000, "K"), (8400, "I"), (10_000, "K"))
"""Accounts below these numbers are assets, debts, income or costs."""
PARAMETERS = ("financialyear", "financialYear", "financialyeardate", "fromdate", "todate", "exportall", "selection")


def export(kind: str, query: Mapping[str, str], company: Company, *, struck: bool) -> bytes:
    """The file. `struck`: whether it tells of rows that were struck out. 400 for another type or parameter."""
    if kind not in TYPES or not set(query) <= set(PARAMETERS):
        raise ApiError(400, *INVALID_PARAMETER)
    asked = {name.lower(): value for name, value in query.items()}
    number = year(asked, company)
    lines = [*_head(kind, number, company), *_accounts(number, company, every=asked.get("exportall") == "true")]
    lines += _balances(number, company)
    if kind >= MONTHS:
        lines += _months(number, company, objects=kind >= OBJECTS)
    if kind == VOUCHERS:
        wanted = _selected(asked)
        lines += [line for v in vouchers(number, company) if wanted(v) for line in _voucher(v, struck=struck)]
    return "".join(f"{line}\r\n" for line in lines).encode(CODE_PAGE, "replace")


def vouchers(year: int, company: Company) -> list[Json]:
    """Of a year, by series and number."""
    found = [voucher for voucher in company.all("vouchers") if voucher["Year"] == year]
    return sorted(found, key=lambda voucher: (voucher["VoucherSeries"], voucher["VoucherNumber"]))


def _selected(asked: Mapping[str, str]) -> Callable[[Json], bool]:
    """By days, and by `selection=A,20,24;B,5,9`: an interval without its end is an error (clients)."""
    first, last = asked.get("fromdate", ""), asked.get("todate", "9999")
    parts = [part.split(",") for part in asked.get("selection", "").split(";") if part]
    if any(len(part) != 3 or not (part[1] + part[2]).isdecimal() for part in parts):  # noqa: PLR2004
        raise ApiError(400, *INVALID_VALUE)
    intervals = [(series, int(start), int(end)) for series, start, end in parts]

    def wanted(voucher: Json) -> bool:
        series, number = voucher["VoucherSeries"], voucher["VoucherNumber"]
        named = any(series == name and start <= number <= end for name, start, end in intervals)
        return first <= voucher["TransactionDate"] <= last and (named or not intervals)

    return wanted


def _head(kind: str, year: int, company: Company) -> Iterator[str]:
    yield "#FLAGGA 0"
    yield "#FORMAT PC8"
    yield f"#SIETYP {kind}"
    yield '#PROGRAM "Fortnox" 3.0'
    yield f"#GEN {day(company.today)}"
    yield f"#FNR {facts.TENANT}"
    yield f"#ORGNR {facts.ORGANISATION}"
    yield f"#FNAMN {text(facts.NAME)}"
    for back, each in _years(year, company):
        yield f"#RAR {-back} {day(each.start)} {day(each.end)}"
    yield "#KPTYP EUBAS97"
    yield "#VALUTA SEK"


def _years(year: int, company: Company) -> list[tuple[int, facts.Year]]:
    """The year, and the one before it where there is one."""
    years = company.ledger.years
    place = next(n for n, each in enumerate(years) if each.id == year)
    return [(back, years[place - back]) for back in (0, 1) if place >= back]


def _accounts(year: int, company: Company, *, every: bool) -> Iterator[str]:
    accounts = [record for record in company.all("accounts") if record["Year"] == year]
    for account in accounts:
        number = account["Number"]
        if account["Active"] or every:
            yield f"#KONTO {number} {text(account['Description'])}"
            yield f"#KTYP {number} {next(kind for below, kind in KINDS if number < below)}"
            yield f"#SRU {number} {account['SRU']}"
    for dimension, name, _field in DIMENSIONS:
        yield f"#DIM {dimension} {text(name)}"
    for record in company.all("costcenters"):
        yield f"#OBJEKT 1 {text(record['Code'])} {text(record['Description'])}"
    for record in company.all("projects"):
        yield f"#OBJEKT 6 {text(record['ProjectNumber'])} {text(record['Description'])}"


def _balances(year: int, company: Company) -> Iterator[str]:
    """Opening and closing of what lasts, and the result of what is closed with the year."""
    for back, each in _years(year, company):
        opening, closing = company.ledger.opening(each.id), company.ledger.closing(each.id)
        for account in sorted(closing):
            if account < facts.FIRST_RESULT_ACCOUNT:
                yield f"#IB {-back} {account} {money(opening[account])}"
                yield f"#UB {-back} {account} {money(closing[account])}"
            else:
                yield f"#RES {-back} {account} {money(closing[account])}"


def _months(year: int, company: Company, *, objects: bool) -> Iterator[str]:
    """What each month moved, as a whole and, for `objects`, of each cost centre and project."""
    sums: Counter[tuple[str, int, str]] = Counter()
    for voucher in vouchers(year, company):
        month = day(voucher["TransactionDate"])[:6]
        for row in standing(voucher["VoucherRows"]):
            sums[(month, row["Account"], "")] += amount(row)
            for dimension, _name, field in DIMENSIONS if objects else ():
                if row[field]:
                    sums[(month, row["Account"], f"{dimension} {text(row[field])}")] += amount(row)
    for (month, account, of), moved in sorted(sums.items()):
        yield f"#PSALDO 0 {month} {account} {{{of}}} {money(moved)}"


def _voucher(voucher: Json, *, struck: bool) -> Iterator[str]:
    """A row that came later is told twice, for readers that do not know of corrections."""
    series, number, on = voucher["VoucherSeries"], voucher["VoucherNumber"], day(voucher["TransactionDate"])
    yield f"#VER {text(series)} {number} {on} {text(voucher['Description'])} {on}"
    yield "{"
    for row in voucher["VoucherRows"]:
        named = " ".join(f"{dimension} {text(row[field])}" for dimension, _, field in DIMENSIONS if row[field])
        rest = f'{row["Account"]} {{{named}}} {money(amount(row))} "" {text(row["TransactionInformation"])} 0'
        if not row["Removed"]:
            if struck and row.get("_added"):
                yield f"   #RTRANS {rest}"
            yield f"   #TRANS {rest}"
        elif struck:
            yield f"   #BTRANS {rest}"
    yield "}"


def text(value: str) -> str:
    """In quotation marks, as it may have spaces; those in it are marked with a backslash."""
    return '"' + value.replace('"', '\\"') + '"'


def day(iso: str) -> str:
    """`20260630`."""
    return iso.replace("-", "")


def money(ore: int) -> str:
    """`-12.50`."""
    return f"{'-' if ore < 0 else ''}{abs(ore) // 100}.{abs(ore) % 100:02d}"
