"""Requests to Google's APIs, signed by the application default credentials. No message holds a body or a secret.

By hand over google-auth, as two services with three calls each need no client library of their own, and none of these
shows the time in an answer's head, by which leases are measured.
"""

from __future__ import annotations

from email.utils import formatdate, parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
from requests import RequestException
from requests.auth import AuthBase

from tap_kit.answers import reason
from tap_kit.errors import ConfigError, TapError, TryAgainError

if TYPE_CHECKING:
    from datetime import datetime

_TIMEOUT = (10, 30)
_ATTEMPTS = 12  # within a minute or so
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)


class GoogleApi:
    """One API, asked for one token store."""

    def __init__(self, where: str, url: str, *, emulator: str | None, role: str) -> None:
        """Take the setting, the API's address, that of a stand-in that asks for no credentials, and the role."""
        self._where = where
        self._url = (emulator if "://" in emulator else f"http://{emulator}") if emulator else url
        self._emulated = bool(emulator)
        self._role = role

    def ask(self, method: str, path: str, **request: Any) -> requests.Response:
        """Return the answer to a request, below 500.

        Raises:
            ConfigError: there are no credentials, or they may not do this.
            TryAgainError: it cannot be reached, or fails, or this was too often.
        """
        try:
            response = self._session.request(method, f"{self._url.rstrip('/')}/{path}", timeout=_TIMEOUT, **request)
        except RequestException as error:
            raise self.try_again(f"cannot be reached: {reason(error)}") from error
        status = response.status_code
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            message = f"Google refused access (HTTP {status}): give the account the role {self._role}"
            raise ConfigError(f"token_store {self._where}: {message}")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            raise self.try_again(f"fails, run again later (HTTP {status})")
        return response

    def try_again(self, why: str) -> TryAgainError:
        """Return what to raise where another attempt may help."""
        return TryAgainError(TapError(f"token_store {self._where} {why}"), attempts=_ATTEMPTS)

    def refused(self, response: requests.Response) -> TapError:
        """Return what to raise for an answer that nobody expected."""
        return TapError(f"token_store {self._where}: Google answered HTTP {response.status_code}")

    @cached_property
    def _session(self) -> requests.Session:
        session = requests.Session()
        if not self._emulated:
            session.auth = _Credentials(self._where)
        return session


def date(response: requests.Response) -> datetime:
    """Return when an answer was given, by the clock of who gave it; a stand-in without a date has this machine's."""
    return parsedate_to_datetime(response.headers.get("Date") or formatdate(usegmt=True))


class _Credentials(AuthBase):
    """Signs requests with the application default credentials."""

    def __init__(self, where: str) -> None:
        try:
            import google.auth  # noqa: PLC0415 (an extra)
            from google.auth.exceptions import DefaultCredentialsError  # noqa: PLC0415
            from google.auth.transport.requests import Request  # noqa: PLC0415
        except ImportError as error:
            message = "needs google-auth: install the tap with its extra [google], as in pip install 'tap-kit[google]'"
            raise ConfigError(f"token_store {where} {message}") from error
        try:
            self._own, _ = google.auth.default(scopes=_SCOPES)
        except DefaultCredentialsError as error:
            hint = "set GOOGLE_APPLICATION_CREDENTIALS, or run gcloud auth application-default login"
            raise ConfigError(f"token_store {where}: there are no Google credentials: {hint}") from error
        self._where = where
        self._ask = Request()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        from google.auth.exceptions import GoogleAuthError, TransportError  # noqa: PLC0415

        try:
            self._own.before_request(self._ask, request.method, request.url, request.headers)  # type: ignore[no-untyped-call]
        except TransportError as error:
            raise requests.ConnectionError("Google's sign-in") from error
        except GoogleAuthError as error:
            message = "the Google credentials are refused: make new ones"
            raise ConfigError(f"token_store {self._where}: {message}") from error
        return request
