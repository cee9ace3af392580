"""Qonto as the sandbox serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.limit import Limit
from sandbox.qonto import errors
from sandbox.qonto.api import Api
from sandbox.qonto.books import Books
from sandbox.qonto.catalog import AddField, AddLabel, DeleteLabel, DropField, RenameLabel
from sandbox.qonto.mutations import Add, BulkEdit, Decline, Delete, Edit, Mutation, Relabel, Settle
from sandbox.qonto.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.requests import Request

    from sandbox.clock import Clock

Mutations = (
    Add
    | AddField
    | AddLabel
    | BulkEdit
    | Decline
    | Delete
    | DeleteLabel
    | DropField
    | Edit
    | Relabel
    | RenameLabel
    | Settle
)

REQUESTS = ((1000, 10.0), (10_000, 600.0))
UNAUTHORIZED = ((200, 3600.0),)
CHUNK = 1000
NDJSON = "application/x-ndjson"
LINES = msgspec.json.Encoder()


class Qonto:
    """The company, its API, and its part of the admin endpoint."""

    name = "qonto"

    def __init__(self, transactions: int, seed: int, clock: Clock) -> None:
        self.books = Books(transactions, seed, clock)
        self.settings = Settings()
        self.limit = Limit(REQUESTS)
        self.app = Api(self.books, lambda: self.settings, Limit(UNAUTHORIZED)).app
        self.routes = [
            Route("/truth", self._truth),
            Route("/records/{resource}", self._records),
            Route("/mutations", self._mutate, methods=["POST"]),
            Route("/settings", self._settings, methods=["GET", "PUT"]),
        ]

    def error(self, status: int) -> bytes:
        """In Qonto's shape."""
        return msgspec.json.encode(errors.body(status, f"answered {status} on purpose"))

    def mutate(self, mutation: Mapping[str, Any]) -> dict[str, Any]:
        """Apply one."""
        found: Mutation = msgspec.convert(mutation, Mutations)
        return found.apply(self.books)

    async def _truth(self, _request: Request) -> Response:
        return JSONResponse({"accounts": self.books.truth()})

    async def _records(self, request: Request) -> Response:
        """Every record of a resource, one JSON object a line, as the API writes it."""
        resource = request.path_params["resource"]
        if resource == "transactions":
            return StreamingResponse(self._transactions(), media_type=NDJSON)
        records = {
            "organization": lambda: [self.books.organization(external=True)],
            "bank_accounts": lambda: self.books.bank_accounts(external=True),
            "labels": self.books.labels,
            "memberships": self.books.memberships,
        }[resource]()
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
            self.settings = msgspec.json.decode(await request.body(), type=Settings)
        return Response(LINES.encode(self.settings), media_type="application/json")
