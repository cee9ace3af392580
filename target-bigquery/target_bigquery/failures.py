"""What BigQuery and the network answer when something fails: worth repeating, and in words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import requests
from google.api_core import exceptions as api
from google.auth.exceptions import RefreshError, TransportError

from target_bigquery.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterator

# https://cloud.google.com/bigquery/docs/error-messages: what may be repeated as it is.
RETRYABLE_REASONS = {
    "rateLimitExceeded",
    "backendError",
    "internalError",
    "badGateway",
    "jobBackendError",
    "jobInternalError",
    "jobRateLimitExceeded",
}
_BROKEN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    ConnectionError,
    TransportError,
)
_CODES = {408, 429, 500, 502, 503, 504}


def retryable(error: BaseException) -> bool:
    """Does BigQuery, or the network, say that the same request may succeed later?"""
    if isinstance(error, _BROKEN):
        return not isinstance(error, requests.exceptions.SSLError)
    if isinstance(error, api.GoogleAPICallError):
        reasons = {e.get("reason") for e in error.errors if isinstance(e, dict)}
        return bool(reasons & RETRYABLE_REASONS) or (error.code in _CODES and "quotaExceeded" not in reasons)
    return False


@contextmanager
def explained() -> Iterator[None]:
    """What BigQuery, the network or Google's sign-in refuses for good becomes one line.

    Raises:
        TargetError: in the place of theirs.
    """
    try:
        yield
    except (api.GoogleAPICallError, RefreshError, *_BROKEN) as error:
        raise TargetError(explain(error)) from None


def explain(error: BaseException) -> str:
    """One line for a person, without the request's body."""
    if isinstance(error, TargetError):
        return str(error)
    if isinstance(error, _BROKEN):
        return f"BigQuery cannot be reached ({type(error).__name__}); check api_endpoint and the network"
    if isinstance(error, RefreshError):
        return (
            "Google refused the credentials; check credentials_path, credentials_json or the default login, "
            "and for impersonate_service_account the role Service Account Token Creator"
        )
    message = error.message if isinstance(error, api.GoogleAPICallError) else str(error)
    return " ".join(str(message).split())[:500]
