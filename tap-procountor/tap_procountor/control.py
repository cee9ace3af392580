"""What the ledger lacks without a word: receipts of payroll are not refused to a user without rights, but left out."""

from __future__ import annotations

from datetime import datetime
from itertools import compress
from typing import TYPE_CHECKING

from tap_kit.errors import RequestRefusedError

from tap_procountor.api import ZONE
from tap_procountor.periods import fiscal_years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_kit.client import Client
    from tap_kit.table import RawRecord

# Procountor support, "Ledger receipts export": they take full rights to payroll.
HIDDEN_KINDS = ("SALARY", "EMPLOYER_CONTRIBUTION")

_YEARS = 2  # the newest that have begun: the present one may hold no salary yet


def hidden_kinds(client: Client) -> list[str]:
    """Return the kinds of receipts that the vendor's report counts and the list does not show.

    Without the rights to ask, nothing can be said.
    """
    today = datetime.now(ZONE).date().isoformat()
    try:
        begun = [year for year in fiscal_years(client) if year["startDate"] <= today]
        newest = sorted(begun, key=lambda year: str(year["startDate"]), reverse=True)[:_YEARS]
        hidden = client.pool.map(lambda kind: _is_hidden(client, kind, newest), HIDDEN_KINDS)
        return list(compress(HIDDEN_KINDS, hidden))
    except RequestRefusedError:
        return []


def _is_hidden(client: Client, kind: str, years: Sequence[RawRecord]) -> bool:
    """Return whether the first of the years that has any receipts of the kind does not show them."""
    for year in years:
        span = {"startDate": year["startDate"], "endDate": year["endDate"]}
        if client.get("ledgerreceipts", {**span, "types": kind, "size": 1}).get("results"):
            return False
        report = client.post("reports/ledgeraccounts", {**span, "options": {"receiptType": [kind]}})
        found = (report.get("reportData") or {}).get("periods") or ()
        if any(row.get("value") for period in found for row in period.get("rows") or ()):
            return True
    return False
