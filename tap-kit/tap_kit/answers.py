"""What an answer, or its absence, says."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from requests import RequestException


def retry_after(response: requests.Response) -> float:
    """Return the seconds that Retry-After asks for (a number or a date), at least 0 and at most 300."""
    value = response.headers.get("Retry-After", "")
    try:
        seconds = float(value) if value else 0.0
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except ValueError:
            seconds = 0.0
    return min(max(seconds, 0.0), 300.0)


def reason(error: RequestException) -> str:
    """Return why there was no answer, without the URL and its parameters."""
    reasons: list[tuple[type[Exception], str]] = [
        (requests.exceptions.SSLError, "its certificate is not accepted"),
        (requests.exceptions.ProxyError, "the proxy refuses"),
        (requests.exceptions.ConnectTimeout, "no connection in time"),
        (requests.exceptions.Timeout, "no answer in time"),
        (requests.exceptions.ChunkedEncodingError, "the answer broke off"),
        (requests.exceptions.ContentDecodingError, "the answer cannot be unpacked"),
    ]
    text = str(error)
    for part, said in (
        ("Connection refused", "connection refused"),
        ("Name or service not known", "unknown host"),
        ("Failed to resolve", "unknown host"),
        ("Connection reset", "the connection was reset"),
        ("Connection aborted", "the connection was cut"),
    ):
        if part in text:
            return said
    return next((said for kind, said in reasons if isinstance(error, kind)), type(error).__name__)
