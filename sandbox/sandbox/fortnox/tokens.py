"""Tokens as Fortnox makes them: a signed JSON object that opens the API, and names that say nothing."""

from __future__ import annotations

import hmac
import json
import uuid
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sandbox.fortnox import facts

if TYPE_CHECKING:
    from random import Random

SECOND = 1000
ISSUER = "https://api.fortnox.se/oauth2"


def opaque(dice: Random) -> str:
    """A refresh token or a code."""
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def access_token(scopes: tuple[str, ...], now: int, lifetime: int, dice: Random) -> str:
    """HS256, with the claims that clients have seen; times in milliseconds."""
    claims = {
        "userId": 1,
        "tenantId": facts.TENANT,
        "clientId": facts.CLIENT_ID,
        "scopes": list(scopes),
        "scope": " ".join(scopes),
        "sub": f"1@{facts.TENANT}",
        "iss": ISSUER,
        "aud": ISSUER,
        "iat": now // SECOND,
        "exp": (now + lifetime) // SECOND,
        "jti": opaque(dice),
    }
    signed = f"{_part({'typ': 'JWT', 'alg': 'HS256'})}.{_part(claims)}"
    signature = hmac.digest(facts.CLIENT_SECRET.encode(), signed.encode(), sha256)
    return f"{signed}.{_text(signature)}"


def _part(value: dict[str, Any]) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
