"""JSON Web Tokens, as Procountor hands them out: for access, for refreshing, and as API keys."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import msgspec

Claims = dict[str, Any]
KEY = b"of the sandbox alone"
HEADER = {"alg": "HS256", "typ": "JWT"}


def sign(claims: Claims, key: bytes) -> str:
    """The token."""
    head = f"{_part(msgspec.json.encode(HEADER))}.{_part(msgspec.json.encode(claims))}"
    return f"{head}.{_part(hmac.digest(key, head.encode(), hashlib.sha256))}"


def read(token: str, key: bytes) -> Claims | None:
    """What it says; None if the key did not sign it."""
    head, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_part(hmac.digest(key, head.encode(), hashlib.sha256)), signature):
        return None
    payload = head.partition(".")[2]
    claims: Claims = msgspec.json.decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def _part(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
