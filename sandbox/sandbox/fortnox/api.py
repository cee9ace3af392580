"""`/3` and `/api`: paths, and who answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from sandbox.fortnox import access
from sandbox.fortnox.errors import ApiError, BareError, answer
from sandbox.fortnox.lists import Lists, path
from sandbox.fortnox.resources import RESOURCES
from sandbox.fortnox.sie import export

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from sandbox.fortnox.company import Company
    from sandbox.fortnox.oauth import Authority
    from sandbox.fortnox.resource import Resource
    from sandbox.fortnox.settings import Settings

Key = tuple[str, ...]
PDF = b"%PDF-1.4\n%%EOF\n"
BY_PATH = {resource.segments: resource for resource in RESOURCES}
NO_SUCH_PATH = (1000003, "Sidan finns inte.")
SIE = "sie"
NEWER = "/fortnox/api/"
FOLDERS = ("archive", "inbox")


class Api:
    """One request, one answer."""

    def __init__(self, company: Callable[[], Company], settings: Callable[[], Settings], authority: Authority) -> None:
        self.company = company
        self.settings = settings
        self.authority = authority
        self.lists = Lists(company, settings)
        self.side_effects: list[dict[str, str]] = []
        """GETs that did something, oldest first: method, path, time in Stockholm."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As Fortnox would."""
        request = Request(scope, receive)
        try:
            response = self.answer(request)
        except ApiError as error:
            response = error.newer() if request.url.path.startswith(NEWER) else error.response()
        except BareError as error:
            response = error.response
        await response(scope, receive, send)

    def answer(self, request: Request) -> Response:
        """The parts of the path are decoded one by one: a key may have a slash."""
        raw = request.scope["raw_path"].decode().removeprefix("/fortnox/")
        segments = tuple(unquote(part) for part in raw.split("/") if part)
        if request.method != "GET":
            raise ApiError(405, *NO_SUCH_PATH)
        resource, key = find(segments)
        access.check(request, resource, self.authority, self.settings())
        asked = request.query_params
        return self._read(resource, key, {name: ",".join(asked.getlist(name)) for name in asked})

    def _read(self, resource: Resource, key: Key, query: dict[str, str]) -> Response:
        if resource.name in FOLDERS:
            return self._folder(resource, key, query)
        if resource.name == SIE:
            return self._sie(key, query)
        if not key and resource.list is not None:
            return answer(self.lists.many(resource, query))
        if key[:1] == ("sublist",) and len(key) == len(resource.sublist) + 1:
            return self._sublist(resource, key[1:], query)
        if len(key) == len(resource.key) + 1 and resource.actions and key[-1] in (*resource.actions, "preview"):
            return self._act(resource, key[:-1], key[-1], query)
        if resource.one is None or len(key) != len(resource.key):
            raise ApiError(404, *NO_SUCH_PATH)
        return answer(self.lists.one(resource, self.lists.find(resource, key, query)))

    def _sublist(self, resource: Resource, values: Key, query: dict[str, str]) -> Response:
        """The list of those with these values."""
        wanted = dict(zip(resource.sublist, values, strict=True))
        return answer(self.lists.many(resource, query, wanted))

    def _act(self, resource: Resource, key: Key, action: str, query: dict[str, str]) -> Response:
        """Sending a document is a change of it. A preview is none."""
        record, company = self.lists.find(resource, key, query), self.company()
        if action != "preview":
            where = f"/{path(resource, record)}/{action}"
            self.side_effects.append({"method": "GET", "path": where, "at": company.now})
            record["Sent"] = True
            company.touch(resource.name, record)
            self.lists.forget()
        if action in {"preview", "print", "printreminder"}:
            return Response(PDF, media_type="application/pdf")
        return answer(self.lists.one(resource, record))

    def _folder(self, resource: Resource, key: Key, query: dict[str, str]) -> Response:
        """A folder, or the bytes of a file: the path of both looks the same."""
        folders = self.company().all(resource.name)
        files = {file["Id"]: file for folder in folders for file in folder.get("Files", ())}
        files |= {file["ArchiveFileId"]: file for file in files.values()} if "fileid" in query else {}
        wanted = query.get("fileid") or (key[0] if key else folders[0]["Id"])
        if "path" in query:
            wanted = next((folder["Id"] for folder in folders if folder["Name"] == query["path"]), "")
        folder = next((folder for folder in folders if folder["Id"] == wanted), None)
        if folder:
            return answer(self.lists.one(resource, folder))
        if wanted not in files:
            raise ApiError(404, *resource.not_found)
        return Response(PDF.ljust(files[wanted]["Size"]), media_type="application/octet-stream")

    def _sie(self, key: Key, query: dict[str, str]) -> Response:
        struck = self.settings().sie_struck_rows == "marked"
        body = export("".join(key), query, self.company(), struck=struck)
        return Response(body, media_type="application/octet-stream")


def find(segments: Key) -> tuple[Resource, Key]:
    """The resource with the longest path, and what follows it."""
    for length in range(len(segments), 0, -1):
        if resource := BY_PATH.get(segments[:length]):
            return resource, segments[length:]
    raise ApiError(404, *NO_SUCH_PATH)
