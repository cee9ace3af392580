"""A transaction as the API writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sandbox.qonto import facts
from sandbox.qonto.facts import COMPLETED, KINDS, STATUS_NAMES, Kind
from sandbox.qonto.ledger import NEVER, Ints

if TYPE_CHECKING:
    from sandbox.qonto.books import Books

Json = dict[str, Any]

LOGO = "https://logos.sample-bank.example"
LOGOS: tuple[Json | None, ...] = ({"small": f"{LOGO}/small.png", "medium": f"{LOGO}/medium.png"}, {}, None)
"""All three forms occur."""


class Row(NamedTuple):
    """One transaction of the ledger."""

    position: int
    account: int
    status: int
    kind: int
    cents: int
    balance: int
    created_at: str | None
    emitted_at: str | None
    settled_at: str | None
    updated_at: str | None
    attached: bool
    labels: int
    dice: int


class Dice:
    """Small choices out of one large number."""

    def __init__(self, number: int) -> None:
        self._number = number

    def roll(self, sides: int) -> int:
        """From 0 to `sides` - 1."""
        self._number, result = divmod(self._number, sides)
        return result

    def percent(self, share: int) -> bool:
        """True for so many of a hundred."""
        return self.roll(100) < share


def write(books: Books, rows: Ints) -> list[Json]:
    """The transactions at these positions."""
    columns = books.ledger.columns
    values = zip(
        rows.tolist(),
        columns.account[rows].tolist(),
        columns.status[rows].tolist(),
        columns.kind[rows].tolist(),
        columns.amount[rows].tolist(),
        columns.balance[rows].tolist(),
        _times(columns.created_at[rows]),
        _times(columns.emitted_at[rows]),
        _times(columns.settled_at[rows]),
        _times(columns.updated_at[rows]),
        columns.attached[rows].tolist(),
        columns.labels[rows].tolist(),
        columns.dice[rows].tolist(),
        strict=True,
    )
    return [_record(books, Row(*value)) for value in values]


def money(cents: int) -> float | int:
    """The JSON number; whole amounts come without decimals."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def _money(name: str, cents: int | None) -> Json:
    """Every amount is there twice, the second time in cents."""
    return {name: None if cents is None else money(cents), f"{name}_cents": cents}


def _times(column: Ints) -> list[str | None]:
    """`2026-06-30T12:00:00.000Z`, or None for a time that has not come."""
    texts = np.datetime_as_string(column.astype("datetime64[ms]"), unit="ms").tolist()
    return [None if ms == NEVER else f"{text}Z" for ms, text in zip(column.tolist(), texts, strict=True)]


def _record(books: Books, row: Row) -> Json:
    company, kind, dice = books.company, KINDS[row.kind], Dice(row.dice)
    account = company.accounts[row.account]
    other = company.counterparties[dice.roll(len(company.counterparties))]
    flow, subflows = company.cashflow[kind.side]
    booked = row.status == COMPLETED
    record = {
        "id": books.ids.of(row.position),
        "transaction_id": f"{account.slug}-transaction-{row.position + 1}",
        **_money("amount", row.cents),
        **_money("settled_balance", row.balance if booked else None),
        "attachment_ids": [books.attachments.of(row.position)] if row.attached else [],
        "logo": LOGOS[dice.roll(len(LOGOS))],
        **_local(kind, row.cents, account.plan.currency, dice),
        "side": kind.side,
        "operation_type": kind.operation_type,
        "currency": account.plan.currency,
        "label": other.name.upper(),
        "clean_counterparty_name": other.name,
        "settled_at": row.settled_at,
        "emitted_at": row.emitted_at,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "status": STATUS_NAMES[row.status],
        "note": f"Note {row.position + 1}" if dice.percent(20) else None,
        "reference": f"REF-{row.position + 1:07d}" if kind.detail else None,
        **_vat(kind, row.cents, dice),
        "initiator_id": company.initiators[dice.roll(len(company.initiators))] if kind.initiated else None,
        "label_ids": list(books.label_sets[row.labels]),
        "attachment_lost": dice.percent(1),
        "attachment_required": kind.side == "debit",
        "card_last_digits": f"{dice.roll(10_000):04d}" if kind.operation_type == "card" else None,
        "category": kind.categories[dice.roll(len(kind.categories))],
        "cashflow_category": flow,
        "cashflow_subcategory": subflows[dice.roll(len(subflows))],
        "subject_type": kind.subject_type,
        "bank_account_id": account.id,
        "is_external_transaction": account.plan.external,
    }
    if kind.detail:
        record[kind.detail] = _detail(kind.detail, other.iban, other.bic, row.position)
    record.update(books.edits.get(row.position, {}))
    return record


def _local(kind: Kind, cents: int, currency: str, dice: Dice) -> Json:
    """Card payments abroad are in another currency."""
    if kind.operation_type == "card" and dice.percent(15):
        currency, rate = facts.FOREIGN[dice.roll(len(facts.FOREIGN))]
        cents = round(cents * rate)
    return {**_money("local_amount", cents), "local_currency": currency}


def _vat(kind: Kind, cents: int, dice: Dice) -> Json:
    """The rate is in percent."""
    if not kind.vat or dice.percent(50):
        return {**_money("vat_amount", None), "vat_rate": None}
    rate = facts.VAT_RATES[dice.roll(len(facts.VAT_RATES))]
    return {**_money("vat_amount", round(cents * rate / (100 + rate))), "vat_rate": rate}


def _detail(name: str, iban: str, bic: str, position: int) -> Json:
    match name:
        case "check":
            return {"check_number": f"{position + 1:07d}", "check_key": f"{position % 97:02d}"}
        case "financing_installment":
            return {"total_installments_number": 12, "current_installment_number": position % 12 + 1}
        case "pagopa_payment":
            return {
                "notice_number": f"{position:018d}",
                "creditor_fiscal_code": "00000000000",
                "iuv": f"{position:017d}",
            }
        case "direct_debit_hold":
            return {"guarding_rate": "0.10"}
        case _:
            return {
                "counterparty_account_number": iban,
                "counterparty_account_number_format": "IBAN",
                "counterparty_bank_identifier": bic,
                "counterparty_bank_identifier_format": "SWIFT_BIC",
            }
