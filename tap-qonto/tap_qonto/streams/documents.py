"""Attachments, and the files of documents."""

from __future__ import annotations

from http import HTTPStatus
from operator import itemgetter
from typing import TYPE_CHECKING

from tap_kit.details import Details
from tap_kit.errors import RequestRefusedError
from tap_kit.files import File
from tap_kit.table import Partition, RawRecord, Stream

from tap_qonto.api import FILTER_UPDATED_AT, UPDATED_AT
from tap_qonto.streams.banking import account_and_status, transaction_date
from tap_qonto.streams.invoicing import document_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tap_kit.client import Client
    from tap_kit.files import Content
    from tap_kit.table import Settings

# What a link that has expired answers.
_EXPIRED = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN)

_SOURCES = {"supplier_invoices": {}, "client_invoices": {"exclude_imported": "false"}}


def documents(client: Client, settings: Settings) -> Iterator[Partition]:
    """Nothing lists attachments: those of transactions come with them, invoices name theirs."""
    for part in account_and_status(client, settings):
        yield Partition(
            {"source": "transactions", **part.context},
            {**part.params, "includes[]": ["attachments"], "with_attachments": "true"},
        )
    for source, params in _SOURCES.items():
        yield Partition({"source": source}, params, path=source, envelope=source, cursor=FILTER_UPDATED_AT)


def with_attachments(client: Client, records: Sequence[RawRecord]) -> list[RawRecord]:
    """Return documents with all that is known of their attachments."""
    return [{**record, "attachments": list(_attachments(client, record))} for record in records]


def _attachments(client: Client, record: RawRecord) -> Iterator[RawRecord]:
    known = {attachment["id"]: attachment for attachment in record.get("attachments") or ()}
    named = record.get("attachment_ids") or [record.get("attachment_id"), record.get("display_attachment_id")]
    for number in dict.fromkeys([*known, *filter(None, named)]):
        if found := known.get(number) or _attachment(client, number):
            yield found


def _attachment(client: Client, number: str) -> RawRecord | None:
    try:
        found: RawRecord = client.get(f"attachments/{number}", shown="attachments/{id}")["attachment"]
    except RequestRefusedError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return None
        raise
    return found


def attachments(record: RawRecord) -> Iterator[RawRecord]:
    """The attachments of a document, each with what it belongs to."""
    for attachment in record["attachments"]:
        yield {**attachment, "source_id": record["id"], "updated_at": record.get("updated_at")}


def attachment(record: RawRecord, part: Partition) -> RawRecord:
    """An attachment says nothing of what it belongs to; the request did."""
    return {**record, "source": part.context["source"]}


def document_day(record: RawRecord) -> str | None:
    """The day of the transaction or invoice."""
    return transaction_date(record) or document_date(record)


def attachment_content(client: Client, record: RawRecord) -> Content:
    """Return the name and content of an attachment's file."""

    def renewed() -> RawRecord:
        found: RawRecord = client.get(f"attachments/{record['id']}", shown="attachments/{id}")["attachment"]
        return found

    return record.get("file_name") or "", _content(client, record, renewed, "url")


def invoice_content(client: Client, record: RawRecord) -> Content:
    """Return the name and content of what a supplier invoice shows."""
    number = record["attachment_id"]
    found: RawRecord = client.get(f"attachments/{number}", shown="attachments/{id}")["attachment"]
    return attachment_content(client, found)


def statement_content(client: Client, record: RawRecord) -> Content:
    """Return the name and content of a statement's file."""

    def renewed() -> RawRecord:
        found: RawRecord = client.get(f"statements/{record['id']}", shown="statements/{id}")["statement"]["file"]
        return found

    return record["file"].get("file_name") or "", _content(client, record["file"], renewed, "file_url")


def _content(client: Client, file: RawRecord, renewed: Callable[[], RawRecord], link: str) -> Iterator[bytes]:
    """Yield a file behind its link, or behind a new one: links end after 30 minutes (docs.qonto.com, "Attachments")."""
    try:
        yield from client.download(file[link])
    except (RequestRefusedError, KeyError) as error:
        if isinstance(error, RequestRefusedError) and error.status not in _EXPIRED:
            raise
        yield from client.download(renewed()[link])


ATTACHMENT = File("attachments", number=itemgetter("id"), content=attachment_content)
INVOICE = File("attachments", number=lambda record: record.get("attachment_id"), content=invoice_content)
STATEMENT = File(
    "statements", number=lambda record: record["id"] if record.get("file") else None, content=statement_content
)

DOCUMENTS = (
    Stream(
        "attachments",
        path="transactions",
        envelope="transactions",
        cursor=UPDATED_AT,
        per=documents,
        details=Details(fetch=with_attachments),
        rows=attachments,
        prepare=attachment,
        file=ATTACHMENT,
        date=document_day,
        scope="attachment.read client_invoices.read supplier_invoice.read",
    ),
    Stream("statements", path="statements", file=STATEMENT),
    Stream(
        "supplier_invoices",
        path="supplier_invoices",
        cursor=FILTER_UPDATED_AT,
        file=INVOICE,
        date=document_date,
        scope="supplier_invoice.read",
        needs="any plan but Solo Basic",
    ),
)
