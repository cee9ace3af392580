"""tap-fortnox against the sandbox: the books add up, and what changes is followed."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tap_fortnox.tap import TapFortnox
from tap_kit.writer import Writer

from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Messages = list[dict[str, Any]]
Table = dict[tuple[Any, ...], dict[str, Any]]

DOCUMENTS = {
    "invoices",
    "invoice_payments",
    "invoice_accruals",
    "orders",
    "offers",
    "tax_reductions",
    "supplier_invoices",
    "supplier_invoice_payments",
    "supplier_invoice_accruals",
    "cost_centers",
    "customers",
    "suppliers",
    "articles",
    "projects",
}
CALLED = {
    "asset_types": "assets_types",
    "company_settings": "settings_company",
    "custom_document_types": "document_types",
    "document_attachments": "attachments",
    "locked_period": "settings_lockedperiod",
    "manual_deliveries": "deliveries",
    "time_article_registrations": "time_articles",
    "vacation_debt_bases": "vacationdebtbasis",
    "warehouse_tenant": "warehouse_tenants",
}
SIZES = {"invoices": 80, "customers": 40, "supplierinvoices": 40, "orders": 15}
LEDGER = {"vouchers", "sie_balances", "accounts", "financial_years", "locked_period"}


class Sent(Writer):
    """Keeps the messages instead of writing them."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: Messages = []

    def flush(self) -> None:
        block, self._buffer = self._buffer, bytearray()
        self.messages += [json.loads(line, parse_float=Decimal) for line in bytes(block).splitlines()]


class InProcess(TapFortnox):
    message_writer_class = Sent


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A company whose clock shows the present time, and no limit."""
    with Sandbox(transactions=0) as sandbox:
        sandbox.fortnox.limit()
        sandbox.advance_clock((datetime.now(UTC) - datetime.fromisoformat(sandbox.now())).total_seconds())
        yield sandbox


@pytest.fixture
def read(sandbox: Sandbox) -> Callable[..., Messages]:
    """Run the tap in this process."""

    def run(*streams: str, state: Any = None, **settings: Any) -> Messages:
        fortnox = sandbox.fortnox
        config = {
            "client_id": fortnox.client_id,
            "client_secret": fortnox.client_secret,
            "tenant_id": str(fortnox.tenant_id),
            "organization_number": fortnox.organization_number,
            "api_url": fortnox.api_url,
            "auth_url": fortnox.auth_url,
            "requests_per_window": 5000,
        }
        found = json.loads(json.dumps(TapFortnox(validate_config=False).catalog_dict))
        chosen = [entry for entry in found["streams"] if not streams or entry["tap_stream_id"] in streams]
        for entry in chosen:
            (own,) = (part["metadata"] for part in entry["metadata"] if not part["breadcrumb"])
            own["selected"] = True
        tap = InProcess(
            config={**config, **settings},
            catalog={"streams": chosen},
            state=json.loads(json.dumps(state or {}, default=float)),
        )
        tap.run()
        assert isinstance(tap.message_writer, Sent)
        return tap.message_writer.messages

    return run


def state_of(messages: Messages) -> Any:
    return next(message["value"] for message in reversed(messages) if message["type"] == "STATE")


def load(tables: dict[str, Table], messages: Messages) -> dict[str, Table]:
    """Do what a target does."""
    keys = {message["stream"]: message["key_properties"] for message in messages if message["type"] == "SCHEMA"}
    versions: dict[str, Table] = defaultdict(dict)
    for message in messages:
        stream = message.get("stream", "")
        if message["type"] == "RECORD":
            row = message["record"]
            key = tuple(row[name] for name in keys[stream])
            table = versions[stream] if "version" in message else tables[stream]
            if row.get("_sdc_deleted_at"):
                table.pop(key, None)
            else:
                table[key] = row
        elif message["type"] == "ACTIVATE_VERSION":
            tables[stream] = versions[stream]
    return tables


def loaded(messages: Messages) -> dict[str, Table]:
    return load(defaultdict(dict), messages)


def movements(vouchers: Table) -> Counter[tuple[int, str]]:
    """By financial year and account, of the rows that are not struck out, in öre; every voucher balances."""
    moved: Counter[tuple[int, str]] = Counter()
    for voucher in vouchers.values():
        standing = [row for row in voucher["voucher_rows"] if not row["removed"]]
        assert sum(row["debit"] for row in standing) == sum(row["credit"] for row in standing), voucher
        for row in standing:
            moved[voucher["year"], row["account"]] += int((row["debit"] - row["credit"]) * 100)
    return moved


def assert_the_books_add_up(tables: dict[str, Table], sandbox: Sandbox) -> None:
    """Opening balance and movements make the closing balance: of the SIE file, and of the company's own books."""
    moved = movements(tables["vouchers"])
    balances = tables["sie_balances"]
    for (year, account), row in balances.items():
        closing = row["closing_balance"] if row["result"] is None else row["result"]
        assert int((row["opening_balance"] or 0) * 100) + moved[year, account] == int(closing * 100), (year, account)
    assert {key for key, amount in moved.items() if amount} <= balances.keys()
    for (year,) in tables["financial_years"]:
        own = sandbox.fortnox.trial_balance(year)
        assert {(year, str(account)): sums["closing"] for account, sums in own.items() if sums["closing"]} == {
            key: amount
            for key, row in balances.items()
            if key[0] == year
            and (amount := int((row["closing_balance"] if row["result"] is None else row["result"]) * 100))
        }


def followed(sandbox: Sandbox, read: Callable[..., Messages], *, changes: int, seed: int) -> None:
    """Load, let the company go on, load what changed: it is what a new load would be."""
    streams = (*LEDGER, *DOCUMENTS)
    sandbox.fortnox.settings(sizes=SIZES)
    messages = read(*streams)
    tables = loaded(messages)
    assert_the_books_add_up(tables, sandbox)
    sandbox.fortnox.storm(changes, seed=seed)
    later = read(*streams, state=state_of(messages))
    tables, fresh = load(tables, later), loaded(read(*streams))
    for stream in streams:
        assert tables[stream] == fresh[stream], stream
    assert_the_books_add_up(tables, sandbox)
    vouchers = {
        (str(v["Year"]), v["VoucherSeries"], str(v["VoucherNumber"])) for v in sandbox.fortnox.records("vouchers")
    }
    assert {(str(year), series, str(number)) for series, number, year in tables["vouchers"]} == vouchers
    assert sandbox.fortnox.side_effects() == []


def test_every_stream_has_what_the_company_has(sandbox: Sandbox, read: Callable[..., Messages]) -> None:
    """Payroll and what takes a licence, too."""
    tables = loaded(read())
    counts = {name.replace("_", ""): count for name, count in sandbox.fortnox.counts().items()}
    files = {
        stream: sum(len(folder["Files"]) for folder in sandbox.fortnox.records(root))
        for stream, root in (("archive_files", "archive"), ("inbox_files", "inbox"))
    }
    years = len(tables["financial_years"])
    assert len({year for year, _ in tables.pop("sie_balances")}) == years
    for stream, rows in tables.items():
        known = files.get(stream, counts.get(CALLED.get(stream, stream).replace("_", "")))
        assert len(rows) == known, stream
    assert tables.keys() | {"sie_balances"} == set(TapFortnox(validate_config=False).streams)
    assert sandbox.fortnox.side_effects() == []


def test_after_many_changes_an_incremental_run_leaves_what_a_full_load_would(
    sandbox: Sandbox, read: Callable[..., Messages]
) -> None:
    followed(sandbox, read, changes=200, seed=1)


@pytest.mark.storm
@pytest.mark.parametrize("seed", range(2, 12))
def test_any_changes_are_followed(sandbox: Sandbox, read: Callable[..., Messages], seed: int) -> None:
    followed(sandbox, read, changes=400, seed=seed)


def test_closed_years_say_the_same_by_sie_file_as_by_details(sandbox: Sandbox, read: Callable[..., Messages]) -> None:
    fortnox = sandbox.fortnox
    fortnox.mutate("lock", until="")
    fortnox.mutate("strike_rows", n=60)
    fortnox.mutate("lock", until="2025-12-31")
    by_file = loaded(read("vouchers"))
    asked = Counter(entry["path"].count("/") for entry in fortnox.log())
    fortnox.settings(refused={"sie": "right"})
    by_details = loaded(read("vouchers"))
    assert by_file == by_details
    assert any(row["removed"] for voucher in by_file["vouchers"].values() for row in voucher["voucher_rows"])
    assert asked[5] < len(by_file["vouchers"]) / 2


def test_files_that_leave_out_struck_rows_are_not_trusted(sandbox: Sandbox, read: Callable[..., Messages]) -> None:
    fortnox = sandbox.fortnox
    fortnox.mutate("lock", until="")
    fortnox.mutate("strike_rows", n=200)
    fortnox.mutate("lock", until="2025-12-31")
    fortnox.settings(sie_struck_rows="left_out")
    rows = [row for voucher in loaded(read("vouchers"))["vouchers"].values() for row in voucher["voucher_rows"]]
    truth = [row for voucher in fortnox.records("vouchers") for row in voucher["VoucherRows"]]
    assert sum(row["removed"] for row in rows) == sum(row["Removed"] for row in truth) > 0


def test_a_run_without_changes_asks_for_so_much_however_many_documents_there_are(
    sandbox: Sandbox, read: Callable[..., Messages]
) -> None:
    streams = (*LEDGER, *DOCUMENTS)
    sandbox.fortnox.settings(sizes=SIZES)
    state = state_of(read(*streams))
    before = len(sandbox.fortnox.log())
    sandbox.advance_clock(2 * 3600)
    messages = read(*streams, state=state)
    asked = Counter(entry["path"].removeprefix("/fortnox/") for entry in sandbox.fortnox.log()[before:])
    years = 6
    assert asked == {
        "oauth-v1/token": 1,
        "3/companyinformation": 2,  # is it the right one; whose locked period is it
        "3/settings/lockedperiod": 2,
        "3/financialyears": 4,
        "3/accounts": years,
        "3/sie/1": years,
        "3/sie/4": years,
        "3/vouchers": 2,  # the open ones
        "3/invoices": 1,
        "3/invoicepayments": 1,
        "3/invoiceaccruals": 1,
        "3/orders": 1,
        "3/offers": 1,
        "3/taxreductions": 1,
        "3/supplierinvoices": 1,
        "3/supplierinvoicepayments": 1,
        "3/supplierinvoiceaccruals": 1,
        "3/customers": 2,  # what changed; how many there are
        "3/suppliers": 2,
        "3/articles": 2,
        "3/projects": 2,
        "3/costcenters": 1,
    }
    full_tables = LEDGER - {"vouchers"} | {"cost_centers"}
    assert {message["stream"] for message in messages if message["type"] == "RECORD"} == full_tables


def test_the_limit_is_kept(sandbox: Sandbox, read: Callable[..., Messages]) -> None:
    """Fortnox's own: 25 requests in 5 s."""
    sandbox.fortnox.limit((25, 5.0))
    read("suppliers", requests_per_window=24)
    assert Counter(entry["status"] for entry in sandbox.fortnox.log())[200] > 25
    assert {entry["status"] for entry in sandbox.fortnox.log()} == {200}
