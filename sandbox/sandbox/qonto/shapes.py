"""What the settings make of single records, where the documentation has two forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.qonto.errors import ApiError
from sandbox.qonto.office import PLANS

if TYPE_CHECKING:
    from sandbox.qonto.settings import Settings

Json = dict[str, Any]


def plan(record: Json, settings: Settings) -> Json | None:
    """The plan that the company has; edits stay."""
    known = PLANS[settings.plan]
    return known and known | {name: value for name, value in record.items() if name != "code"}


def client(record: Json, settings: Settings) -> Json:
    """`kind` and `type` say the same."""
    left_out = {"both": "", "kind": "type", "type": "kind"}[settings.client_kind]
    return {name: value for name, value in record.items() if name != left_out}


def beneficiary(record: Json, settings: Settings) -> Json:
    """The account's numbers, in the record or in an object of their own."""
    if settings.beneficiary_bank_account == "flat":
        return record
    inner = {name: record.pop(name) for name in ("iban", "bic", "currency")}
    return record | {"bank_account": inner}


def bulk_transfer(record: Json, settings: Settings) -> Json:
    """Errors in a list, or in a list in a list."""
    if settings.bulk_errors == "flat":
        for result in record["results"]:
            result["errors"] = [error for outer in result["errors"] for error in outer["errors"]]
    return record


def external(record: Json, settings: Settings) -> Json:
    """The path may have gone."""
    if settings.external_transfers == "gone":
        raise ApiError(410, "use SEPA transfers")
    return record


def supplier_invoice(record: Json, settings: Settings) -> Json:
    """Matched transactions as objects, or as their ids, which then is all there is."""
    if settings.matched_transactions == "strings":
        matched = record["matched_transactions"]
        record["matched_transactions"] = [match["transaction_id"] for match in matched]
        del record["matched_transactions_ids"]
    return record
