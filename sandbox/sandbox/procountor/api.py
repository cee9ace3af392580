"""The paths of the API, below each of its bases."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from sandbox.procountor import documents
from sandbox.procountor.around import Around
from sandbox.procountor.defaults import Defaults
from sandbox.procountor.employees import Employees
from sandbox.procountor.errors import ApiError, gateway
from sandbox.procountor.filters import truth
from sandbox.procountor.lists import Lists
from sandbox.procountor.office import Office
from sandbox.procountor.reports import Reports
from sandbox.procountor.resources import BY_NAME, RESOURCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sandbox.procountor.access import Access
    from sandbox.procountor.books import Books
    from sandbox.procountor.resource import Path, Resource
    from sandbox.procountor.settings import Settings

Json = dict[str, Any]
BASES = ("/latest/api", "/api", "/supported/api", "/v2605/api", "/v2602/api", "/v2511/api")
"""Those in force in June 2026: a numbered version lives for nine months (documentation, General information)."""


class Api:
    """Every endpoint returns what becomes JSON, or a response of its own."""

    def __init__(self, books: Books, settings: Callable[[], Settings], access: Access) -> None:
        self.books = books
        self.lists = Lists(books, settings)
        self.reports = Reports(books, settings)
        self._access = access
        paths = [
            *Office(books, settings, self.lists).paths,
            *Around(books, self.lists).paths,
            *Defaults(books).paths,
            *Employees(books).paths,
            *self._paths(),
        ]
        self.resources = {"reports", *(resource for _, resource, _ in paths)}
        """What rights can be asked for."""
        routes = [*(self._get(*path) for path in paths), *self._posts()]
        self.app = Starlette(
            routes=[Mount(base, routes=routes) for base in BASES],
            exception_handlers={404: not_found, 405: not_found},
        )

    def _paths(self) -> list[Path]:
        """The lists before single records, as an id could be anything."""
        return [
            ("attachments/{id}", "attachment_files", partial(documents.file, self.books)),
            ("payrolls/salarylists/{id}", "salary_lists", self._salary_list),
            *((resource.path, resource.name, partial(self._list, resource)) for resource in RESOURCES),
            *((f"{one.path}/{{id}}", one.name, partial(self._one, one)) for one in RESOURCES if one.one),
        ]

    def _get(self, path: str, resource: str, endpoint: Callable[[Request], Any]) -> Route:
        async def answer(request: Request) -> Response:
            try:
                self._access.check(request, resource)
                body = endpoint(request)
            except ApiError as error:
                return error.response()
            return body if isinstance(body, Response) else as_json(body)

        return Route(f"/{path}", answer, methods=["GET"])

    def _posts(self) -> list[Route]:
        """The reports: they read, whatever their method."""

        def of(make: Callable[[Request, bytes], Json]) -> Callable[[Request], Any]:
            async def answer(request: Request) -> Response:
                try:
                    self._access.check(request, "reports")
                    return as_json(make(request, await request.body()))
                except ApiError as error:
                    return error.response()

            return answer

        reports = self.reports
        makers: dict[str, Callable[[Request, bytes], Json]] = {
            "accounting": lambda _, body: reports.accounting(body),
            "ledgeraccounts": lambda _, body: reports.ledger_accounts(body),
            "generalledger/{account}": lambda r, body: reports.general_ledger(r.path_params["account"], body),
        }
        return [Route(f"/reports/{path}", of(make), methods=["POST"]) for path, make in makers.items()]

    def _list(self, resource: Resource, request: Request) -> Any:
        if resource.name == "fiscal_years":
            self.books.periods()
        elif resource.name == "journals":
            self.books.tables["journals"] = self.books.kept("journals", self.books.journals)
        return self._localized(resource, request, self.lists.page(resource, request))

    def _one(self, resource: Resource, request: Request) -> Any:
        return self._localized(resource, request, self.lists.one(resource, request))

    def _localized(self, resource: Resource, request: Request, answer: Any) -> Any:
        """Products tell their names in other languages on request."""
        if resource.name != "products" or not truth(self.lists.asked(resource, request), "includeLocalizations", None):
            return answer
        rows = answer if isinstance(answer, list) else answer.get("results", [answer])
        table = self.books.tables["products"]
        for row in rows:
            row["productLocalizations"] = table[row["id"]]["_localizations"]
        return answer

    def _salary_list(self, request: Request) -> Json:
        """With its slips as their own list shows them."""
        slips = self.lists.rows(BY_NAME["salary_slips"], self.books.find("salary_lists", request)["_slips"])
        found: Json = self.lists.one(BY_NAME["salary_lists"], request)
        return found | {"salarySlips": slips}


def as_json(body: Any) -> Response:
    """200."""
    return Response(msgspec.json.encode(body), media_type="application/json")


async def not_found(_request: Request, _error: Exception) -> Response:
    """A path that the API does not have."""
    return gateway(404, "Not Found")
