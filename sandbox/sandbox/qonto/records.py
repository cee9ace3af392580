"""A transaction as the API writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.qonto import facts
from sandbox.qonto.facts import COMPLETED, KINDS, STATUS_NAMES
from sandbox.qonto.ledger import NEVER, Ints

if TYPE_CHECKING:
    from sandbox.qonto.books import Books

Json = dict[str, Any]

ID_BITS = 40
ID_MASK = (1 << ID_BITS) - 1
FACTOR = 0x9E3779B97F
FACTOR_INVERSE = pow(FACTOR, -1, 1 << ID_BITS)
SPREAD = 0x9E3779B97F4A7C15F39CC0605CEDC835
WORD = (1 << 128) - 1
LOGO = "https://logos.sample-bank.example"


def money(cents: int) -> float | int:
    """The JSON number; whole amounts come without decimals."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def times(column: Ints) -> list[str | None]:
    """`2026-06-30T12:00:00.000Z`, or None for a time that has not come."""
    texts = np.datetime_as_string(column.astype("datetime64[ms]"), unit="ms").tolist()
    return [None if ms == NEVER else f"{text}Z" for ms, text in zip(column.tolist(), texts, strict=True)]


@dataclass(frozen=True)
class Ids:
    """UUIDs of transactions, computed from their position and back: a million need no table."""

    seed: int

    def of(self, position: int) -> str:
        """The id of the transaction at this position."""
        low = (position * FACTOR + self.seed) & ID_MASK
        number = ((low + self.seed + 1) * SPREAD & WORD) >> ID_BITS << ID_BITS | low
        number = number & ~(0xF << 76) | 4 << 76
        number = number & ~(0x3 << 62) | 2 << 62
        h = f"{number:032x}"
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    def position(self, transaction_id: str) -> int | None:
        """Where the transaction would be; None for what is not an id of this company."""
        try:
            low = int(transaction_id.replace("-", ""), 16) & ID_MASK
        except ValueError:
            return None
        position = (low - self.seed) * FACTOR_INVERSE & ID_MASK
        return position if self.of(position) == transaction_id else None


def write(books: Books, rows: Ints) -> list[Json]:
    """The transactions at these positions."""
    columns = books.ledger.columns
    return [
        _record(books, *values)
        for values in zip(
            rows.tolist(),
            columns.account[rows].tolist(),
            columns.status[rows].tolist(),
            columns.kind[rows].tolist(),
            columns.amount[rows].tolist(),
            columns.balance[rows].tolist(),
            times(columns.created_at[rows]),
            times(columns.emitted_at[rows]),
            times(columns.settled_at[rows]),
            times(columns.updated_at[rows]),
            columns.attached[rows].tolist(),
            columns.labels[rows].tolist(),
            columns.dice[rows].tolist(),
            strict=True,
        )
    ]


def _record(  # noqa: PLR0913 -- a transaction is wide
    books: Books,
    position: int,
    account_number: int,
    status: int,
    kind_number: int,
    cents: int,
    balance: int,
    created_at: str | None,
    emitted_at: str | None,
    settled_at: str | None,
    updated_at: str | None,
    attached: bool,  # noqa: FBT001 -- a column
    label_set: int,
    dice: int,
) -> Json:
    company = books.company
    account = company.accounts[account_number]
    kind = KINDS[kind_number]
    record_id = books.ids.of(position)
    dice, pick = divmod(dice, len(company.counterparties))
    other = company.counterparties[pick]
    dice, pick = divmod(dice, len(kind.categories))
    category = kind.categories[pick]
    dice, pick = divmod(dice, len(company.initiators))
    initiator = company.initiators[pick] if kind.initiated else None
    dice, four_digits = divmod(dice, 10_000)
    dice, share = divmod(dice, 100)
    dice, pick = divmod(dice, len(facts.FOREIGN))
    local_currency, local_cents = account.plan.currency, cents
    if kind.operation_type == "card" and share < 15:
        local_currency, rate = tuple(facts.FOREIGN.items())[pick]
        local_cents = round(cents * rate)
    dice, pick = divmod(dice, len(facts.VAT_RATES))
    vat_rate = facts.VAT_RATES[pick] if kind.vat and share % 2 else None
    vat_cents = None if vat_rate is None else round(cents * vat_rate / (100 + vat_rate))
    dice, pick = divmod(dice, 3)
    flow, subflows = company.cashflow[kind.side]
    booked = status == COMPLETED
    record = {
        "id": record_id,
        "transaction_id": f"{account.slug}-transaction-{position + 1}",
        "amount": money(cents),
        "amount_cents": cents,
        "settled_balance": money(balance) if booked else None,
        "settled_balance_cents": balance if booked else None,
        "attachment_ids": [books.attachments.of(position)] if attached else [],
        # All three forms occur.
        "logo": ({"small": f"{LOGO}/s.png", "medium": f"{LOGO}/m.png"}, {}, None)[pick],
        "local_amount": money(local_cents),
        "local_amount_cents": local_cents,
        "side": kind.side,
        "operation_type": kind.operation_type,
        "currency": account.plan.currency,
        "local_currency": local_currency,
        "label": other.name.upper(),
        "clean_counterparty_name": other.name,
        "settled_at": settled_at,
        "emitted_at": emitted_at,
        "created_at": created_at,
        "updated_at": updated_at,
        "status": STATUS_NAMES[status],
        "note": f"Note {four_digits}" if share % 5 == 0 else None,
        "reference": f"REF-{position + 1:07d}" if kind.detail else None,
        "vat_amount": None if vat_cents is None else money(vat_cents),
        "vat_amount_cents": vat_cents,
        "vat_rate": vat_rate,
        "initiator_id": initiator,
        "label_ids": list(books.label_sets[label_set]),
        "attachment_lost": share == 99,
        "attachment_required": kind.side == "debit",
        "card_last_digits": f"{four_digits:04d}" if kind.operation_type == "card" else None,
        "category": category,
        "cashflow_category": flow,
        "cashflow_subcategory": subflows[pick % len(subflows)],
        "subject_type": kind.subject_type,
        "bank_account_id": account.id,
        "is_external_transaction": account.plan.external,
    }
    if kind.detail:
        record[kind.detail] = _detail(kind.detail, other.iban, other.bic, position)
    edits = books.edits.get(position)
    return {**record, **edits} if edits else record


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
