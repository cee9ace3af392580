"""`/v2`: the lists and objects of the table of resources, and the four that the ledger answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from sandbox.qonto.errors import ApiError
from sandbox.qonto.lists import Lists
from sandbox.qonto.params import includes, paging, question
from sandbox.qonto.resources import BY_NAME, RESOURCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sandbox.qonto.access import Access
    from sandbox.qonto.books import Books
    from sandbox.qonto.ledger import Ints, Question
    from sandbox.qonto.resource import Resource
    from sandbox.qonto.settings import Settings

Json = dict[str, Any]


class Api:
    """Every endpoint returns the JSON object."""

    def __init__(self, books: Books, settings: Callable[[], Settings], access: Access) -> None:
        self.books = books
        self.settings = settings
        self.access = access
        self._shuffle = np.random.default_rng(books.company.seed)
        lists = Lists(books, settings, self._shuffle)
        own = {
            "organization": ("organization", self.organization),
            "bank_accounts": ("bank_accounts", self.bank_accounts),
            "bank_accounts/{id}": ("bank_accounts", self.bank_account),
            "transactions": ("transactions", self.transactions),
            "transactions/{id}": ("transactions", self.transaction),
            "transactions/{id}/attachments": ("attachments", self.attachments),
            "attachments/{id}": ("attachments", self.attachment),
        }
        routes = [self._route(path, BY_NAME[name], endpoint) for path, (name, endpoint) in own.items()]
        for resource in RESOURCES:
            if resource.path:
                endpoint = lists.only if resource.only else lists.page
                routes.append(self._route(resource.path, resource, partial(endpoint, resource)))
        for resource in RESOURCES:
            if resource.one is not None and resource.name not in self.books.computed:
                path = f"{resource.path or resource.name}/{{id}}"
                routes.append(self._route(path, resource, partial(lists.one, resource)))
        self.app = Starlette(routes=routes, exception_handlers={404: not_found, 405: not_found})

    def _route(self, path: str, resource: Resource, endpoint: Callable[[Request], Json]) -> Route:
        async def answer(request: Request) -> Response:
            try:
                self.access.check(request, resource)
                body = endpoint(request)
            except ApiError as error:
                return error.response(resource.errors)
            headers = dict(resource.headers)
            return Response(msgspec.json.encode(body), media_type="application/json", headers=headers)

        return Route(f"/v2/{path}", answer, methods=["GET"])

    def organization(self, request: Request) -> Json:
        """One object, no paging."""
        return {"organization": self.books.organization(external=wants_external(request))}

    def bank_accounts(self, request: Request) -> Json:
        """Whether there is a `meta` is a setting."""
        settings = self.settings()
        always = settings.external_bank_accounts == "always"
        records = self.books.bank_accounts(external=always or wants_external(request))
        page = paging(request.query_params, settings, len(records))
        answer: Json = {"bank_accounts": page.cut(records)}
        return answer if settings.bank_accounts_meta == "absent" else {**answer, "meta": page.meta(len(records))}

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
        return {"transaction": self._transaction(request, includes(request.query_params))}

    def _transaction(self, request: Request, embedded: tuple[str, ...]) -> Json:
        try:
            row = self.books.position(request.path_params["id"])
        except ValueError:
            raise ApiError(404, "no such transaction") from None
        return self.books.transactions(np.array([row]), embedded)[0]

    def attachments(self, request: Request) -> Json:
        """Of one transaction; pages, but no `meta`."""
        records = self._transaction(request, ("attachments",))["attachments"]
        return {"attachments": paging(request.query_params, self.settings(), len(records)).cut(records)}

    def attachment(self, request: Request) -> Json:
        """By id, whatever it belongs to."""
        record = self.books.attachment(request.path_params["id"])
        if record is None:
            raise ApiError(404, "no such attachment")
        return {"attachment": record}


def wants_external(request: Request) -> bool:
    """Accounts at other banks come only on request."""
    return request.query_params.get("include_external_accounts") == "true"


async def not_found(_request: Request, _error: Exception) -> Response:
    """A path that the API does not have."""
    return ApiError(404, "not found").response()
