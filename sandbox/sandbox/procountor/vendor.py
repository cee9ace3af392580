"""Procountor as the sandbox serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from sandbox.limit import Limit
from sandbox.procountor import errors, facts
from sandbox.procountor.access import Access, Gateway
from sandbox.procountor.api import BASES, Api
from sandbox.procountor.company import SIZES, made
from sandbox.procountor.company_mutations import ClosePeriod, CloseYear, Pay, ReopenPeriod, ReopenYear, Storm
from sandbox.procountor.oauth import Authority
from sandbox.procountor.record_mutations import AddField, AddRecord, DeleteRecord, DropField, EditRecord
from sandbox.procountor.resources import known
from sandbox.procountor.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from sandbox.clock import Clock
    from sandbox.procountor.books import Books
    from sandbox.procountor.mutation import Mutation

Mutations = (
    AddField
    | AddRecord
    | ClosePeriod
    | CloseYear
    | DeleteRecord
    | DropField
    | EditRecord
    | Pay
    | ReopenPeriod
    | ReopenYear
    | Storm
)

Json = dict[str, Any]
NDJSON = "application/x-ndjson"
LINES = msgspec.json.Encoder()
CHILDREN = ("payment_events", "comments")


class Procountor:
    """The company, its API, and its part of the admin endpoint."""

    name = "procountor"

    def __init__(self, seed: int, clock: Clock) -> None:
        self._seed = seed
        self._clock = clock
        self.settings = Settings()
        self.authority = Authority(clock, self._current)
        self.limit = Limit(())
        self.limited = tuple(f"/{self.name}{base}/" for base in BASES)
        self._api: Api | None = None
        tokens = [Route(f"{base}/oauth/token", self.authority.token, methods=["POST"]) for base in BASES]
        login = Route("/login", self.authority.login, methods=["GET", "POST"])
        self.app: ASGIApp = Gateway(Starlette(routes=[*tokens, login, Mount("/", self._serve)]))
        self.routes = [
            Route("/records/{resource}", self._records),
            Route("/balances", self._balances),
            Route("/mutations", self._mutate, methods=["POST"]),
            Route("/settings", self._settings, methods=["GET", "PUT"]),
            Route("/grants", self._grant, methods=["POST"]),
            Route("/tokens", self._tokens),
        ]

    def _current(self) -> Settings:
        return self.settings

    @property
    def api(self) -> Api:
        """Made when the first request needs the company."""
        if self._api is None:
            books = made(self._clock, self._seed, self.settings.sizes)
            self._api = Api(books, self._current, Access(self.authority, self._current))
        return self._api

    @property
    def books(self) -> Books:
        """The company."""
        return self.api.books

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.api.app(scope, receive, send)

    def error(self, status: int) -> bytes:
        """In Procountor's shape."""
        return errors.body(status, f"answered {status} on purpose")

    def mutate(self, mutation: Mapping[str, Any]) -> Json:
        """Apply one."""
        found: Mutation = msgspec.convert(mutation, Mutations)
        try:
            return found.apply(self.books)
        finally:
            self.books.forget()

    async def _records(self, request: Request) -> Response:
        """Every record of a resource with all its fields, also those that rights or defaults do not show."""
        name, books = request.path_params["resource"], self.books
        if name in CHILDREN:
            found = [record for records in books.children[name].values() for record in records]
        elif name == "journals":
            found = list(books.journals().values())
        else:
            found = list(books.tables[known(name).name].values())
        extra = books.new_fields.get(name, {})
        plain = ({key: value for key, value in r.items() if key[0] != "_"} | extra for r in found)
        return Response(LINES.encode_lines(plain), media_type=NDJSON)

    async def _balances(self, request: Request) -> Response:
        query = request.query_params
        start, end = query.get("start", facts.HISTORY_START), query.get("end", "9999-12-31")
        return JSONResponse(self.api.reports.balances(start, end))

    async def _mutate(self, request: Request) -> Response:
        mutations = msgspec.json.decode(await request.body(), type=list[dict[str, Any]])
        return JSONResponse([self.mutate(mutation) for mutation in mutations])

    async def _settings(self, request: Request) -> Response:
        if request.method == "PUT":
            wanted = msgspec.json.decode(await request.body(), type=Settings)
            if unknown := set(wanted.sizes) - set(SIZES):
                raise ValueError(f"no resource {', '.join(sorted(unknown))} has a size; {', '.join(SIZES)} have one")
            if wanted.refused and (unknown := set(wanted.refused) - self.api.resources):
                raise ValueError(f"no such resource: {', '.join(sorted(unknown))}")
            if wanted.sizes != self.settings.sizes:
                self._api = None
            self.settings = wanted
            if self._api:
                self._api.books.forget()
        return Response(LINES.encode(self.settings), media_type="application/json")

    async def _grant(self, _request: Request) -> Response:
        """Fresh tokens, as after signing in."""
        return JSONResponse(self.authority.grant())

    async def _tokens(self, _request: Request) -> Response:
        return JSONResponse(dict(self.authority.issued))
