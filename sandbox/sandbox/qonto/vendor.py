"""Qonto as the sandbox serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from sandbox.limit import Limit
from sandbox.qonto import errors
from sandbox.qonto.access import Access, StagingDoor
from sandbox.qonto.api import Api
from sandbox.qonto.books import Books
from sandbox.qonto.catalog import AddField, AddLabel, DeleteLabel, DropField, RenameLabel
from sandbox.qonto.files import Files
from sandbox.qonto.mutations import Add, BulkEdit, Decline, Delete, Edit, Mutation, Relabel, Settle
from sandbox.qonto.oauth import Authority
from sandbox.qonto.record_mutations import AddRecord, DeleteRecord, EditRecord, LoseFile
from sandbox.qonto.resources import BY_NAME, known
from sandbox.qonto.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from starlette.requests import Request

    from sandbox.clock import Clock

Mutations = (
    Add
    | AddField
    | AddLabel
    | AddRecord
    | BulkEdit
    | Decline
    | Delete
    | DeleteLabel
    | DeleteRecord
    | DropField
    | Edit
    | EditRecord
    | LoseFile
    | Relabel
    | RenameLabel
    | Settle
)

Json = dict[str, Any]
REQUESTS = ((1000, 10.0), (10_000, 600.0))
UNAUTHORIZED = ((200, 3600.0),)
CHUNK = 1000
NDJSON = "application/x-ndjson"
LINES = msgspec.json.Encoder()


class Scope(msgspec.Struct, forbid_unknown_fields=True):
    """What a grant opens; None: everything."""

    scope: str | None = None


class Qonto:
    """The company, its API, and its part of the admin endpoint."""

    name = "qonto"

    def __init__(self, transactions: int, seed: int, clock: Clock, url: str) -> None:
        self.settings = Settings()
        self.files = Files(f"{url}/{self.name}", clock, seed, self._current)
        self.books = Books(transactions, seed, clock, self.files, self._current)
        self.authority = Authority(clock, seed)
        self.limit = Limit(REQUESTS)
        self.limited: tuple[str, ...] = (f"/{self.name}/v2/",)
        access = Access(self.authority, self._current, Limit(UNAUTHORIZED))
        api = Api(self.books, self._current, access).app
        guarded = [
            *self.authority.endpoints,
            Mount("/", api),
        ]
        door = StagingDoor(Starlette(routes=guarded), self._current)
        self.app = Starlette(routes=[*self.authority.pages, *self.files.routes, Mount("/", door)])
        self.routes = [
            Route("/truth", self._truth),
            Route("/records/{resource}", self._records),
            Route("/mutations", self._mutate, methods=["POST"]),
            Route("/settings", self._settings, methods=["GET", "PUT"]),
            Route("/grants", self._grant, methods=["POST"]),
        ]

    def _current(self) -> Settings:
        return self.settings

    def error(self, status: int) -> bytes:
        """In Qonto's shape."""
        return msgspec.json.encode(errors.body(status, f"answered {status} on purpose"))

    def mutate(self, mutation: Mapping[str, Any]) -> dict[str, Any]:
        """Apply one."""
        found: Mutation = msgspec.convert(mutation, Mutations)
        done = found.apply(self.books)
        self.books.store.forget()
        return done

    async def _truth(self, _request: Request) -> Response:
        return JSONResponse({"accounts": self.books.truth(), "records": self.books.counts()})

    async def _records(self, request: Request) -> Response:
        """Every record of a resource, one JSON object a line, as the API writes it."""
        resource = request.path_params["resource"]
        if resource == "transactions":
            return StreamingResponse(self._transactions(), media_type=NDJSON)
        own: dict[str, Callable[[], Iterable[Json]]] = {
            "organization": lambda: [self.books.organization(external=True)],
            "bank_accounts": lambda: self.books.bank_accounts(external=True),
            "attachments": self.books.all_attachments,
        }
        if resource in own:
            return Response(LINES.encode_lines(own[resource]()), media_type=NDJSON)
        records = self.books.written(BY_NAME[resource], self.books.store.records[resource])
        return Response(LINES.encode_lines(records), media_type=NDJSON)

    async def _transactions(self) -> AsyncIterator[bytes]:
        rows = self.books.all_rows()
        for start in range(0, len(rows), CHUNK):
            yield LINES.encode_lines(self.books.transactions(rows[start : start + CHUNK]))

    async def _mutate(self, request: Request) -> Response:
        mutations = msgspec.json.decode(await request.body(), type=list[dict[str, Any]])
        return JSONResponse([self.mutate(mutation) for mutation in mutations])

    async def _settings(self, request: Request) -> Response:
        if request.method == "PUT":
            wanted = msgspec.json.decode(await request.body(), type=Settings)
            named = [*wanted.sizes, *wanted.unfiltered, *wanted.refuse_api_key, *wanted.forbidden]
            for name in named:
                known(name)
            self.settings = wanted
            self.books.store.forget()
            if wanted.sizes != self.books.sizes:
                self.books.fill(wanted.sizes)
        return Response(LINES.encode(self.settings), media_type="application/json")

    async def _grant(self, request: Request) -> Response:
        """Fresh tokens, as after an approval: `{"scope": "offline_access …"}`, or all scopes."""
        wanted = msgspec.json.decode(await request.body(), type=Scope)
        return JSONResponse(self.authority.grant(wanted.scope))
