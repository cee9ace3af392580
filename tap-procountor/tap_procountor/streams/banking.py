"""Bank accounts, their statements, and payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tap_kit.details import Details
from tap_kit.pages import PageReader
from tap_kit.table import Listing, Partition, RawRecord, Stream

from tap_procountor.periods import by_period, periods
from tap_procountor.shapes import AFTER, BY_ID, KEY, RESULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tap_kit.api import Page
    from tap_kit.client import Client
    from tap_kit.table import Settings

    from tap_procountor.periods import Period

LONGEST_STATEMENT = timedelta(days=92)  # most are of a day, some of a month or a quarter


def statements(client: Client, settings: Settings) -> Iterator[Partition]:
    """Statements by the period of their first day.

    Which of a statement's days the filter looks at is not documented: it is asked for more, and the rest left out.
    """
    for period in periods(client, settings):
        yield Partition({"period": period.name}, read=_Statements(client, period), stamp=period.stamp)


class _Statements:
    """Reads the statements that begin in a period."""

    def __init__(self, client: Client, period: Period) -> None:
        self._pages = PageReader(client, "bankstatements", RESULTS, after=AFTER)
        self._period = period
        self._params = {**period.wider(LONGEST_STATEMENT).params, **BY_ID}

    def __call__(self) -> Iterator[Page]:
        for page in self._pages.read(self._params):
            yield replace(page, records=[record for record in page.records if self._holds(record)])

    def _holds(self, record: RawRecord) -> bool:
        day = record.get("startDate") or record.get("endDate")
        return self._period.holds(date.fromisoformat(day) if day else date.min)


def statement(record: RawRecord, _: Partition) -> RawRecord:
    """Events may be sums of others, to any depth, under `event` or `events`; each becomes one of the statement's."""
    return {**record, "events": list(_events(record.get("events") or (), None))}


def _events(found: Iterable[RawRecord], parent: object) -> Iterator[RawRecord]:
    for event in found:
        parts = event.get("events") or event.get("event") or ()
        own = {name: value for name, value in event.items() if name not in ("events", "event")}
        yield {**own, "parentEventId": parent}
        yield from _events(parts, event.get("id"))


def payment_date(record: RawRecord) -> str | None:
    """The day of a payment."""
    return record.get("paymentDate") or record.get("valueDate")


BANKING = (
    Stream(
        "bank_accounts",
        path="bankaccounts",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        params=BY_ID,
        details=Details("bankaccounts/{id}"),
        after=AFTER,
        needs="bank accounts",
    ),
    Stream(
        "bank_statements",
        path="bankstatements",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        per=statements,
        prepare=statement,
        date=lambda record: record.get("endDate"),
        after=AFTER,
    ),
    Stream(
        "reference_payments",
        path="referencepayments",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        params=BY_ID,
        per=by_period,
        date=payment_date,
        after=AFTER,
    ),
    Stream(
        "payments",
        path="payments",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        params=BY_ID,
        per=by_period,
        date=payment_date,
        after=AFTER,
    ),
    Stream(
        "payment_details",
        path="payments",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        params=BY_ID,
        per=by_period,
        details=Details("payments/{id}"),
        date=payment_date,
        after=AFTER,
        selected=False,
        needs="a request a payment",
    ),
    Stream(
        "payment_error_messages",
        path="payments/errormessages",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        params={"status": "ALL", **BY_ID},
        after=AFTER,
    ),
    Stream(
        "direct_salary_payments",
        path="payments/directsalarypayments",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        params=BY_ID,
        details=Details("payments/directsalarypayments/{id}"),
        after=AFTER,
        selected=False,
        needs="salary payments, Finland only",
    ),
)
