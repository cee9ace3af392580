"""A BigQuery client for the settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import google.auth
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import DefaultCredentialsError, MalformedError
from google.cloud import bigquery
from google.cloud.bigquery import client as bigquery_client
from requests.adapters import HTTPAdapter

from target_bigquery.errors import ConfigError

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

    from target_bigquery.settings import Settings

CONNECTIONS = 64
UPLOAD = 20 << 20  # bytes of a file in memory at once
SCOPES = ("https://www.googleapis.com/auth/bigquery",)


def client(settings: Settings) -> bigquery.Client:
    """Connects lazily: nothing is sent before the first request.

    Raises:
        ConfigError: the credentials are missing or no service account's.
    """
    options = {}
    if settings.api_endpoint:
        endpoint = settings.api_endpoint
        options["api_endpoint"] = endpoint if "://" in endpoint else f"http://{endpoint}"
    try:
        made = bigquery.Client(
            project=settings.project,
            credentials=_credentials(settings),
            location=settings.location,
            client_options=options,
        )
        # The client reads 100 MB of a file at a time, and there is no public way to less.
        bigquery_client._DEFAULT_CHUNKSIZE = UPLOAD  # noqa: SLF001
        # Every stream has a thread, and the default keeps ten connections; there is no public way to more.
        for scheme in ("https://", "http://"):
            made._http.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))  # noqa: SLF001
    except DefaultCredentialsError:
        raise ConfigError(
            "no Google credentials found: set credentials_path or credentials_json, "
            "or run `gcloud auth application-default login`"
        ) from None
    return made


def _credentials(settings: Settings) -> Credentials | None:
    """None means application default credentials."""
    if settings.api_endpoint:
        return AnonymousCredentials()  # type: ignore[no-untyped-call]
    if settings.impersonate_service_account is None:
        return _own(settings)
    from google.auth import impersonated_credentials  # noqa: PLC0415 (slow)

    own = _own(settings) or google.auth.default(scopes=SCOPES)[0]
    return impersonated_credentials.Credentials(  # type: ignore[no-untyped-call]
        own, settings.impersonate_service_account, SCOPES
    )


def _own(settings: Settings) -> Credentials | None:
    from google.oauth2 import service_account  # noqa: PLC0415 (slow, and not needed for the emulator)

    if settings.credentials_json:
        text, source = settings.credentials_json, "credentials_json"
    elif settings.credentials_path:
        source = f"credentials_path {settings.credentials_path}"
        try:
            with open(settings.credentials_path, encoding="utf-8") as file:  # noqa: PTH123 (a user's path, as given)
                text = file.read()
        except OSError as error:
            raise ConfigError(f"cannot read {source}: {error.strerror}") from None
    else:
        return None
    try:
        info = json.loads(text)
        return service_account.Credentials.from_service_account_info(info, scopes=SCOPES)  # type: ignore[no-any-return, no-untyped-call]
    except (ValueError, TypeError, KeyError, MalformedError):
        raise ConfigError(f"{source} holds no service account's JSON") from None
