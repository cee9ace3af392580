"""Bank accounts, their statements, and payments."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tap_kit.details import Details
from tap_kit.table import Listing, Partition, RawRecord, Stream

from tap_procountor.periods import by_period
from tap_procountor.shapes import AFTER, BY_ID, KEY, RESULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


# Most are of a day, some of a month or a quarter. Which of its days the filter looks at is not documented.
LONGEST_STATEMENT = timedelta(days=92)


def first_day(record: RawRecord) -> str | None:
    """The day that a statement begins."""
    return record.get("startDate") or record.get("endDate")


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
        needs="the right to bank accounts",
    ),
    Stream(
        "bank_statements",
        path="bankstatements",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        per=by_period("bankstatements", first_day, more=LONGEST_STATEMENT),
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
        per=by_period("referencepayments", payment_date),
        date=payment_date,
        after=AFTER,
    ),
    Stream(
        "payments",
        path="payments",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        per=by_period("payments", payment_date),
        date=payment_date,
        after=AFTER,
    ),
    Stream(
        "payment_details",
        path="payments",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        per=by_period("payments", payment_date),
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
        needs="the right to salary payments; Finland only",
    ),
)
