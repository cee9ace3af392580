"""Business partners and persons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tap_kit.details import Details
from tap_kit.errors import AccessError
from tap_kit.pages import PageReader
from tap_kit.table import Listing, Partition, Stream

from tap_procountor.api import BATCH, VERSION_NEAR_NEWEST_ID
from tap_procountor.shapes import AFTER, BY_ID, KEY, RESULTS, child, children, of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.api import Page
    from tap_kit.client import Client
    from tap_kit.table import Settings

OF_PARTNER, OF_PERSON = ("company_id", "business_partner_id"), ("company_id", "person_id")

# Persons who left are not listed unless asked for.
ALL_PERSONS = {"includeInactive": "true", **BY_ID}


def active_or_not(_: Client, __: Settings) -> Iterator[Partition]:
    """The list holds active partners unless it is asked for the others, and then only these."""
    for active in (True, False):
        yield Partition({"active": active}, {"active": str(active).lower()})


def persons(client: Client, _: Settings) -> Iterator[Partition]:
    """Persons, each with the version that the partner register shows: their own list has none."""

    def read() -> Iterator[Page]:
        versions = _versions(client)
        for page in PageReader(client, "persons", RESULTS).read(ALL_PERSONS):
            yield replace(page, records=[{**one, "version": versions.get(one.get("id"))} for one in page.records])

    yield Partition(read=read)


def _versions(client: Client) -> dict[object, str | None]:
    """Return when each person last changed, as long as the partner register holds persons (release notes 25.06)."""
    found: dict[object, str | None] = {}
    pages = PageReader(client, "businesspartners", RESULTS, after=AFTER)
    try:
        for part in active_or_not(client, {}):
            for page in pages.read({"type": "PERSON", **part.params, **BY_ID}):
                found.update((record.get("id"), record.get("version")) for record in page.records)
    except AccessError:  # a user may see persons and no partners
        return {}
    return found


PARTNERS = (
    Stream(
        "business_partners",
        path="businesspartners",
        key=KEY,
        envelope=RESULTS,
        cursor=VERSION_NEAR_NEWEST_ID,
        per=active_or_not,
        details=Details("businesspartners/{id}", batch=BATCH),
        after=AFTER,
    ),
    Stream("business_partner_groups", path="businesspartners/groups", key=KEY, envelope=RESULTS),
    Stream(
        "business_partner_default_accounts",
        path="businesspartners",
        key=OF_PARTNER,
        envelope=RESULTS,
        cursor=VERSION_NEAR_NEWEST_ID,
        per=active_or_not,
        details=child("businesspartners/{id}/defaults/accounts"),
        prepare=of("businessPartnerId"),
        after=AFTER,
        selected=False,
        needs="a request a partner",
    ),
    Stream(
        "business_partner_default_dimensions",
        path="businesspartners",
        key=OF_PARTNER,
        envelope=RESULTS,
        cursor=VERSION_NEAR_NEWEST_ID,
        per=active_or_not,
        details=children("dimensions", "businesspartners/{id}/defaults/dimensions"),
        prepare=of("businessPartnerId"),
        after=AFTER,
        selected=False,
        needs="a request a partner",
    ),
    Stream(
        "business_partner_default_products",
        path="businesspartners",
        key=OF_PARTNER,
        envelope=RESULTS,
        cursor=VERSION_NEAR_NEWEST_ID,
        per=active_or_not,
        details=children("products", "businesspartners/{id}/defaults/products"),
        prepare=of("businessPartnerId"),
        after=AFTER,
        selected=False,
        needs="a request a partner",
    ),
    Stream(
        "persons",
        path="persons",
        key=KEY,
        envelope=RESULTS,
        cursor=Listing(),
        per=persons,
        details=Details("persons/{id}"),
        needs="the right to the person register",
    ),
    Stream(
        "person_default_dimensions",
        path="persons",
        key=OF_PERSON,
        envelope=RESULTS,
        params=ALL_PERSONS,
        details=children("dimensions", "persons/{id}/defaults/dimensions"),
        prepare=of("personId"),
        selected=False,
        needs="the right to the person register; a request a person",
    ),
    Stream(
        "person_default_products",
        path="persons",
        key=OF_PERSON,
        envelope=RESULTS,
        params=ALL_PERSONS,
        details=children("products", "persons/{id}/defaults/products"),
        prepare=of("personId"),
        selected=False,
        needs="the right to the person register; a request a person",
    ),
)
