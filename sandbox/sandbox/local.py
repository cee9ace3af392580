"""Requests to this machine."""

from __future__ import annotations

import requests


def call(method: str, url: str, data: bytes | None = None, timeout: float = 60) -> requests.Response:
    """Never through a proxy, whatever the environment says. Raises requests.RequestException."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, data=data, timeout=timeout)
