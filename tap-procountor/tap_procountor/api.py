"""Facts about the Procountor API, version 26.04, that hold for every stream."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tap_kit.api import Api, Company, Page
from tap_kit.changes import ByKey
from tap_kit.limiter import Duration, paced
from tap_kit.pages import PageReader
from tap_kit.table import Cursor

from tap_procountor.shapes import BY_ID, RESULTS, WHOLE

if TYPE_CHECKING:
    from datetime import datetime

    from tap_kit.api import Json, Params
    from tap_kit.client import Client
    from tap_kit.sign_in import SignIn

URL = "https://api.procountor.com/latest/api"
LOGIN_URL = "https://api.procountor.com/login"

# The documentation knows two limits per API client, 20 and 60 requests a second ("API requests", two editions),
# shared by all companies of the client; going beyond may end in the client's suspension.
REQUESTS_PER_SECOND = 10

# Not a limit of Procountor's: enough to hide the latency at the rate above.
IN_FLIGHT = 8

# `size` is 50 unless told otherwise, at most 200; as many ids fit into one request for details (OpenAPI 26.04).
PAGE = BATCH = 200

# Moments come and go without a zone ("API requests"). Finnish time is what the user interface shows.
ZONE = ZoneInfo("Europe/Helsinki")

INVOICEABLE = (
    "'Allow the usage of invoiceable API clients' must be on "
    "(Management > Company info > Usage settings > Integration settings)"
)
_CREDENTIALS = f"check client_id, client_secret and api_key, or sign in again with tap-procountor login; {INVOICEABLE}"
_ACCESS = f"the user behind the credentials has no right to it, or the company not the product; {INVOICEABLE}"


def procountor(url: str, sign_in: SignIn, requests_per_second: int) -> Api:
    """Return Procountor's API as seen with the credentials of one company."""
    return Api(
        vendor="Procountor",
        url=url,
        sign_in=sign_in,
        rates=(paced(requests_per_second, Duration.SECOND),),
        in_flight=IN_FLIGHT,
        page_params=page_params,
        size_params={"size": PAGE},
        read_page=read_page,
        company=company,
        error_code=error_code,
        access_hint=lambda _: _ACCESS,
        credentials_hint=_CREDENTIALS,
        not_json_hint="check api_url: a version's path ends after nine months",
        retry_codes=frozenset({"UNABLE_TO_GET_CONNECTION"}),  # under load (release notes 25.02)
        zone=ZONE,
    )


def company(client: Client) -> Company:
    """Return the company behind the credentials; a token is of one user in one company (OpenAPI, SessionInfo)."""
    (session,) = PageReader(client, "sessioninfo", "", paged=False).fetch({}).records
    return Company(str(session.get("name")), str(session["companyId"]))


def page_params(number: int) -> Params:
    """Pages count from 0."""
    return {"page": number - 1, "size": PAGE}


def read_page(body: Json, envelope: str) -> Page:
    """Return the page in an answer.

    `results` may be missing where there are none, and so may `meta`. Some calls are documented with one object where
    their text speaks of a list: an object, an array and `results` are all taken. `totalCount` is documented and not
    always delivered, so the last page is the one that is not full.
    """
    answer: dict[str, Any] = {envelope or RESULTS: body} if isinstance(body, list) else body
    meta = answer.get("meta") or {}
    found: Json = []
    if envelope not in (WHOLE, RESULTS) or not set(answer) <= {"meta"}:
        found = answer[envelope] if envelope else answer.get(RESULTS, answer)
    items = [found] if isinstance(found, dict) else found or ()
    records = [_record(item) for item in items if item is not None and item != {}]
    return Page(records=records, more=len(records) >= (meta.get("pageSize") or PAGE))


def _record(item: Json) -> dict[str, Any]:
    """Some lists hold bare values."""
    return item if isinstance(item, dict) else {"value": item}


def error_code(body: Json) -> str:
    """Return the code in an error's body: of the API, of its validation in 2020, or of OAuth."""
    if isinstance(body, str):
        return ""
    if violations := body.get("constraintViolations"):
        return str(violations[0].get("errorCode") or "")
    if errors := body.get("errors"):
        return str(errors[0].get("message") or "")
    return str(body.get("error") or "")


def moment_text(value: datetime) -> str:
    """Write a moment as the filters take it: in Finnish time, without a zone."""
    return f"{value.astimezone(ZONE):%Y-%m-%dT%H:%M:%S}"


def day_text(value: datetime) -> str:
    """Write the day of a moment in Finland."""
    return f"{value.astimezone(ZONE):%Y-%m-%d}"


def changes(newest_first: dict[str, str]) -> Cursor:
    """Return how a list is followed that can be filtered by `version`, the moment of the last change.

    An hour is read again: clocks without a zone go back by one in autumn. Which of several sort parameters holds is
    not documented, so one is sent at a time.
    """
    return Cursor(
        column="version",
        reading=ByKey,
        since="versionStartDate",
        order=BY_ID,
        newest_first=newest_first,
        text=moment_text,
        tick=timedelta(seconds=1),
        overlap=timedelta(hours=1),
    )


VERSION = changes({"orderByVersion": "DESC"})
# Partners cannot be sorted by version: those with the highest ids changed lately, too.
VERSION_NEAR_NEWEST_ID = changes({"orderById": "DESC"})
