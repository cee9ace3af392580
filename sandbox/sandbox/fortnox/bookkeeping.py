"""The chart of accounts, the series, and vouchers made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.fortnox import facts
from sandbox.fortnox.draw import kr, ore
from sandbox.fortnox.ledger import Posting, row, standing

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company
    from sandbox.fortnox.draw import Draw

Json = dict[str, Any]
UNUSED = 1000
"""Numbers of accounts that nobody uses begin here."""
STRUCK_ALONE, STRUCK_WHOLE = 11, 17
"""Every so manieth voucher has a struck row, or was struck and written anew."""
CAPITAL = 5_000_000_00


def account(company: Company, draw: Draw) -> Json:
    """One of the chart, for one year; those that nobody uses fill the numbers below."""
    year, place = divmod(draw.number, company.size("accounts"))
    numbers = company.chart
    number = numbers[place]
    text, sru, vat = facts.ACCOUNTS.get(number, (f"Konto {number}", 7200, None))
    return {
        "Number": number,
        "Year": company.ledger.years[year].id,
        "Description": text,
        "Active": number in facts.ACCOUNTS,
        "SRU": sru,
        "VATCode": vat,
        **dict.fromkeys(
            ("CostCenterSettings", "ProjectSettings", "TransactionInformationSettings", "QuantitySettings"), "ALLOWED"
        ),
    }


def chart(size: int) -> tuple[int, ...]:
    """Numbers of accounts, ascending: those in use, and others. ValueError where not even those are wanted."""
    if size < len(facts.ACCOUNTS):
        raise ValueError(f"accounts: at least {len(facts.ACCOUNTS)}")
    unused = (number for number in range(UNUSED, 10_000) if number not in facts.ACCOUNTS)
    return tuple(sorted([*facts.ACCOUNTS, *(next(unused) for _ in range(size - len(facts.ACCOUNTS)))]))


def balances(company: Company, account: Json) -> Json:
    """What the vouchers of its year, and of those before, add up to."""
    number, year = account["Number"], account["Year"]
    brought = company.ledger.opening(year)[number]
    return {
        "BalanceBroughtForward": kr(brought),
        "BalanceCarriedForward": kr(brought + company.ledger.movements(year)[number]),
    }


def series(company: Company, draw: Draw) -> Json:
    """One of the facts, for one year."""
    year, place = divmod(draw.number, len(facts.SERIES))
    code, (text, by_hand) = list(facts.SERIES.items())[place]
    return {"Code": code, "Description": text, "Manual": by_hand, "Year": company.ledger.years[year].id}


def next_number(company: Company, series: Json) -> Json:
    """Moves with every voucher."""
    return {"NextVoucherNumber": company.ledger.next_number(series["Year"], series["Code"])}


def capital() -> Posting:
    """What the company began with."""
    return Posting(facts.YEARS[0].start, "Aktiekapital", [row(facts.BANK, CAPITAL), row(facts.EQUITY, -CAPITAL)])


def strike(rows: list[Json], times: int = 1) -> list[Json]:
    """Every row is struck out, and those that stood are written anew below, so many times as much."""
    new = [
        {**line, "Debit": kr(ore(line["Debit"]) * times), "Credit": kr(ore(line["Credit"]) * times), "_added": True}
        for line in standing(rows)
    ]
    return [{**line, "Removed": True} for line in rows] + new


def manual(_company: Company, draw: Draw) -> Posting:
    """A small cost. Some have rows that were struck out."""
    account, text, median = draw.choice(facts.COSTS)
    net = draw.ore(median)
    vat = 0 if account == facts.COSTS[0][0] else net // 4
    cost_center = draw.choice((None, *facts.COST_CENTERS))
    project = draw.choice((None, None, *facts.PROJECTS))
    about = draw.choice(("", "", f"Kvitto {draw.number}"))
    rows = [row(account, net, cost_center, project, about), row(facts.BANK, -net - vat)]
    if vat:
        rows.insert(1, row(facts.INPUT_VAT, vat))
    if draw.number % STRUCK_ALONE == STRUCK_ALONE - 1:
        rows.insert(1, {**row(account, net * 2), "Removed": True})
    if draw.number % STRUCK_WHOLE == STRUCK_WHOLE - 1:
        rows = strike(rows)
    return Posting(draw.day, f"{text} {draw.number + 1}", rows)
