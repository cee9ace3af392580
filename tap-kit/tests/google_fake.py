"""Cloud Storage and Secret Manager, as far as a token store asks them, with faults on demand."""

from __future__ import annotations

import json
import re
import threading
import time
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from .issuer import Answer


class Google:
    """Both services. Their clock is `ahead` of everybody's."""

    def __init__(self) -> None:
        self.url = ""
        self.begin()

    def begin(self) -> None:
        """Forget everything but where it is served."""
        self.ahead = 0.0
        self.objects: dict[str, tuple[Any, Any]] = {}
        self.secrets: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.fault: Callable[[str, str], int | str | None] = lambda _method, _path: None
        """What becomes of a request: a status, `lost` or `reset`; nothing special if it returns None."""
        self.passes = 0.0  # seconds with each request
        self.changed = threading.Condition()

    def clock(self) -> float:
        return time.time() + self.ahead

    def __call__(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
        url = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        with self.changed:
            self.asked.append((method, url.path, headers))
            self.ahead += self.passes
            fault = self.fault(method, url.path)
            if isinstance(fault, int):
                return fault, b"{}"
            if fault == "reset":
                return None
            status, content, *head = self._answer(method, url.path, query, body)
            self.changed.notify_all()
            return None if fault == "lost" else (status, json.dumps(content).encode(), *head)

    def _answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> tuple[Any, ...]:
        if match := re.fullmatch(r"(?:/upload)?/storage/v1/b/([^/]+)/o(?:/([^/]+))?", path):
            return self._object(method, match[1], unquote(match[2] or ""), query, body)
        path, _, verb = path.removeprefix("/v1/").partition(":")
        name, _, version = path.partition("/versions")
        if name not in self.secrets:
            return 404, {}
        return self._secret(self.secrets[name], name, version.strip("/"), (method, verb), json.loads(body or "{}"))

    def _object(self, method: str, bucket: str, name: str, query: dict[str, str], body: bytes) -> tuple[Any, ...]:
        if method == "POST":
            about, content = re.findall(rb"\r\n\r\n(.+?)\r\n--", body)
            name, body = json.loads(about)["name"], content
        generation, content = self.objects.get(f"{bucket}/{name}", (0, None))
        if bucket == "nowhere" or (method == "GET" and not generation):
            return 404, {}
        if method == "GET":
            return 200, content, {"x-goog-generation": generation}
        if str(generation) != query["ifGenerationMatch"]:
            return 412, {}
        self.objects[f"{bucket}/{name}"] = generation + 1, json.loads(body)
        return 200, {"generation": str(generation + 1)}

    def _secret(self, secret: dict[str, Any], name: str, version: str, do: tuple[str, str], body: Any) -> Any:
        versions: dict[str, str | None] = secret["versions"]
        match do:
            case ("GET", "access"):
                return (200, {"payload": {"data": versions[version]}}) if versions.get(version) else (404, {})
            case ("POST", "addVersion"):
                versions[number := str(len(versions) + 1)] = body["payload"]["data"]
                return 200, {"name": f"projects/1/{name}/versions/{number}"}
            case ("POST", "destroy"):
                versions[version] = None
                return 200, {}
            case ("PATCH", _):
                if body["etag"] != f'"{secret["etag"]}"':
                    return 400, {"error": {"status": "FAILED_PRECONDITION"}}
                secret.update(etag=secret["etag"] + 1, annotations=body["annotations"])
            case _ if self.asked[-1][1].endswith("/versions"):
                return 200, {
                    "versions": [{"name": f"{name}/versions/{n}", "state": state(v)} for n, v in versions.items()]
                }
        shown = {"etag": f'"{secret["etag"]}"', "annotations": secret["annotations"]}
        return 200, {key: value for key, value in shown.items() if value}  # what is empty is not in Google's JSON


def state(version: str | None) -> str:
    """Of a version with this payload."""
    return "ENABLED" if version else "DESTROYED"


class Store:
    """One token store of Google's, as the owner of it sees it."""

    def __init__(self, google: Google, where: str) -> None:
        self.google, self.where = google, where

    def content(self) -> dict[str, Any]:
        """What is stored: tokens, and leases."""
        if self.where.startswith("gs://"):
            content: dict[str, Any] = self.google.objects.get(self.where.removeprefix("gs://"), (0, {}))[1]
            return content
        (secret,) = self.google.secrets.values()
        note = json.loads(secret["annotations"].get("token-store", "{}"))
        data = secret["versions"][note["version"]] if note.get("version") else b64encode(b"{}")
        return {**json.loads(b64decode(data)), "leases": note.get("leases", {})}

    def token(self) -> str:
        """The only refresh token in it."""
        (entry,) = self.content()["tokens"].values()
        token: str = entry["refresh_token"]
        return token
