"""What can be set, and whether it makes sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from singer_sdk import typing as th
from tap_kit.errors import ConfigError
from tap_kit.settings import COLUMNS_FILE, FILES_URI, HASH_KEY, REPORT_DIR, START_DATE, TOKEN_STORE, USER_AGENT

from tap_procountor.api import LOGIN_URL, REQUESTS_PER_SECOND, URL

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path

SETTINGS = th.PropertiesList(
    th.Property(
        "client_id",
        th.StringType,
        required=True,
        title="Client ID",
        description="Of the integration, as Procountor issues it.",
    ),
    th.Property(
        "client_secret",
        th.StringType,
        required=True,
        secret=True,
        title="Client secret",
        description="Of the integration, as Procountor issues it.",
    ),
    th.Property(
        "api_key",
        th.StringType,
        secret=True,
        title="API key",
        description="Of a technical API user in the company. Without it, a user signs in with `tap-procountor login`.",
    ),
    th.Property(
        "refresh_token",
        th.StringType,
        secret=True,
        title="Refresh token",
        description="Of somebody who signed in elsewhere than with `tap-procountor login`, which needs none here.",
    ),
    th.Property(
        "redirect_uri",
        th.StringType,
        title="Redirect URI",
        description="The address that Procountor knows the integration by, and sends the browser back to.",
    ),
    TOKEN_STORE,
    th.Property(
        "company_id",
        th.IntegerType,
        title="Company ID",
        description="The company that is meant: credentials of another one end the run before anything is read.",
    ),
    START_DATE,
    COLUMNS_FILE,
    HASH_KEY,
    FILES_URI,
    REPORT_DIR,
    th.Property(
        "requests_per_second",
        th.IntegerType,
        default=REQUESTS_PER_SECOND,
        title="Requests per second",
        description="The share of the integration's limit that the tap may use; all its companies share one limit.",
    ),
    th.Property(
        "api_url",
        th.StringType,
        default=URL,
        title="API URL",
        description="Where the API is. Change it for another version, the test server or a stand-in.",
    ),
    th.Property(
        "auth_url",
        th.StringType,
        title="Token URL",
        description="Where tokens are issued, at /oauth/token under it. The same as api_url if not set.",
    ),
    th.Property(
        "login_url",
        th.StringType,
        default=LOGIN_URL,
        title="Login URL",
        description="Where a user signs in, for `tap-procountor login`.",
    ),
    USER_AGENT,
).to_dict()


def check(settings: Mapping[str, Any]) -> None:
    """Raise ConfigError if a setting cannot be right."""
    if settings.get("api_key") and settings.get("refresh_token"):
        raise ConfigError("set either api_key (of a technical API user) or refresh_token (of a user), not both")
    if settings["requests_per_second"] < 1:
        raise ConfigError("requests_per_second must be at least 1")
    for name in ("api_url", "auth_url", "login_url"):
        url = urlsplit(settings.get(name) or URL)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise ConfigError(f"{name} is not a URL such as {URL}")


def token_url(settings: Mapping[str, Any]) -> str:
    """Return where tokens are issued."""
    url = str(settings.get("auth_url") or settings.get("api_url", URL)).rstrip("/")
    return f"{url.removesuffix(TOKEN_PATH)}{TOKEN_PATH}"
