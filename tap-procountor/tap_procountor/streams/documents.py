"""Files, and what can be exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_kit.table import Listing, Stream

from tap_procountor.shapes import BY_ID, RESULTS, single

if TYPE_CHECKING:
    from tap_kit.table import RawRecord


def attached(record: RawRecord) -> str | None:
    """When a file was attached."""
    return record.get("attached")


DOCUMENTS = (
    Stream(
        "attachments",
        path="attachments",
        key=("company_id", "attachment_id"),
        envelope=RESULTS,
        cursor=Listing(),
        params=BY_ID,
        date=attached,
        after=("previousId", "attachmentId"),
        needs="Documents activated (Usage settings > Documents), which is charged for",
    ),
    single("sie_availability", "sie/availability", selected=False, needs="accounting reports, Sweden only"),
)
