"""Files, and what can be exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_kit.files import File
from tap_kit.table import Listing, Stream

from tap_procountor.shapes import BY_ID, RESULTS, single

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.client import Client
    from tap_kit.table import RawRecord

_LINE, _EMPTY_LINE = b"\r\n", b"\r\n\r\n"


def attached(record: RawRecord) -> str | None:
    """When a file was attached."""
    return record.get("attached")


def number(record: RawRecord) -> str:
    """What tells a file from others: ids are unique in one company only, and several may save to one folder."""
    return f"{record['companyId']}-{record['attachmentId']}"


def file_content(client: Client, record: RawRecord) -> tuple[str, Iterator[bytes]]:
    """The name of a file, and the file itself."""
    answer = client.get_bytes(f"attachments/{record['attachmentId']}")
    return record.get("name") or "", iter((last_part(answer),))


def last_part(answer: bytes) -> bytes:
    """Return the file in an answer of several parts (RFC 2046): what describes the file comes before it."""
    boundary = _LINE + answer.lstrip().partition(_LINE)[0]
    parts = (_LINE + answer.lstrip()).split(boundary)
    if not boundary.startswith(b"\r\n--") or len(parts) < 3:  # noqa: PLR2004 - before, between and after
        return answer
    _, _, content = parts[-2].partition(_EMPTY_LINE)
    return content


DOCUMENTS = (
    Stream(
        "attachments",
        path="attachments",
        key=("company_id", "attachment_id"),
        envelope=RESULTS,
        cursor=Listing(),
        params=BY_ID,
        file=File("attachments", number=number, content=file_content),
        date=attached,
        after=("previousId", "attachmentId"),
        selected=False,
        needs="Documents activated (Usage settings > Documents), which is charged for",
    ),
    single(
        "sie_availability", "sie/availability", selected=False, needs="the right to accounting reports; Sweden only"
    ),
)
