"""The SIE files that Fortnox makes: which year they are of, and their rows as the API would give them."""

from __future__ import annotations

import logging
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tap_fortnox.sie import COST_CENTER, PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tap_kit.client import Client

    from tap_fortnox.sie import SieFile, SieVoucher
    from tap_fortnox.years import FinancialYear

logger = logging.getLogger(__name__)

BALANCES, TRANSACTIONS = 1, 4  # types of the SIE format

_FIRST_DAY = re.compile(rb'#RAR\s+"?0"?\s+"?(\d{8})')
_ROW_FIELDS = (
    "Account",
    "Debit",
    "Credit",
    "CostCenter",
    "Project",
    "Description",
    "TransactionInformation",
    "Quantity",
    "Removed",
)


def sie_file(client: Client, year: FinancialYear, kind: int) -> bytes | None:
    """Return the SIE file of a financial year; None, and say so, if it is of another one.

    Raises:
        RequestRefusedError: Fortnox refuses it.
    """
    content = client.get_bytes(f"3/sie/{kind}", {"financialyear": year.id})
    found = _FIRST_DAY.search(content)
    if found is None or found[1].decode() != year.first.replace("-", ""):
        logger.warning("Fortnox gave no SIE file, or another year's, for the financial year from %s", year.first)
        return None
    return content


def voucher_rows(voucher: SieVoucher, file: SieFile) -> list[dict[str, Any]]:
    """Return the rows of a voucher as the API gives them."""
    return [
        {
            "Account": row.account,
            "CostCenter": row.objects.get(COST_CENTER),
            "Credit": max(-row.amount, 0),
            "Debit": max(row.amount, 0),
            "Description": file.accounts.get(row.account),
            "Project": row.objects.get(PROJECT),
            "Quantity": row.quantity or None,
            "Removed": row.removed,
            "TransactionInformation": row.text,
        }
        for row in voucher.rows
    ]


def has_struck(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether there is a row that was struck out."""
    return any(row.get("Removed") for row in rows)


def nothing_lost(voucher: SieVoucher, file: SieFile) -> bool:
    """Return whether the file holds all of a voucher's rows.

    Characters that code page 437 has not come as `?`; only accounts in use are named.
    """
    texts = [text for row in voucher.rows for text in (row.text, file.accounts.get(row.account, "?"))]
    objects = [number for row in voucher.rows for number in row.objects.values()]
    return voucher.balances and not any("?" in text for text in (*texts, *objects))


def difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Return the first field in which two vouchers differ, or "" if they say the same, in whatever order of rows."""
    for name in ("CostCenter", "Project"):
        if (one.get(name) or None) != (other.get(name) or None):
            return name
    ours, theirs = (sorted(map(_comparable, voucher["VoucherRows"])) for voucher in (one, other))
    if len(ours) != len(theirs):
        return "VoucherRows"
    pairs = zip(ours, theirs, strict=True)
    return next((name for a, b in pairs for name, x, y in zip(_ROW_FIELDS, a, b, strict=True) if x != y), "")


def _comparable(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_text(row.get(name)) for name in _ROW_FIELDS)


def _text(value: Any) -> str:
    """Numbers compare by value: 475, 475.00 and "475" are one; nothing and 0 too."""
    if not value:
        return ""
    try:
        return f"{Decimal(str(value)).normalize():f}"
    except InvalidOperation:
        return str(value)
