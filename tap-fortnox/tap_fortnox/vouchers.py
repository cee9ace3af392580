"""Vouchers: what is new or differs in an open year is asked for one by one, a closed year comes from its SIE file.

No list shows the rows of a voucher, and nothing shows when they changed. The SIE file of the year has them all in
one answer: so a voucher is compared by its header in the list and its rows in the file together, and a year whose
books are locked is not asked for again while its file stays as it was.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from tap_kit.details import Details
from tap_kit.errors import RequestRefusedError
from tap_kit.pages import PageReader
from tap_kit.table import Listing, Partition

from tap_fortnox.records import plain
from tap_fortnox.sie import digest, parse
from tap_fortnox.sie_files import TRANSACTIONS, sie_file
from tap_fortnox.voucher_marks import (
    NOWHERE,
    RECENT,
    ROWS,
    SIE,
    detailed,
    files_leave_out,
    identify,
    is_whole,
    marked_by_file,
    marked_by_moment,
    recently_changed,
)
from tap_fortnox.years import financial_years

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_kit.api import Page
    from tap_kit.client import Client
    from tap_kit.table import RawRecord, Settings

    from tap_fortnox.sie import SieFile
    from tap_fortnox.years import FinancialYear

logger = logging.getLogger(__name__)


def years(client: Client, settings: Settings) -> Iterator[Partition]:
    """Each financial year; a closed one has its SIE file as the stamp that tells whether anything changed.

    The last year comes first: the details of open years show what the SIE files of closed ones leave out.
    """
    locked, now = _locked_until(client), datetime.now(UTC)
    refused = False
    for year in reversed(financial_years(client, settings)):
        content = None
        try:
            content = None if refused else sie_file(client, year, TRANSACTIONS)
        except RequestRefusedError as error:
            refused = True
            logger.warning("Changes of a voucher's rows are seen for %d days only: %s", RECENT.days, error)
        closed = content is not None and year.last <= locked
        yield Partition(
            {"year": year.id},
            read=partial(_read, client, year, content, now, closed=closed),
            stamp=digest(content) if closed and content else "",
            in_turn=closed,
        )


def voucher(record: RawRecord, part: Partition) -> RawRecord:
    """A voucher without what only told whether it changed; no quantity is null."""
    found = plain({name: value for name, value in record.items() if name != SIE}, part)
    for row in found.get(ROWS) or ():
        row["Quantity"] = row.get("Quantity") or None
    return found


def _fingerprint(record: RawRecord) -> RawRecord:
    return {name: value for name, value in record.items() if name not in (ROWS, *NOWHERE)}


def _fetch(client: Client, records: Sequence[RawRecord]) -> list[RawRecord | None]:
    """Return the vouchers with their rows: those of closed years have them already."""
    return [
        record if ROWS in record and not files_leave_out(client) else detailed(client, record) for record in records
    ]


VOUCHERS = Listing(fingerprint=_fingerprint)
DETAILS = Details(fetch=_fetch)


def _locked_until(client: Client) -> str:
    """Return the last day of the locked period, "" where nothing is locked or the right to see it is missing."""
    try:
        record = PageReader(client, "3/settings/lockedperiod", "LockedPeriod", paged=False).fetch({}).records[0]
    except RequestRefusedError as error:
        logger.warning("Which years are closed is not known, so all are read as open ones: %s", error)
        return ""
    return str(record.get("EndDate") or "")


def _read(client: Client, year: FinancialYear, content: bytes | None, now: datetime, *, closed: bool) -> Iterator[Page]:
    file = _file(year, content)
    if file:
        mark = marked_by_file(file, known=closed and is_whole(client, year, file))
    else:
        mark = marked_by_moment(recently_changed(client, year, now), now)
    pages = PageReader(client, "3/vouchers", "Vouchers", identify)
    for page in pages.read({"financialyear": year.id}):
        yield replace(page, records=[mark(record) for record in page.records])


def _file(year: FinancialYear, content: bytes | None) -> SieFile | None:
    try:
        return parse(content) if content else None
    except ValueError as error:
        logger.warning("The financial year from %s: %s", year.first, error)
        return None
