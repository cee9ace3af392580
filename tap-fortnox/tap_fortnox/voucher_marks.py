"""What goes along with a voucher's header: what shows that the voucher changed, and its rows where they are known."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tap_kit.details import Details
from tap_kit.errors import RequestRefusedError
from tap_kit.pages import PageReader

from tap_fortnox.api import wall_clock
from tap_fortnox.sie_files import difference, has_struck, nothing_lost, voucher_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tap_kit.client import Client
    from tap_kit.table import RawRecord

    from tap_fortnox.sie import SieFile, SieVoucher
    from tap_fortnox.years import FinancialYear

    Mark = Callable[[RawRecord], RawRecord]

logger = logging.getLogger(__name__)

# What the SIE file says of a voucher; it goes along with the header, and is no column.
SIE = "SIE"
ROWS = "VoucherRows"

# What a SIE file does not say of a voucher as a whole.
NOWHERE = {"CostCenter": None, "Project": None}

# Without the year, Fortnox finds the voucher of this number in another one (Fortnox docs, Vouchers).
_DETAILS = Details(
    path="3/vouchers/{VoucherSeries}/{VoucherNumber}",
    envelope="Voucher",
    params={"financialyear": "{Year}"},
)

# Counted in a run: vouchers whose details have struck rows, of which their year's SIE file says nothing.
_LEFT_OUT = "struck rows that SIE files leave out"

_PROBES = 10
RECENT = timedelta(days=8)


def identify(record: RawRecord) -> Any:
    """Return what tells a voucher from others of its year."""
    return record.get("VoucherSeries"), record.get("VoucherNumber")


def detailed(client: Client, record: RawRecord) -> RawRecord | None:
    """Return a voucher with its rows, None for one that is gone; note what its year's file left out of it."""
    (found,) = _DETAILS.of(client, [record])
    if found and isinstance(record[SIE], list) and has_struck(found[ROWS]) and not has_struck(record[SIE]):
        client.counts[_LEFT_OUT] += 1
    return found


def files_leave_out(client: Client) -> bool:
    """Return whether a voucher of this run had a struck row that its year's SIE file left out."""
    return client.counts[_LEFT_OUT] > 0


def marked_by_file(file: SieFile, *, known: bool) -> Mark:
    """Return what adds to a header what the file says, and the rows themselves where the file is known to be whole."""

    def mark(record: RawRecord) -> RawRecord:
        series, number = identify(record)
        found = file.vouchers.get((str(series), str(number)))
        if found is None:
            return {**record, SIE: None}
        rows = voucher_rows(found, file)
        whole = {**NOWHERE, ROWS: rows} if known and nothing_lost(found, file) else {}
        return {**record, SIE: rows, **whole}

    return mark


def marked_by_moment(recent: set[Any], now: datetime) -> Mark:
    """Return what adds the present moment to the headers of vouchers that changed lately: they are read anew."""
    return lambda record: {**record, SIE: now.isoformat() if identify(record) in recent else None}


def recently_changed(client: Client, year: FinancialYear, now: datetime) -> set[Any]:
    """Return the vouchers that changed in the last days."""
    since = {"financialyear": year.id, "lastmodified": wall_clock(now - RECENT)}
    try:
        pages = list(PageReader(client, "3/vouchers", "Vouchers", identify).read(since))
    except RequestRefusedError as error:
        logger.warning("Nor does Fortnox say which vouchers changed: %s", error)
        return set()
    return {identify(record) for page in pages for record in page.records}


def is_whole(client: Client, year: FinancialYear, file: SieFile) -> bool:
    """Return whether the file says the same as the API, of some vouchers that differ much from each other.

    What Fortnox leaves out of a SIE file is not documented; the rows of a year are taken from it only where a few
    details, and those of the years that were read before, show that nothing is missing.
    """
    found = sorted(file.vouchers.values(), key=_oddness)
    places = sorted({round(n * (len(found) - 1) / (_PROBES - 1)) for n in range(_PROBES)})
    for probe in (found[place] for place in places if found):
        header = {"VoucherSeries": probe.series, "VoucherNumber": probe.number, "Year": year.id}
        (detail,) = _DETAILS.of(client, [header])
        if detail and (field := difference(detail, {ROWS: voucher_rows(probe, file)})):
            said = f"{probe.series} {probe.number} differs in {field}"
            logger.warning("The SIE file of the year from %s is not complete (%s): asking one by one", year.first, said)
            return False
    if files_leave_out(client):
        logger.warning("SIE files leave out struck rows: asking one by one for the year from %s", year.first)
        return False
    return True


def _oddness(one: SieVoucher) -> tuple[bool, bool, int]:
    """Return what sorts plain vouchers first, and those with struck rows last."""
    return any(row.removed for row in one.rows), any(row.objects for row in one.rows), len(one.rows)
