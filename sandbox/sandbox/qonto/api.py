"""`/v2`: the five resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from sandbox.qonto.errors import ApiError
from sandbox.qonto.facts import API_KEY
from sandbox.qonto.params import includes, paging, question

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sandbox.limit import Limit
    from sandbox.qonto.books import Books
    from sandbox.qonto.ledger import Ints, Question
    from sandbox.qonto.settings import Settings

Json = dict[str, Any]


class Api:
    """One method an endpoint; each returns the JSON object."""

    def __init__(self, books: Books, settings: Callable[[], Settings], refused: Limit) -> None:
        self.books = books
        self.settings = settings
        self.refused = refused
        """Counts wrong credentials: too many of them are throttled too."""
        self._shuffle = np.random.default_rng(books.company.seed)
        self.app = Starlette(
            routes=[
                self._route("/v2/organization", self.organization),
                self._route("/v2/bank_accounts", self.bank_accounts),
                self._route("/v2/bank_accounts/{id}", self.bank_account),
                self._route("/v2/transactions", self.transactions),
                self._route("/v2/transactions/{id}", self.transaction),
                self._route("/v2/labels", self.labels),
                self._route("/v2/labels/{id}", self.label),
                self._route("/v2/memberships", self.memberships),
            ],
            exception_handlers={404: not_found, 405: not_found},
        )

    def _route(self, path: str, endpoint: Callable[[Request], Json]) -> Route:
        async def answer(request: Request) -> Response:
            try:
                self._authorize(request)
                body = endpoint(request)
            except ApiError as error:
                return error.response()
            return Response(msgspec.json.encode(body), media_type="application/json")

        return Route(path, answer, methods=["GET"])

    def _authorize(self, request: Request) -> None:
        """The key stands in the header as it is: no scheme, no encoding."""
        given = request.headers.get("authorization")
        if given == API_KEY:
            return
        if self.refused.admit():
            raise ApiError(429, "too many unauthorized requests")
        if given is None:
            raise ApiError(401, "authorization header missing", code="authorization_header_missing")
        raise ApiError(401, "authorization token invalid")

    def organization(self, request: Request) -> Json:
        """One object, no paging."""
        return {"organization": self.books.organization(external=wants_external(request))}

    def bank_accounts(self, request: Request) -> Json:
        """Whether there is a `meta` is a setting."""
        settings = self.settings()
        always = settings.external_bank_accounts == "always"
        records = self.books.bank_accounts(external=always or wants_external(request))
        answer = self._list(request, "bank_accounts", records)
        if settings.bank_accounts_meta == "absent":
            del answer["meta"]
        return answer

    def bank_account(self, request: Request) -> Json:
        """By id, external ones too."""
        position = self.books.company.position(request.path_params["id"])
        if position is None:
            raise ApiError(404, "no such bank account")
        return {"bank_account": self.books.bank_accounts(external=True)[position]}

    def transactions(self, request: Request) -> Json:
        """Of one bank account."""
        query, settings = request.query_params, self.settings()
        name = "bank_account_id" if query.get("bank_account_id") else "iban"
        if not query.get(name):
            raise ApiError(400, "bank_account_id or iban is needed", parameter="bank_account_id")
        account = self.books.company.position(query[name])
        if account is None:
            raise ApiError(404, "no such bank account", parameter=name)
        asked, embedded = question(query, settings, account), includes(query)
        rows = self.books.ledger.select(asked)
        page = paging(query, settings, len(rows))
        if settings.ties == "shuffled":
            rows = self._shuffled(rows, asked)
        records = self.books.transactions(page.cut(rows), embedded)
        return {"transactions": records, "meta": page.meta(len(rows))}

    def _shuffled(self, rows: Ints, asked: Question) -> Ints:
        times = getattr(self.books.ledger.columns, asked.sort)[rows]
        return rows[np.lexsort((self._shuffle.random(len(rows)), -times if asked.descending else times))]

    def transaction(self, request: Request) -> Json:
        """By id, whatever its status."""
        try:
            row = self.books.position(request.path_params["id"])
        except ValueError:
            raise ApiError(404, "no such transaction") from None
        return {"transaction": self.books.transactions(np.array([row]), includes(request.query_params))[0]}

    def labels(self, request: Request) -> Json:
        """The tree, as a list."""
        return self._list(request, "labels", self.books.labels())

    def label(self, request: Request) -> Json:
        """By id."""
        try:
            label = self.books.company.label(request.path_params["id"])
        except ValueError:
            raise ApiError(404, "no such label") from None
        return {"label": self.books.shown("labels", label)}

    def memberships(self, request: Request) -> Json:
        """Also those who were never invited."""
        return self._list(request, "memberships", self.books.memberships())

    def _list(self, request: Request, name: str, records: list[Json]) -> Json:
        page = paging(request.query_params, self.settings(), len(records))
        return {name: page.cut(records), "meta": page.meta(len(records))}


def wants_external(request: Request) -> bool:
    """Accounts at other banks come only on request."""
    return request.query_params.get("include_external_accounts") == "true"


async def not_found(_request: Request, _error: Exception) -> Response:
    """A path that the API does not have."""
    return ApiError(404, "not found").response()
