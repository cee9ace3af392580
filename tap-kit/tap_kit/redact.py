"""Secrets never reach a log, whoever writes it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Redaction(logging.Filter):
    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = sorted(secrets, key=len, reverse=True)

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if any(secret in text for secret in self._secrets):
            for secret in self._secrets:
                text = text.replace(secret, "[redacted]")
            record.msg, record.args = text, None
        return True


def redact(secrets: Iterable[str]) -> None:
    """Replace the secrets in every line that the handlers of the root logger write from now on.

    Below INFO, urllib3 writes URLs with their parameters: it is kept from doing so.
    """
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    redaction = _Redaction(secret for secret in secrets if secret)
    for handler in logging.getLogger().handlers:
        handler.addFilter(redaction)
