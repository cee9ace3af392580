"""Currencies with their rates, and financing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tap_kit.pages import PageReader
from tap_kit.table import Partition, Stream

from tap_procountor.shapes import KEY, NONE, RESULTS, WHOLE, single, value_as, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.api import Page
    from tap_kit.client import Client
    from tap_kit.table import RawRecord, Settings

# 1 Procountor's own, 2 average, 3 purchase, 4 sale, 5 cash purchase, 6 cash sale (OpenAPI 26.04).
RATE_TYPES = range(1, 7)


def latest_rates(client: Client, _: Settings) -> Iterator[Partition]:
    """The latest rates of each kind."""
    for kind in RATE_TYPES:
        yield Partition({"rate_type": kind}, read=_Rates(client, kind))


class _Rates:
    """Reads the latest rates of one kind, which share a day and a base currency."""

    def __init__(self, client: Client, kind: int) -> None:
        self._client = client
        self._kind = kind

    def __call__(self) -> Iterator[Page]:
        rates = PageReader(self._client, "currencies/latest", WHOLE, paged=False, none=NONE)
        for answer in rates.read({"rateType": self._kind}):
            yield replace(answer, records=[rate for group in answer.records for rate in self._of(group)])

    def _of(self, group: RawRecord) -> list[RawRecord]:
        shared = {name: value for name, value in group.items() if name != "rates"}
        return [{**shared, **rate, "rateType": self._kind} for rate in group.get("rates") or ()]


CURRENCIES = (
    whole(
        "currencies",
        "currencies",
        envelope="currencies",
        key=("company_id", "currency_code"),
        prepare=value_as("currencyCode"),
    ),
    single("company_currency", "currencies/company"),
    Stream(
        "latest_exchange_rates",
        path="currencies/latest",
        key=("company_id", "rate_type", "currency_code"),
        per=latest_rates,
    ),
    Stream(
        "factoring_contracts",
        path="factoringcontracts",
        key=KEY,
        envelope=RESULTS,
        selected=False,
        needs="financing switched on; Finland only",
    ),
    whole(
        "se_factoring_contracts", "se/factoringcontracts", selected=False, needs="financing switched on; Sweden only"
    ),
)
