"""Facts about the Fortnox API that hold for every stream."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tap_kit.api import Api, Company, Page
from tap_kit.limiter import paced
from tap_kit.pages import PageReader
from tap_kit.table import Listing, Since

if TYPE_CHECKING:
    from tap_kit.api import Json, Params
    from tap_kit.client import Client
    from tap_kit.sign_in import SignIn
    from tap_kit.table import RawRecord

URL = "https://api.fortnox.se"
AUTH_URL = "https://apps.fortnox.se/oauth-v1"

# 25 requests in a moving window of 5 s, for each client id and company (Fortnox developer guide, Rate limits). Who
# sends exactly 25, or all of them at once, is refused: so one is left over for clocks that differ, and they go out
# one by one.
WINDOW, PER_WINDOW = 5_000, 24

# Not a limit of Fortnox's: enough for answers that take a second and more.
IN_FLIGHT = 8

# Dates and times are written without a zone, and mean the time of day in Sweden.
STOCKHOLM = ZoneInfo("Europe/Stockholm")

_CODE_IN_TEXT = re.compile(r"\((\d{7})\)")
_NO_FEATURE = "feature"


def fortnox(url: str, sign_in: SignIn, per_window: int = PER_WINDOW) -> Api:
    """Return Fortnox's API as seen by who signs in, with so many requests in 5 s."""
    return Api(
        vendor="Fortnox",
        url=url,
        sign_in=sign_in,
        rates=(paced(per_window, WINDOW),),
        in_flight=IN_FLIGHT,
        page_params=page_params,
        read_page=read_page,
        company=company,
        error_code=error_code,
        access_hint=lambda code: _ACCESS.get(code, "a scope, a licence or the user's right for it is missing"),
        access_codes=frozenset(_ACCESS),
        retry_codes=_TRY_AGAIN,
        credentials_hint="connect the company again, or check client_id, client_secret and tenant_id",
        not_json_hint="check api_url",
        zone=STOCKHOLM,
        no_right="API_NORIGHT",  # in place of a number that the user may not see
    )


_CONNECT = "the connection is no longer valid, or its user has not the right: connect the company again"
_ACCESS = {
    "2000310": _CONNECT,
    "2000311": _CONNECT,
    "2000663": "the connection has not the scope for it: connect the company again, with that scope",
    "2001101": "the company has no licence for it",
    "2001103": "the company has no licence for integrations",
    "2001393": "the connection has not the scope 'invoice', or the company no licence for it",
    "2002455": "the connection has not the scope 'bookkeeping', or the company no licence for it",
    "2003275": _CONNECT,
    "2004054": _CONNECT,
    _NO_FEATURE: "the company has no licence for it",
}

# "Internal error" and "system exception": of Fortnox's, though the status is 400 (recorded answers).
_TRY_AGAIN = frozenset({"1000003", "1000029"})

# "Invalid parameter": a list that does not take `lastmodified`.
UNKNOWN_PARAMETER = "2000588"


def company(client: Client) -> Company:
    """Return the company behind the connection, by its organization number."""
    record = PageReader(client, "3/companyinformation", "CompanyInformation", paged=False).fetch({}).records[0]
    return Company(str(record.get("CompanyName") or ""), str(record.get("OrganizationNumber") or ""))


def page_params(number: int) -> Params:
    """Pages count from 1 and hold at most 500 records."""
    return {"page": number, "limit": 500}


def read_page(body: Json, envelope: str) -> Page:
    """Return the page in an answer.

    `envelope` is the name of the list, with dots where it lies deeper, `|` between two names that it may have, and
    empty where nothing is around it. Lists that are not paged, and single objects, have no `MetaInformation`.
    """
    records = body
    for names in filter(None, envelope.split(".")):
        records = records[next((name for name in names.split("|") if name in records), names)]
    meta = (body.get("MetaInformation") if isinstance(body, dict) else None) or {}
    pages = meta.get("@TotalPages")
    return Page(
        records=[records] if isinstance(records, dict) else list(records or []),
        total=meta.get("@TotalResources"),
        pages=pages,
        more=pages is not None and meta.get("@CurrentPage", 1) < pages,
    )


def error_code(body: Json) -> str:
    """Return the code of an error.

    404 answers spell `Code` and 400 answers `code` (recorded answers); OAuth and the gateway have `error` or `message`
    alone, and old refusals are a sentence with the code in brackets.
    """
    if isinstance(body, str):
        found = _CODE_IN_TEXT.search(body)
        return found[1] if found else ""
    said: dict[str, Any] = {name.lower(): value for name, value in (body.get("ErrorInformation") or body).items()}
    if "feature inte tillgänglig" in str(said.get("message")).lower():
        return _NO_FEATURE
    return str(said.get("code") or said.get("error") or said.get("message") or "")


def wall_clock(moment: datetime) -> str:
    """Write a moment as Fortnox takes it: Swedish time of day."""
    return moment.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M:%S")


# Clocks go back by an hour in autumn, and no two clocks agree (Fortnox shows no time of change in any record).
_OVERLAP = timedelta(minutes=70)

LAST_MODIFIED = Since("lastmodified", wall_clock, _OVERLAP, frozenset({UNKNOWN_PARAMETER}))

# Registers, whose records can be deleted: documents can be cancelled alone.
DELETABLE = replace(LAST_MODIFIED, deletable=True)


def _this_week(record: RawRecord) -> Any:
    """A listed record, and the week of the year."""
    return record, datetime.now(UTC).isocalendar()[:2]


# For lists that do not take `lastmodified`, or are not known to, and show little of their records: their details are
# asked for when a listed record is new or differs, and of all in the first run of each week.
COMPARED = Listing(fingerprint=_this_week)
