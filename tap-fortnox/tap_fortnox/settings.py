"""What can be set, and whether it makes sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from singer_sdk import typing as th
from tap_kit.errors import ConfigError
from tap_kit.settings import COLUMNS_FILE, HASH_KEY, REPORT_DIR, START_DATE, TOKEN_STORE, USER_AGENT

from tap_fortnox.api import AUTH_URL, PER_WINDOW, URL, WINDOW

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS = th.PropertiesList(
    th.Property(
        "client_id",
        th.StringType,
        required=True,
        title="Client id",
        description="Of the integration, from Fortnox's developer portal.",
    ),
    th.Property(
        "client_secret",
        th.StringType,
        required=True,
        secret=True,
        title="Client secret",
        description="Of the integration.",
    ),
    th.Property(
        "tenant_id",
        th.StringType,
        title="Tenant id",
        description="The company's database number, where the integration is connected as a service account. "
        "Then no refresh token is needed.",
    ),
    th.Property(
        "refresh_token",
        th.StringType,
        secret=True,
        title="Refresh token",
        description="From connecting the company elsewhere than with `tap-fortnox login`, which needs none here. "
        "It is used once: from then on the newest one is in the token store.",
    ),
    TOKEN_STORE,
    th.Property(
        "organization_number",
        th.StringType,
        title="Organization number",
        description="Of the company that is meant: a connection to another one stops the run.",
    ),
    START_DATE,
    COLUMNS_FILE,
    HASH_KEY,
    REPORT_DIR,
    th.Property(
        "requests_per_window",
        th.IntegerType(minimum=5, maximum=WINDOW),
        default=PER_WINDOW,
        title="Requests per window",
        description="How many requests are sent in 5 seconds; Fortnox allows 25. Less, where others use the same "
        "integration.",
    ),
    th.Property(
        "api_url",
        th.StringType,
        default=URL,
        title="API URL",
        description="Where the API is: /3/… and /api/… lie under it.",
    ),
    th.Property(
        "auth_url",
        th.StringType,
        default=AUTH_URL,
        title="Sign-in URL",
        description="Where tokens come from: /token lies under it.",
    ),
    USER_AGENT,
).to_dict()


def checked(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the settings, addresses without a slash at their end.

    Raises:
        ConfigError: they cannot be right.
    """
    if config.get("tenant_id") and config.get("refresh_token"):
        raise ConfigError("set either tenant_id (of a service account) or refresh_token, not both")
    if not (config.get("tenant_id") or "0").isdigit():
        raise ConfigError("tenant_id is not a number: it is the company's database number")
    urls = {name: config[name].rstrip("/") for name in ("api_url", "auth_url")}
    for name, example in (("api_url", URL), ("auth_url", AUTH_URL)):
        if urlsplit(urls[name]).scheme not in ("http", "https") or not urlsplit(urls[name]).hostname:
            raise ConfigError(f"{name} is not a URL such as {example}")
    return {**config, **urls}


def same_company(number: str, other: str) -> bool:
    """Return whether two organization numbers are one: a leading century, hyphens and spaces do not matter."""
    return _digits(number) == _digits(other)


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit())[-10:]
