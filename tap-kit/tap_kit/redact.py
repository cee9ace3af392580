"""Secrets never reach a log or a report, whoever writes it."""

from __future__ import annotations

import logging
import threading
from bisect import insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


_secrets: list[str] = []  # the longest first: one may be part of another
_lock = threading.Lock()


class _Redaction(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if (text := redacted(said)) != said:
            record.msg, record.args = text, None
        return True


_REDACTION = _Redaction()


def redact(secrets: Iterable[str]) -> None:
    """Replace the secrets in every line that the handlers of the root logger write from now on.

    Below INFO, urllib3 writes URLs with their parameters: it is kept from doing so.
    """
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    for secret in secrets:
        conceal(secret)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_REDACTION)


def conceal(secret: str) -> None:
    """Replace one more secret, as tokens are that come during the run."""
    with _lock:
        if secret and secret not in _secrets:
            insort(_secrets, secret, key=lambda one: -len(one))


def redacted(text: str) -> str:
    """Return the text without the secrets."""
    for secret in _secrets:
        text = text.replace(secret, "[redacted]")
    return text
