"""A token store in Google Secret Manager: tokens in a version of a secret, and in its annotation which version that is.

A version, once added, cannot be replaced, and adding one has no precondition. The secret's own metadata has one: its
etag (Secret Manager docs, Use entity tags for optimistic concurrency control). So a new version counts from the moment
that the annotation names it, which also holds the leases; older versions are destroyed.
"""

from __future__ import annotations

import logging
import os
import re
from base64 import b64decode, b64encode
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tap_kit.errors import ConfigError, TapError, TryAgainError
from tap_kit.google_api import GoogleApi, date
from tap_kit.shared_vault import Content, Lease, Seen

if TYPE_CHECKING:
    import requests

    from tap_kit.vault import Entries

logger = logging.getLogger(__name__)

_WHERE = re.compile(r"secretmanager://(projects/[^/]+(?:/locations/([^/]+))?/secrets/[^/]+)")
_NOTE = "token-store"


class _Note(msgspec.Struct, frozen=True):
    """The annotation: the number of the version that counts, and the leases."""

    version: str = ""
    leases: dict[str, Lease] = {}


class _Version(NamedTuple):
    """The secret as it was seen."""

    etag: str
    annotations: dict[str, str]
    number: str


class SecretManager:
    """`secretmanager://projects/P/secrets/S`, or `secretmanager://projects/P/locations/L/secrets/S`."""

    def __init__(self, where: str) -> None:
        """Take the setting; raise ConfigError if no secret is named."""
        if not (match := _WHERE.fullmatch(where)):
            raise ConfigError(f"token_store {where}: write it as secretmanager://projects/PROJECT/secrets/SECRET")
        self.where = where
        self._path, location = f"v1/{match[1]}", match[2]
        # Secrets of one region have an address of their own (Secret Manager docs, Regional secrets).
        host = f"secretmanager.{location}.rep.googleapis.com" if location else "secretmanager.googleapis.com"
        emulator = os.environ.get("SECRET_MANAGER_EMULATOR_HOST")
        self._api = GoogleApi(where, f"https://{host}", emulator=emulator, role="Secret Manager Admin on the secret")
        self._last = ("", Content().tokens)  # a version never changes: its number, and what it holds

    def read(self) -> Seen:
        """Return what the version that counts holds, and the leases; nothing of a secret without an annotation."""
        response = self._api.ask("GET", self._path)
        if response.status_code == HTTPStatus.NOT_FOUND:
            name = self._path.rpartition("/")[2]
            raise ConfigError(f"token_store {self.where}: make the secret first, as in gcloud secrets create {name}")
        secret = self._body(response)
        annotations = secret.get("annotations", {})
        try:
            note = msgspec.json.decode(annotations.get(_NOTE, "{}"), type=_Note)
            content = Content(self._tokens(note.version), note.leases)
        except (msgspec.DecodeError, ValueError) as error:
            raise ConfigError(f"token_store {self.where} is not a token store: name another secret") from error
        return Seen(content, _Version(secret["etag"], annotations, note.version), date(response))

    def write(self, content: Content, seen: Seen) -> Seen:
        """Add a version if the tokens are others, and let it count if nobody has changed the secret meanwhile."""
        was: _Version = seen.version
        changes = content.tokens != seen.content.tokens
        number = self._add(content) if changes else was.number
        note = msgspec.json.encode(_Note(number, content.leases)).decode()
        annotations = {**was.annotations, _NOTE: note}
        response = self._api.ask(
            "PATCH",
            self._path,
            params={"updateMask": "annotations"},
            json={"etag": was.etag, "annotations": annotations},
        )
        if response.status_code == HTTPStatus.BAD_REQUEST and _says(response) == "FAILED_PRECONDITION":
            raise self._api.try_again("is changed all the time by others")
        etag = self._body(response)["etag"]
        self._last = (number, content.tokens)
        if changes:
            self._destroy_before(int(number))
        return Seen(content, _Version(etag, annotations, number), date(response))

    def _tokens(self, number: str) -> Entries:
        """Return what a version holds. Asked by its number, a new one is there at once (Secret Manager docs)."""
        if number and number != self._last[0]:
            response = self._api.ask("GET", f"{self._path}/versions/{number}:access")
            if response.status_code == HTTPStatus.NOT_FOUND:  # destroyed since the secret was read
                raise self._api.try_again(f"has no version {number} any more")
            payload = b64decode(self._body(response)["payload"]["data"])
            self._last = (number, msgspec.json.decode(payload, type=Content).tokens)
        return self._last[1] if number else {}

    def _add(self, content: Content) -> str:
        """Return the number of a new version."""
        payload = b64encode(msgspec.json.encode(Content(content.tokens))).decode()
        response = self._api.ask("POST", f"{self._path}:addVersion", json={"payload": {"data": payload}})
        number: str = self._body(response)["name"].rpartition("/")[2]
        return number

    def _destroy_before(self, number: int) -> None:
        """Destroy older versions, also those that never counted as a run was killed or came second."""
        try:
            listed = self._api.ask("GET", f"{self._path}/versions", params={"filter": "state:ENABLED"})
            for version in self._body(listed).get("versions", []):
                old = version["name"].rpartition("/")[2]
                if int(old) < number and version["state"] == "ENABLED":
                    self._body(self._api.ask("POST", f"{self._path}/versions/{old}:destroy", json={}))
        except (TapError, TryAgainError) as error:  # the next one that is saved tries again
            logger.warning("Old versions of the secret are still there: %s", error)

    def _body(self, response: requests.Response) -> dict[str, Any]:
        if response.status_code != HTTPStatus.OK:
            raise self._api.refused(response)
        body: dict[str, Any] = response.json()
        return body


def _says(response: requests.Response) -> str:
    """Return the status in an error of Google's."""
    try:
        return str(response.json()["error"]["status"])
    except (ValueError, LookupError, TypeError):
        return ""
