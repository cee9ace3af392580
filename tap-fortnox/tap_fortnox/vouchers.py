"""Vouchers: what is new or differs in an open year is asked for one by one, a closed year comes from its SIE file.

No list shows the rows of a voucher, and nothing shows when they changed. The SIE file of the year has them all in
one answer: so a voucher is compared by its header in the list and its rows in the file together, and a year whose
books are locked is not asked for again while its file stays as it was.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from tap_kit.details import Details
from tap_kit.errors import RequestRefusedError
from tap_kit.pages import PageReader
from tap_kit.table import Listing, Partition

from tap_fortnox.api import wall_clock
from tap_fortnox.records import plain
from tap_fortnox.sie import digest, parse
from tap_fortnox.sie_files import TRANSACTIONS, difference, nothing_lost, sie_file, voucher_rows
from tap_fortnox.years import financial_years

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tap_kit.api import Page
    from tap_kit.client import Client
    from tap_kit.table import RawRecord, Settings

    from tap_fortnox.sie import SieFile, SieVoucher
    from tap_fortnox.years import FinancialYear

    Mark = Callable[[RawRecord], RawRecord]

logger = logging.getLogger(__name__)

# What the SIE file says of a voucher; it goes along with the header, and is no column.
_SIE = "SIE"

# Without the year, Fortnox finds the voucher of this number in another one (Fortnox docs, Vouchers).
_DETAILS = Details(
    path="3/vouchers/{VoucherSeries}/{VoucherNumber}",
    envelope="Voucher",
    params={"financialyear": "{Year}"},
)

# What a SIE file does not say of a voucher as a whole.
_NOWHERE = {"CostCenter": None, "Project": None}

_PROBES = 10
_RECENT = timedelta(days=8)


def years(client: Client, settings: Settings) -> Iterator[Partition]:
    """Each financial year; a closed one has its SIE file as the stamp that tells whether anything changed."""
    locked, now = _locked_until(client), datetime.now(UTC)
    refused = False
    for year in financial_years(client, settings):
        content = None
        try:
            content = None if refused else sie_file(client, year, TRANSACTIONS)
        except RequestRefusedError as error:
            refused = True
            logger.warning("Changes of a voucher's rows are seen for %d days only: %s", _RECENT.days, error)
        closed = content is not None and year.last <= locked
        yield Partition(
            {"year": year.id},
            read=partial(_read, client, year, content, now, closed=closed),
            stamp=digest(content) if closed and content else "",
        )


def voucher(record: RawRecord, part: Partition) -> RawRecord:
    """A voucher without what only told whether it changed; no quantity is null."""
    found = plain({name: value for name, value in record.items() if name != _SIE}, part)
    for row in found.get("VoucherRows") or ():
        row["Quantity"] = row.get("Quantity") or None
    return found


def _fingerprint(record: RawRecord) -> RawRecord:
    return {name: value for name, value in record.items() if name not in ("VoucherRows", *_NOWHERE)}


def _fetch(client: Client, records: Sequence[RawRecord]) -> list[RawRecord | None]:
    """Return the vouchers with their rows: those of closed years have them already."""
    return [record if "VoucherRows" in record else _DETAILS.of(client, [record])[0] for record in records]


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
        mark = _marked_by_file(file, known=closed and _agrees(client, year, file))
    else:
        mark = _marked_by_moment(_recently_changed(client, year, now), now)
    pages = PageReader(client, "3/vouchers", "Vouchers", _identify)
    for page in pages.read({"financialyear": year.id}):
        yield replace(page, records=[mark(record) for record in page.records])


def _identify(record: RawRecord) -> Any:
    return record.get("VoucherSeries"), record.get("VoucherNumber")


def _file(year: FinancialYear, content: bytes | None) -> SieFile | None:
    try:
        return parse(content) if content else None
    except ValueError as error:
        logger.warning("The financial year from %s: %s", year.first, error)
        return None


def _marked_by_file(file: SieFile, *, known: bool) -> Mark:
    """Return what adds to a header what the file says, and the rows themselves where the file is known to be whole."""

    def mark(record: RawRecord) -> RawRecord:
        series, number = _identify(record)
        found = file.vouchers.get((str(series), str(number)))
        if found is None:
            return {**record, _SIE: None}
        rows = voucher_rows(found, file)
        whole = {**_NOWHERE, "VoucherRows": rows} if known and nothing_lost(found, file) else {}
        return {**record, _SIE: rows, **whole}

    return mark


def _marked_by_moment(recent: set[Any], now: datetime) -> Mark:
    """Return what adds the present moment to the headers of vouchers that changed lately: they are read anew."""
    return lambda record: {**record, _SIE: now.isoformat() if _identify(record) in recent else None}


def _recently_changed(client: Client, year: FinancialYear, now: datetime) -> set[Any]:
    """Return the vouchers that changed in the last days."""
    since = {"financialyear": year.id, "lastmodified": wall_clock(now - _RECENT)}
    try:
        pages = list(PageReader(client, "3/vouchers", "Vouchers", _identify).read(since))
    except RequestRefusedError as error:
        logger.warning("Nor does Fortnox say which vouchers changed: %s", error)
        return set()
    return {_identify(record) for page in pages for record in page.records}


def _agrees(client: Client, year: FinancialYear, file: SieFile) -> bool:
    """Return whether the file says the same as the API, of some vouchers that differ much from each other.

    What Fortnox leaves out of a SIE file is not documented; the rows of a year are taken from it only where a few
    details show that nothing is missing.
    """
    found = sorted(file.vouchers.values(), key=_oddness)
    places = sorted({round(n * (len(found) - 1) / (_PROBES - 1)) for n in range(_PROBES)})
    for probe in (found[place] for place in places if found):
        header = {"VoucherSeries": probe.series, "VoucherNumber": probe.number, "Year": year.id}
        (detail,) = _DETAILS.of(client, [header])
        if detail and (field := difference(detail, {"VoucherRows": voucher_rows(probe, file)})):
            said = f"{probe.series} {probe.number} differs in {field}"
            logger.warning("The SIE file of the year from %s is not complete (%s): asking one by one", year.first, said)
            return False
    return True


def _oddness(one: SieVoucher) -> tuple[bool, bool, int]:
    """Return what sorts plain vouchers first, and those with struck rows last."""
    return any(row.removed for row in one.rows), any(row.objects for row in one.rows), len(one.rows)
