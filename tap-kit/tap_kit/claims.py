"""What a token says of itself, where it is a JSON Web Token (RFC 7519)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from contextlib import suppress
from typing import Any


def claims(token: str) -> dict[str, Any]:
    """Return what a token says, believing it: nothing is decided by it that its issuer does not check.

    A token that is no JWT says nothing.
    """
    with suppress(ValueError, IndexError):
        payload = token.split(".")[1]
        said = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return said if isinstance(said, dict) else {}
    return {}
