"""A token store in Google Cloud Storage: an object, replaced only in the generation that was seen."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import msgspec

from tap_kit.errors import ConfigError
from tap_kit.google_api import GoogleApi, date
from tap_kit.shared_vault import Content, Seen

_URL = "https://storage.googleapis.com"
_NONE = "0"  # the generation of an object that is not there (Cloud Storage docs, Request preconditions)


class CloudStorage:
    """`gs://bucket/name`.

    An object takes one change a second for long (Cloud Storage docs, Quotas): more are a 429, which is waited out.
    """

    def __init__(self, where: str) -> None:
        """Take the setting; raise ConfigError if no object is named."""
        url = urlsplit(where)
        self.where = where
        self._bucket, self._name = url.netloc, url.path.lstrip("/")
        if not self._bucket or not self._name:
            raise ConfigError(f"token_store {where}: name a bucket and an object, as in gs://bucket/acme.json")
        # The variable that Google's own clients look at.
        emulator = os.environ.get("STORAGE_EMULATOR_HOST")
        self._api = GoogleApi(where, _URL, emulator=emulator, role="Storage Object User on the bucket")

    def read(self) -> Seen:
        """Return the object, empty if there is none."""
        path = f"storage/v1/b/{quote(self._bucket)}/o/{quote(self._name, safe='')}"
        response = self._api.ask("GET", path, params={"alt": "media"})
        if response.status_code == HTTPStatus.NOT_FOUND:
            return Seen(Content(), _NONE, date(response))
        if response.status_code != HTTPStatus.OK:
            raise self._api.refused(response)
        try:
            content = msgspec.json.decode(response.content, type=Content)
        except msgspec.DecodeError as error:
            raise ConfigError(f"token_store {self.where} is not a token store: name another object") from error
        if not (generation := response.headers.get("x-goog-generation")):
            message = "the stand-in at STORAGE_EMULATOR_HOST knows no generations: take another"
            raise ConfigError(f"token_store {self.where}: {message}")
        return Seen(content, generation, date(response))

    def write(self, content: Content, seen: Seen) -> Seen:
        """Replace the object, if it still is of the generation that was seen."""
        response = self._api.ask(
            "POST",
            f"upload/storage/v1/b/{quote(self._bucket)}/o",
            params={"uploadType": "multipart", "ifGenerationMatch": seen.version},
            **_parts({"name": self._name, "cacheControl": "no-store"}, msgspec.json.encode(content)),
        )
        if response.status_code == HTTPStatus.PRECONDITION_FAILED:
            raise self._api.try_again("is changed all the time by others")
        if response.status_code == HTTPStatus.NOT_FOUND:
            raise ConfigError(f"token_store {self.where}: there is no bucket {self._bucket}")
        if response.status_code != HTTPStatus.OK:
            raise self._api.refused(response)
        return Seen(content, response.json()["generation"], date(response))


def _parts(about: dict[str, str], content: bytes) -> dict[str, Any]:
    """Return body and head of an upload in two parts, as Google's own clients make it.

    There is a plainer one, but fake-gcs-server, a stand-in that many use, forgets the precondition of that.
    """
    border = uuid4().hex.encode()
    head = b"--%b\r\nContent-Type: application/%b\r\n\r\n%b\r\n"
    body = head % (border, b"json", msgspec.json.encode(about)) + head % (border, b"octet-stream", content)
    return {
        "data": b"%b--%b--" % (body, border),
        "headers": {"Content-Type": f"multipart/related; boundary={border.decode()}"},
    }
