"""`includes[]`: objects put into transactions on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.qonto.records import money
from sandbox.qonto.values import document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.qonto.books import Books

Json = dict[str, Any]


def into(books: Books, records: list[Json], names: Sequence[str]) -> list[Json]:
    """The transactions with what `names` ask for: attachments, labels, vat_details."""
    makers = {"attachments": _attachments, "labels": _labels, "vat_details": _vat_details}
    for record in records:
        for name in names:
            record[name] = makers[name](books, record)
    return records


def _attachments(books: Books, record: Json) -> list[Json]:
    return [books.link_in(file(record, attachment_id)) for attachment_id in record["attachment_ids"]]


def file(record: Json, attachment_id: str) -> Json:
    """The attachment of a transaction."""
    name, size = f"{record['transaction_id']}.pdf", 10_000 + record["amount_cents"] % 90_000
    return {
        "id": attachment_id,
        "created_at": record["created_at"],
        **document(attachment_id, name, size),
        "probative_attachment": {"status": "unavailable"},
    }


def _labels(books: Books, record: Json) -> list[Json]:
    return [dict(books.company.label(label_id)) for label_id in record["label_ids"]]


def _vat_details(_books: Books, record: Json) -> Json:
    """Every number in text."""
    vat = record["vat_amount_cents"]
    if vat is None:
        return {"items": []}
    net = record["amount_cents"] - vat
    return {
        "items": [
            {
                "amount": str(money(vat)),
                "amount_cents": str(vat),
                "amount_excluding_vat": str(money(net)),
                "amount_excluding_vat_cents": str(net),
                "rate": str(record["vat_rate"]),
            }
        ]
    }
