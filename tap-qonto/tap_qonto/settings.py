"""What can be set, and whether it makes sense."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from singer_sdk import typing as th
from tap_kit.errors import ConfigError
from tap_kit.settings import COLUMNS_FILE, FILES_URI, HASH_KEY, REPORT_DIR, START_DATE, TOKEN_STORE, USER_AGENT

from tap_qonto.api import AUTH_URL, URL
from tap_qonto.iban import is_iban

if TYPE_CHECKING:
    from collections.abc import Mapping

OAUTH = ("client_id", "client_secret", "refresh_token")

_API_KEY = re.compile(r"[^\s:]+:[^\s:]+")

SETTINGS = th.PropertiesList(
    th.Property(
        "api_key",
        th.StringType,
        secret=True,
        title="API key",
        description="<organization slug>:<secret key>, from the Qonto app under Integrations. "
        "Either this, or client_id to sign in with `tap-qonto login`.",
    ),
    th.Property(
        "client_id",
        th.StringType,
        title="Client ID",
        description="Of an app in Qonto's Developer Portal, for OAuth 2.0, which reaches lists that no API key does.",
    ),
    th.Property(
        "client_secret",
        th.StringType,
        secret=True,
        title="Client secret",
        description="Of that app; a public app has none.",
    ),
    th.Property(
        "refresh_token",
        th.StringType,
        secret=True,
        title="Refresh token",
        description="Of somebody who signed in elsewhere than with `tap-qonto login`, which needs none here. "
        "Qonto gives another one at every use, which token_store keeps.",
    ),
    TOKEN_STORE,
    th.Property(
        "staging_token",
        th.StringType,
        secret=True,
        title="Staging token",
        description="Of the Developer Portal, for Qonto's own sandbox only.",
    ),
    th.Property(
        "organization_slug",
        th.StringType,
        title="Organization slug",
        description="With credentials of another organization, the run ends before anything is read.",
    ),
    START_DATE,
    th.Property(
        "ibans",
        th.ArrayType(th.StringType),
        title="IBANs",
        description="Read the transactions of these bank accounts only. Without it those of all accounts are read.",
    ),
    COLUMNS_FILE,
    HASH_KEY,
    FILES_URI,
    REPORT_DIR,
    th.Property(
        "api_url",
        th.StringType,
        default=URL,
        title="API URL",
        description="Where the API is. Change it for Qonto's sandbox or a stand-in.",
    ),
    th.Property(
        "auth_url",
        th.StringType,
        default=AUTH_URL,
        title="OAuth URL",
        description="Where /auth, /token and /revoke are.",
    ),
    USER_AGENT,
).to_dict()


def check(settings: Mapping[str, Any]) -> None:
    """Raise ConfigError for what cannot be right, before anything is asked."""
    key, given = settings.get("api_key"), [name for name in OAUTH if settings.get(name)]
    if key and given:
        raise ConfigError(f"api_key and {', '.join(given)} are set: one credential is enough, remove the other")
    if not key and "client_id" not in given:
        message = "set client_id" if given else "set api_key, or client_id and client_secret of an app"
        raise ConfigError(f"{message}, and sign in with tap-qonto login")
    if key and not _API_KEY.fullmatch(key):
        raise ConfigError("api_key is not of the form <organization slug>:<secret key>, without spaces or line breaks")
    if wrong := [name for name in (*OAUTH, "staging_token") if re.search(r"\s", settings.get(name) or "")]:
        raise ConfigError(f"{', '.join(wrong)}: contains spaces or line breaks")
    if wrong := [iban for iban in settings.get("ibans") or () if not is_iban(iban)]:
        raise ConfigError(f"ibans: {len(wrong)} of them cannot be right, their check digits do not fit")
    for name, example in (("api_url", URL), ("auth_url", AUTH_URL)):
        url = urlsplit(settings[name])
        if url.scheme not in ("http", "https") or not url.hostname:
            raise ConfigError(f"{name} is not a URL such as {example}")
