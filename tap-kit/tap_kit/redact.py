"""Secrets never reach a log or a report, whoever writes it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


_secrets: set[str] = set()


class _Redaction(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if (text := redacted(said)) != said:
            record.msg, record.args = text, None
        return True


def redact(secrets: Iterable[str]) -> None:
    """Replace the secrets in every line that the handlers of the root logger write from now on.

    Below INFO, urllib3 writes URLs with their parameters: it is kept from doing so.
    """
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    for secret in secrets:
        conceal(secret)
    redaction = _Redaction()
    for handler in logging.getLogger().handlers:
        handler.addFilter(redaction)


def conceal(secret: str) -> None:
    """Replace one more secret, as tokens are that come during the run."""
    if secret:
        _secrets.add(secret)


def redacted(text: str) -> str:
    """Return the text without the secrets."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "[redacted]")
    return text
