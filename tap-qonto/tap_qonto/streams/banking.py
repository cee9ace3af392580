"""Accounts and what happens on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_kit.errors import ConfigError, RequestRefusedError
from tap_kit.pages import PageReader
from tap_kit.table import Partition, RawRecord, Stream

from tap_qonto.api import OAUTH, UPDATED_AT
from tap_qonto.iban import compact
from tap_qonto.streams.organization import WITH_EXTERNAL, with_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.client import Client
    from tap_kit.table import Settings

# Without a status only completed transactions come back, and of several in one call only one may count: so each
# is asked for by itself. Pending comes first, so that what settles meanwhile is sent last, as completed.
STATUSES = ("pending", "declined", "completed")


def label(record: RawRecord, _: Partition) -> RawRecord:
    """A label without a parent had an empty parent_id in old answers."""
    return {**record, "parent_id": record.get("parent_id") or None}


def transaction(record: RawRecord, part: Partition) -> RawRecord | None:
    """Old answers leave out the account, which the request named. Of another account or status it is not ours here."""
    asked = part.params.get("bank_account_id")
    account, status = record.get("bank_account_id") or asked, record.get("status")
    if account != (asked or account) or (status in STATUSES and status != part.params["status[]"]):
        return None
    return {**with_id(record, part), "bank_account_id": account}


def transaction_date(record: RawRecord) -> str | None:
    """The day a transaction belongs to: when it settled, or was emitted if it has not."""
    return record.get("settled_at") or record.get("emitted_at")


def external_only(record: RawRecord, part: Partition) -> RawRecord | None:
    """/bank_accounts lists Qonto's own accounts; the organization adds those at other banks."""
    if part.path == "organization" and not record.get("is_external_account"):
        return None
    return with_id(record, part)


def all_accounts(_: Client, __: Settings) -> tuple[Partition, ...]:
    """Own accounts, then accounts at other banks."""
    return (
        Partition(),
        Partition(path="organization", envelope="organization.bank_accounts", params=WITH_EXTERNAL),
    )


def account_and_status(client: Client, settings: Settings) -> Iterator[Partition]:
    """Each status of each account, or of those in the setting `ibans`.

    Accounts at other banks may have no IBAN, accounts in very old answers no id.

    Raises:
        ConfigError: there is no account with an IBAN of the settings.
    """
    wanted = {compact(iban) for iban in settings.get("ibans") or ()}
    accounts = [account for account in _accounts(client) if not wanted or compact(account.get("iban") or "") in wanted]
    if missing := wanted - {compact(account.get("iban") or "") for account in accounts}:
        endings = ", ".join(f"…{iban[-4:]}" for iban in sorted(missing))
        raise ConfigError(f"ibans: the organization has no bank account {endings}")
    seen: set[str] = set()
    for account in accounts:
        name = "bank_account_id" if account.get("id") else "iban"
        value = account.get("id") or account.get("iban")
        if not value or seen & {value, account.get("iban")}:
            continue
        seen |= {value, account.get("iban") or value}
        for status in STATUSES:
            yield Partition({name: value, "status": status}, {name: value, "status[]": status})


def _accounts(client: Client) -> Iterator[RawRecord]:
    try:
        for page in PageReader(client, "bank_accounts", "bank_accounts").read({}):
            yield from page.records
    except RequestRefusedError:  # the organization lists the accounts too
        pass
    yield from PageReader(client, "organization", "organization.bank_accounts").fetch(WITH_EXTERNAL).records


BANKING = (
    Stream("bank_accounts", path="bank_accounts", per=all_accounts, prepare=external_only),
    Stream(
        "transactions",
        path="transactions",
        cursor=UPDATED_AT,
        per=account_and_status,
        params={"includes[]": ["vat_details", "labels", "attachments"]},
        prepare=transaction,
        date=transaction_date,
    ),
    Stream("labels", path="labels", prepare=label),
    Stream("cash_flow_categories", path="cash_flow_categories", scope="cash_flow_category.read", selected=False),
    Stream("cards", path="cards", scope="card.read", needs=OAUTH, selected=False),
    Stream("terminals", path="terminals", scope="terminal.read", needs=OAUTH, selected=False),
)
