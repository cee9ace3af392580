"""The company: records of every resource, and the vouchers behind them."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sandbox.fortnox import bookkeeping, facts
from sandbox.fortnox.booking import PAID, book_all
from sandbox.fortnox.draw import Draw, days, later
from sandbox.fortnox.ledger import Ledger
from sandbox.fortnox.resources import BY_NAME, RESOURCES, known

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.clock import Clock
    from sandbox.fortnox.ledger import Posting
    from sandbox.fortnox.resource import Resource
    from sandbox.fortnox.settings import Settings

Json = dict[str, Any]
Key = tuple[str, ...]
STOCKHOLM = ZoneInfo("Europe/Stockholm")
MODIFIED = "_modified"
"""When a record was last changed, on a clock in Stockholm. No answer tells it."""


class Company:
    """Deterministic by seed and sizes. Keys of records are texts, as in the paths of the API."""

    def __init__(self, seed: int, clock: Clock, url: str, settings: Callable[[], Settings]) -> None:
        self.seed = seed
        self.clock = clock
        self.url = url
        self.settings = settings
        self.sizes = settings().sizes
        self.dice = Random(f"{seed} mutations")  # noqa: S311 - the same changes for the same seed
        self.added: dict[str, Json] = {}
        """Fields that the vendor has begun to write, by resource."""
        self.dropped: dict[str, set[str]] = {}
        """And those that it has ceased to write."""
        self.ledger = Ledger()
        self.chart = bookkeeping.chart(self.size("accounts"))
        self.records: dict[str, dict[Key, Json]] = {
            **{resource.name: {} for resource in RESOURCES},
            "vouchers": self.ledger.vouchers,
        }
        self.made = dict.fromkeys(self.records, 0)
        self._lists: dict[str, list[Json]] = {}
        self._rows = 0
        for resource in RESOURCES:
            if resource.name == "vouchers":
                book_all(self)
                for number, voucher in enumerate(self.ledger.vouchers.values()):
                    voucher[MODIFIED] = self._moment(voucher["TransactionDate"], number)
            elif resource.make:
                self._fill(resource)

    def size(self, name: str) -> int:
        """How many were wanted at the start; of a yearly resource, for each year."""
        return self.sizes.get(name, BY_NAME[name].size)

    @property
    def now(self) -> str:
        """The time of day in Stockholm, `YYYY-MM-DD HH:MM:SS`."""
        return f"{datetime.fromtimestamp(self.clock.now / 1000, UTC).astimezone(STOCKHOLM):%Y-%m-%d %H:%M:%S}"

    @property
    def today(self) -> str:
        """In Stockholm."""
        return self.now[:10]

    def link(self, path: str) -> str:
        """Where something of the API is."""
        return f"{self.url}/{path}"

    def row_id(self) -> int:
        """Rows of documents are numbered through the whole company."""
        self._rows += 1
        return self._rows

    def all(self, name: str) -> list[Json]:
        """Every record of a resource, in the order in which they were made."""
        if name not in self._lists:
            self._lists[name] = list(self.records[name].values())
        return self._lists[name]

    def count(self, name: str) -> int:
        """Of records."""
        return len(self.records[name])

    def nth(self, name: str, number: int) -> Json:
        """That record, from the start again after the last."""
        return self.all(name)[number % self.count(name)]

    def draw_key(self, name: str, draw: Draw) -> str | None:
        """The key of some record; None where there is none."""
        keys = list(self.records[name])
        return draw.choice(keys)[0] if keys else None

    def parent(self, name: str, draw: Draw) -> Json | None:
        """What a payment is for: the invoice with its number, or, later on, the oldest that is booked and not paid."""
        if not draw.new:
            return self.nth(name, draw.number)
        open_ = (r for r in self.all(name) if r["Booked"] and r["Balance"] and not (r["Cancelled"] or r.get("Credit")))
        return next(open_, None)

    def key(self, resource: Resource, record: Json) -> Key:
        """As in the path of the record, after the year where there is one for each."""
        fields = ("Year", *resource.key) if resource.yearly else resource.key
        return tuple(str(record[field]) for field in fields)

    def add(self, name: str) -> Json:
        """One more, made now, and booked where that is due. ValueError where there is nothing to make one of."""
        resource = known(name)
        if self.ledger.year(self.today) is None:
            raise ValueError(f"no financial year has {self.today}: add_year makes one")
        if resource.only or resource.yearly:
            raise ValueError(f"{name} cannot be added like this")
        record = self._make(resource)
        if resource.post and (posting := resource.post(self, record)):
            self.book(posting)
        return record

    def add_year(self) -> facts.Year:
        """The twelve months after the last, with accounts and series."""
        year = self.ledger.add_year()
        for resource in RESOURCES:
            if resource.yearly and resource.make:
                for _ in range(self.size(resource.name)):
                    self._make(resource)
        self._make(BY_NAME["financialyears"])
        return year

    def _make(self, resource: Resource) -> Json:
        draw = Draw(self.seed, resource.name, self.made[resource.name], self.today)
        draw.new = True
        record = self._record(resource, draw)
        if record is None:
            raise ValueError(f"there is nothing to make {resource.name} of")
        self.made[resource.name] += 1
        self._keep(resource, record)
        self.touch(resource.name, record)
        return record

    def book(self, posting: Posting) -> Json:
        """A voucher, made now."""
        voucher = self.ledger.book(posting)
        self.touch("vouchers", voucher)
        return voucher

    def touch(self, name: str, record: Json) -> None:
        """It was changed now."""
        record[MODIFIED] = self.now
        self.forget(name)

    def remove(self, name: str, record: Json) -> None:
        """No list tells of it."""
        del self.records[name][self.key(known(name), record)]
        self.forget(name)

    def forget(self, name: str) -> None:
        """Its records are others now."""
        self._lists.pop(name, None)

    def _record(self, resource: Resource, draw: Draw) -> Json | None:
        """ValueError where all that there is has been taken, or where there is nothing that it needs."""
        try:
            return resource.make(self, draw) if resource.make else None
        except (IndexError, ZeroDivisionError):
            raise ValueError(f"there is nothing to make {resource.name} of") from None

    def _fill(self, resource: Resource) -> None:
        """Spread over the years, in the order of time."""
        size = self.size(resource.name) * (len(self.ledger.years) if resource.yearly else 1)
        if resource.per:
            size = min(size, self.count(resource.per))
        start = self.ledger.years[0].start
        span = days(start, self.today)
        for number in range(size):
            draw = Draw(self.seed, resource.name, number, later(start, int(span * (number + 0.5) / size)))
            record = self._record(resource, draw)
            if record is not None:
                self._keep(resource, record)
                record[MODIFIED] = self._moment(record.get("PaymentDate", draw.day), number)
                if PAID in record:
                    name, key = record[PAID]
                    self.records[name][key][MODIFIED] = record[MODIFIED]
        self.made[resource.name] = size

    def _keep(self, resource: Resource, record: Json) -> None:
        self.records[resource.name][self.key(resource, record)] = record
        self.forget(resource.name)

    def _moment(self, day: str, number: int) -> str:
        """Some time of a day, never after now."""
        return min(f"{day} {8 + number % 9:02d}:{number % 60:02d}:{number % 59:02d}", self.now)
