"""Signing in with Procountor, once in six months: from a user in a browser to a refresh token.

tap-procountor-login --config config.json
"""

from __future__ import annotations

import json
import secrets
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from tap_procountor.api import LOGIN_URL
from tap_procountor.settings import token_url

if TYPE_CHECKING:
    from collections.abc import Mapping

NEEDED = ("client_id", "client_secret", "redirect_uri")


def main() -> None:
    """Ask the user to sign in, and print the refresh token to stdout."""
    parser = ArgumentParser(prog="tap-procountor-login", description=__doc__.partition("\n")[0])
    parser.add_argument("--config", required=True, help="the tap's settings: client_id, client_secret, redirect_uri")
    settings = json.loads(Path(parser.parse_args().config).read_text("utf-8"))
    if missing := [name for name in NEEDED if not settings.get(name)]:
        sys.exit(f"signing in needs {', '.join(missing)} in the settings")
    state = secrets.token_urlsafe(16)
    say(f"Sign in here, and choose the company:\n\n  {login_url(settings, state)}\n")
    say("Then paste the address that the browser is sent to (it is good for five minutes):")
    print(refresh_token(settings, code(sys.stdin.readline(), state)))  # noqa: T201 - what was asked for


def login_url(settings: Mapping[str, Any], state: str) -> str:
    """Return where the user signs in."""
    names = {"client_id": settings["client_id"], "redirect_uri": settings["redirect_uri"], "state": state}
    return f"{settings.get('login_url', LOGIN_URL)}?{urlencode({'response_type': 'code', **names})}"


def code(address: str, state: str) -> str:
    """Return the code in the address that Procountor sent the browser to; of another sign-in it is none of ours."""
    found = parse_qs(urlsplit(address.strip()).query)
    if found.get("state") != [state] or "code" not in found:
        sys.exit(f"that address has no code of this sign-in: {found.get('error', ['sign in again'])[0]}")
    return found["code"][0]


def refresh_token(settings: Mapping[str, Any], found: str) -> str:
    """Exchange the code. It works once."""
    names = {name: settings[name] for name in NEEDED}
    form = {"grant_type": "authorization_code", "code": found, **names}
    response = requests.post(token_url(settings), data=form, headers={"Accept": "application/json"}, timeout=60)
    if not response.ok:
        sys.exit(f"Procountor gives no token: HTTP {response.status_code}; check the settings and sign in again")
    token: str = response.json()["refresh_token"]
    return token


def say(text: str) -> None:
    """Write for the user to read, apart from what goes to stdout."""
    sys.stderr.write(f"{text}\n")
