"""Facts about the Qonto Business API v2 that hold for every stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_kit.api import Api, Company, Page
from tap_kit.changes import NewestFirst, Settled
from tap_kit.consent import Consent
from tap_kit.frames import Frames
from tap_kit.grant import Grant
from tap_kit.limiter import Duration, Rate
from tap_kit.pages import PageReader
from tap_kit.sign_in import ApiKey
from tap_kit.table import Cursor
from tap_kit.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tap_kit.api import Json, Params
    from tap_kit.client import Client
    from tap_kit.sign_in import SignIn
    from tap_kit.token_store import TokenStore

URL = "https://thirdparty.qonto.com/v2"
AUTH_URL = "https://oauth.qonto.com/oauth2"

# 1,000 requests in 10 s and 10,000 in 10 min per IP address (docs.qonto.com, "Rate limitations").
# A little longer, as some requests take longer to arrive than others.
RATES = (Rate(1_000, 10 * Duration.SECOND + 50), Rate(10_000, 10 * Duration.MINUTE + 50))

# What a stream needs that no API key reaches (docs.qonto.com, "Authentication": a table of endpoints).
OAUTH = "OAuth 2.0"

# Not a limit of Qonto's: enough to hide the latency, few enough to be a polite neighbour.
IN_FLIGHT = 12


def qonto(url: str, sign_in: SignIn) -> Api:
    """Return Qonto's API as seen with a credential."""
    return Api(
        vendor="Qonto",
        url=url,
        sign_in=sign_in,
        rates=RATES,
        in_flight=IN_FLIGHT,
        page_params=page_params,
        read_page=read_page,
        company=company,
        error_code=error_code,
        access_hint=lambda code: _ACCESS.get(code, _ACCESS["forbidden"]),
        credentials_hint="check api_key, <organization slug>:<secret key> from the app's Integrations, "
        "or sign in again with tap-qonto login",
        not_json_hint=SIGN_ON,
    )


def by_key(api_key: str, staging: Mapping[str, str], store: TokenStore | None) -> SignIn:
    """Sign requests with an API key, `<organization slug>:<secret key>`."""
    return ApiKey({"Authorization": api_key, **staging}, store)  # as it is: neither Basic nor Bearer


def by_oauth(settings: Mapping[str, Any], store: TokenStore, staging: Mapping[str, str]) -> SignIn:
    """Sign requests with access tokens that a refresh token gives; it is another one after every use."""
    url = settings["auth_url"].rstrip("/")
    grant = Grant(
        vendor="Qonto",
        url=f"{url}/token",
        client_id=settings["client_id"],
        # A public app has no secret, as Qonto's own command line has none: it signs in with PKCE alone.
        client_secret=settings.get("client_secret") or "",
        basic=False,  # into the form (docs.qonto.com, "Exchange authorization code for tokens")
        form={"grant_type": "refresh_token"},
        headers=staging,
        refresh_token=settings.get("refresh_token"),
        sign_in_again="it is used up, revoked or older than 90 days: sign in again with tap-qonto login",
        not_json_hint=SIGN_ON,
        consent=Consent(
            url=f"{url}/auth",
            # 90 days, and 60 seconds after its first use (docs.qonto.com, "Refresh tokens").
            days=90,
            renews=True,
            # Without offline_access there is no refresh token (docs.qonto.com, "Refresh tokens").
            scope="offline_access organization.read",
            pkce=True,
            revoke_url=f"{url}/revoke",
        ),
    )
    return Tokens(grant, store, headers=staging)


# Without the token Qonto's sandbox shows a sign-on page, also to requests for tokens (docs.qonto.com, "Sandbox").
STAGING_HEADER = "X-Qonto-Staging-Token"
SIGN_ON = "check api_url and auth_url; Qonto's sandbox shows a sign-on page to whoever has no valid staging_token"

_ACCESS = {
    "forbidden": "the role, plan or scope behind the credentials does not include it",
    "unauthorized": "it needs OAuth 2.0, an API key does not reach it",
    "authorization_token_invalid": "it needs OAuth 2.0, an API key does not reach it",
}


def company(client: Client) -> Company:
    """Return the organization behind the credentials; one consent, or one key, is for one."""
    (organization,) = PageReader(client, "organization", "organization", paged=False).fetch({}).records
    return Company(str(organization.get("name") or organization.get("legal_name")), str(organization["slug"]))


def page_params(number: int) -> Params:
    """Pages count from 1 and hold at most 100 records; the default differs from list to list."""
    return {"page": number, "per_page": 100}


def read_page(body: Json, envelope: str) -> Page:
    """Return the page in an answer. `meta` is missing on some lists, and differs on others.

    `next_page` may be missing or 0 on a last page; quotes say `total` for `total_count`.
    """
    records = body
    for name in envelope.split("."):
        records = records[name]
    meta = body.get("meta") or {}
    return Page(
        records=[records] if isinstance(records, dict) else list(records or []),
        total=meta.get("total_count", meta.get("total")),
        pages=meta.get("total_pages"),
        more=bool(meta.get("next_page")),
    )


def error_code(body: Json) -> str:
    """Return the code of an error body: `errors` is a list, on some answers an object, or left out."""
    errors: Any = body.get("errors") or body
    first = errors[0] if isinstance(errors, list) else errors
    return str(first.get("code") or "")


def moment_text(value: datetime) -> str:
    """Write a moment as the filters take it: UTC, with milliseconds."""
    return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"


UPDATED_AT = Cursor(
    column="updated_at",
    reading=Frames,
    since="updated_at_from",
    until="updated_at_to",
    order={"sort_by": "updated_at:asc"},
    newest_first={"sort_by": "updated_at:desc"},
    text=moment_text,
)

# Lists that can be bounded to the moment of the last change, but not sorted by it.
FILTER_UPDATED_AT = Cursor(
    column="updated_at",
    reading=Settled,
    since="filter[updated_at_from]",
    text=moment_text,
)

# Lists that come newest change first, by themselves or when asked to; they cannot (or cannot surely) be bounded.
NEWEST_FIRST = Cursor(column="updated_at", reading=NewestFirst)
SORTED_NEWEST_FIRST = Cursor(column="updated_at", reading=NewestFirst, order={"sort_by": "updated_at:desc"})
