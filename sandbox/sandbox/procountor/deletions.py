"""What can be deleted, and what goes along with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procountor.changes import changed, check_open, receipt_of
from sandbox.procountor.resources import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.procountor.books import Books

Json = dict[str, Any]


def delete(books: Books, name: str, record: Json) -> None:
    """It vanishes without a trace. ValueError for what the law or other records keep."""
    if name not in DELETED:
        raise ValueError(f"{name} are not deleted")
    DELETED[name](books, record)
    del books.tables[name][record[BY_NAME[name].key]]


def _receipt(books: Books, record: Json) -> None:
    """Only journals: all others go with what they belong to."""
    check_open(books, record["receiptDate"])
    if record["type"] != "JOURNAL":
        raise ValueError("a receipt that belongs to something else goes with it")
    _drop_files(books, record["invoiceId"])


def _invoice(books: Books, record: Json) -> None:
    """With its receipt."""
    if receipt := receipt_of(books, record):
        check_open(books, receipt["receiptDate"])
        if record["id"] in books.children["payment_events"]:
            raise ValueError("a paid invoice stays")
        del books.tables["ledger_receipts"][receipt["id"]]
    books.children["comments"].pop(record["id"], None)
    _drop_files(books, record["id"])


def _partner(books: Books, record: Json) -> None:
    """One that nobody knows."""
    if record["type"] == "PERSON":
        raise ValueError("a person stays")
    if any(invoice["partnerId"] == record["id"] for invoice in books.tables["invoices"].values()):
        raise ValueError("invoices refer to it")


def _file(books: Books, record: Json) -> None:
    """Its invoice, or the journal whose invoice it is, no longer has it."""
    number = record["referenceId"]
    journals = (r for r in books.tables["ledger_receipts"].values() if r["invoiceId"] == number)
    owner = books.tables["invoices"].get(number) or next(journals)
    left = [other for other in owner["attachments"] if other["id"] != record["attachmentId"]]
    changed(books, owner, {"attachments": left})


def _alone(_books: Books, _record: Json) -> None:
    """Nothing goes along."""


def _drop_files(books: Books, reference: int) -> None:
    files = books.tables["attachments"]
    for number in [number for number, file in files.items() if file["referenceId"] == reference]:
        del files[number]


DELETED: dict[str, Callable[[Books, Json], None]] = {
    "attachments": _file,
    "business_partners": _partner,
    "factoring_contracts": _alone,
    "invoices": _invoice,
    "ledger_receipts": _receipt,
    "products": _alone,
    "webhooks": _alone,
}
