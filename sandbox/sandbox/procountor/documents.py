"""Attachments with their files, and what people say about an invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

from sandbox.procountor import facts

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.procountor.books import Books
    from sandbox.procountor.draw import Draw

Json = dict[str, Any]
BOUNDARY = "sandbox-part"
TAGGED = {"numTaggedUsers": 1, "readByAllTaggedUsers": False}


def attach(books: Books, draw: Draw, record: Json, reference: int, moment: str) -> None:
    """A file for an invoice, or for a journal under the id of its invoice."""
    number = books.id("attachments")
    name = f"document-{number}.pdf"
    record["attachments"] = [
        {
            "id": number,
            "name": name,
            "referenceType": "INVOICE",
            "referenceId": reference,
            "mimeType": "application/pdf",
            "sendWithInvoice": False,
        }
    ]
    books.tables["attachments"][number] = {
        "attachmentId": number,
        "name": name,
        "size": draw.randrange(300, 900),
        "user": facts.USERNAME,
        "referenceId": reference,
        "referenceType": "INVOICE",
        "attached": moment,
        "_type": record["type"],
    }


def talk(books: Books, draw: Draw, invoice: Json) -> None:
    """Some purchases come with a file, and some with a question."""
    if invoice["type"] not in facts.DISCUSSED:
        return
    if draw.percent(40):
        attach(books, draw, invoice, invoice["id"], invoice["created"])
    if draw.percent(15):
        comment = {
            "id": books.id("comments"),
            "author": "Aino Reader",
            "dateTime": invoice["created"],
            "comment": "Is this ours?",
            "taggedUsersInfo": TAGGED,
        }
        books.children["comments"][invoice["id"]] = [comment]


def file(books: Books, request: Request) -> Response:
    """`/attachments/{id}`: the description and the file, in one answer of several parts."""
    found = books.find("attachments", request)
    meta = {
        "id": found["attachmentId"],
        "name": found["name"],
        "referenceType": found["referenceType"],
        "referenceId": found["referenceId"],
        "mimeType": "application/pdf",
        "sendWithInvoice": False,
    }
    parts = (("application/json", msgspec.json.encode(meta)), ("application/pdf", content(found)))
    body = b"".join(f"--{BOUNDARY}\r\nContent-Type: {kind}\r\n\r\n".encode() + data + b"\r\n" for kind, data in parts)
    return Response(body + f"--{BOUNDARY}--\r\n".encode(), media_type=f"multipart/mixed; boundary={BOUNDARY}")


def content(attachment: Json) -> bytes:
    """As many bytes as the list says."""
    head = f"%PDF-1.4\n% {attachment['name']}\n".encode()
    return head.ljust(attachment["size"] - 6, b".") + b"%%EOF\n"
