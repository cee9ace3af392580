"""Fortnox as the sandbox serves it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from sandbox.clock import iso
from sandbox.fortnox import errors
from sandbox.fortnox.api import Api
from sandbox.fortnox.company import Company
from sandbox.fortnox.mutations import AddField, AddRecord, DeleteRecord, DropField, EditRecord, Mutation
from sandbox.fortnox.oauth import Authority
from sandbox.fortnox.resources import SCOPES, known
from sandbox.fortnox.settings import Settings
from sandbox.fortnox.storm import Storm
from sandbox.fortnox.voucher_mutations import AddVoucher, AddYear, Book, Cancel, DeleteLastVoucher, Lock, StrikeRows
from sandbox.limit import Limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from sandbox.clock import Clock

Mutations = (
    AddField
    | AddRecord
    | AddVoucher
    | AddYear
    | Book
    | Cancel
    | DeleteLastVoucher
    | DeleteRecord
    | DropField
    | EditRecord
    | Lock
    | Storm
    | StrikeRows
)

REQUESTS = ((25, 5.0),)
NDJSON = "application/x-ndjson"
LINES = msgspec.json.Encoder()


class Scope(msgspec.Struct, forbid_unknown_fields=True):
    """What a grant opens; None: everything."""

    scope: str | None = None


class Fortnox:
    """The company, its API, and its part of the admin endpoint."""

    name = "fortnox"

    def __init__(self, seed: int, clock: Clock, url: str) -> None:
        self.settings = Settings()
        # Whoever goes on asking stays limited (Fortnox docs, Rate limits).
        self.limit = Limit(REQUESTS, counts_refused=True)
        self.limited: tuple[str, ...] = (f"/{self.name}/3/", f"/{self.name}/api/")
        self._seed, self._clock, self._url = seed, clock, f"{url}/{self.name}"
        self.authority = Authority(clock, seed, SCOPES, self._current)
        self.api = Api(lambda: self.company, self._current, self.authority)
        self.app = Starlette(routes=[*self.authority.routes, Mount("/", self.api)])
        self.routes = [
            Route("/truth", self._truth),
            Route("/balances/{year:int}", self._balances),
            Route("/records/{resource}", self._records),
            Route("/mutations", self._mutate, methods=["POST"]),
            Route("/settings", self._settings, methods=["GET", "PUT"]),
            Route("/grants", self._grant, methods=["POST"]),
            Route("/tokens", self._tokens),
            Route("/side_effects", self._side_effects),
        ]

    @cached_property
    def company(self) -> Company:
        """Made when somebody first looks into its books."""
        return Company(self._seed, self._clock, self._url, self._current)

    def _current(self) -> Settings:
        return self.settings

    def error(self, status: int) -> bytes:
        """In Fortnox's shape."""
        return errors.encode(errors.body(status, 0, f"answered {status} on purpose"))

    def mutate(self, mutation: Mapping[str, Any]) -> dict[str, Any]:
        """Apply one."""
        found: Mutation = msgspec.convert(mutation, Mutations)
        done = found.apply(self.company)
        self.api.lists.forget()
        return {"now": iso(self._clock.now), "ids": done}

    async def _truth(self, _request: Request) -> Response:
        counts = {name: len(records) for name, records in self.company.records.items()}
        return JSONResponse({"records": counts})

    async def _balances(self, request: Request) -> Response:
        """Öre of every account that moved or was opened, by its number."""
        year, ledger = request.path_params["year"], self.company.ledger
        if ledger.by_id(year) is None:
            raise ValueError(f"no financial year {year}")
        opening, closing = ledger.opening(year), ledger.closing(year)
        sums = {str(a): {"opening": opening[a], "closing": closing[a]} for a in sorted(closing)}
        return JSONResponse(sums)

    async def _records(self, request: Request) -> Response:
        """Every record of a resource, one JSON object a line, as its detail has it."""
        resource = known(request.path_params["resource"])
        records = (self.api.lists.whole(resource, record) for record in self.company.all(resource.name))
        return Response(LINES.encode_lines(records), media_type=NDJSON)

    async def _mutate(self, request: Request) -> Response:
        mutations = msgspec.json.decode(await request.body(), type=list[dict[str, Any]])
        return JSONResponse([self.mutate(mutation) for mutation in mutations])

    async def _settings(self, request: Request) -> Response:
        if request.method == "PUT":
            wanted = msgspec.json.decode(await request.body(), type=Settings)
            for name in {*wanted.sizes, *wanted.refused, *wanted.no_right, *wanted.lastmodified, *wanted.page_ignored}:
                known(name)
            if wanted.sizes != self.settings.sizes:
                self.__dict__.pop("company", None)
            self.settings = wanted
            self.api.lists.forget()
        return Response(LINES.encode(self.settings), media_type="application/json")

    async def _grant(self, request: Request) -> Response:
        """Fresh tokens, as after a consent."""
        wanted = msgspec.json.decode(await request.body(), type=Scope)
        return JSONResponse(self.authority.grant(wanted.scope))

    async def _tokens(self, _request: Request) -> Response:
        return JSONResponse(self.authority.issued)

    async def _side_effects(self, _request: Request) -> Response:
        return JSONResponse(self.api.side_effects)
