"""The company, its user, and how it has set up Fortnox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tap_kit.pages import PageReader
from tap_kit.table import Partition, RawRecord, Stream

from tap_fortnox.records import plain
from tap_fortnox.years import first_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.client import Client
    from tap_kit.table import Settings

SETTINGS = "settings"
FIRST_YEAR_OF_THE_LIMIT = 2021  # of the EU's rules on VAT of sales to consumers


def of_the_company(client: Client, _: Settings) -> Iterator[Partition]:
    """Settings that carry no identifier get that of the company."""
    pages = PageReader(client, "3/companyinformation", "CompanyInformation", paged=False)
    yield Partition({"DatabaseNumber": pages.fetch({}).records[0].get("DatabaseNumber")})


def with_company(record: RawRecord, part: Partition) -> RawRecord:
    """A record with the number of the company that it is about."""
    return {**plain(record, part), **part.context}


def calendar_years(client: Client, settings: Settings) -> Iterator[Partition]:
    """Each calendar year that the books reach into."""
    first = max(first_day(client, settings).year, FIRST_YEAR_OF_THE_LIMIT)
    for year in range(first, datetime.now(UTC).year + 1):
        yield Partition({"year": year}, {"year": year})


COMPANY = (
    Stream(
        "company_information",
        path="3/companyinformation",
        envelope="CompanyInformation",
        key=("database_number",),
        paged=False,
        prepare=plain,
        scope="companyinformation",
    ),
    Stream(
        "company_settings",
        path="3/settings/company",
        envelope="CompanySettings",
        key=("database_number",),
        paged=False,
        prepare=plain,
        scope=SETTINGS,
    ),
    Stream(
        "locked_period",
        path="3/settings/lockedperiod",
        envelope="LockedPeriod",
        key=("database_number",),
        paged=False,
        per=of_the_company,
        prepare=with_company,
        scope="settings companyinformation",
    ),
    Stream(
        "me",
        path="3/me",
        envelope="MeInformation|Me",
        paged=False,
        prepare=plain,
        scope="profile",
        selected=False,
    ),
    Stream("labels", path="3/labels", envelope="Labels", paged=False, prepare=plain, scope=SETTINGS),
    Stream(
        "print_templates",
        path="3/printtemplates",
        envelope="PrintTemplates",
        key=("template",),
        paged=False,
        prepare=plain,
        scope="print",
    ),
    Stream(
        "email_senders",
        path="3/emailsenders",
        envelope="EmailSenders",
        key=("database_number",),
        paged=False,
        per=of_the_company,
        prepare=with_company,
        scope="settings companyinformation",
        selected=False,
    ),
    Stream(
        "eu_vat_limit_regulation",
        path="3/euvatlimitregulation",
        envelope="EUVatLimitRegulation",
        key=("year",),
        paged=False,
        per=calendar_years,
        prepare=plain,
        scope="settings bookkeeping",
        selected=False,
    ),
)
