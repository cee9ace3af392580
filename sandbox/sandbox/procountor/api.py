"""The paths of the API, below each of its bases."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from sandbox.procountor import around, documents, office
from sandbox.procountor.around import Around
from sandbox.procountor.errors import ApiError, gateway
from sandbox.procountor.filters import truth
from sandbox.procountor.lists import Lists
from sandbox.procountor.office import Office
from sandbox.procountor.reports import Reports
from sandbox.procountor.resource import Resource
from sandbox.procountor.resources import BY_NAME, RESOURCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sandbox.procountor.access import Access
    from sandbox.procountor.books import Books
    from sandbox.procountor.settings import Settings

Json = dict[str, Any]
BASES = ("/latest/api", "/api", "/supported/api", "/v2605/api", "/v2602/api", "/v2511/api")
"""Those that are in force in June 2026 (documentation, General information)."""
EVENTS = Resource(name="payment_events", path="payments/paymentevents", previous_id=True)
EVENTS_OF_ONE = Resource(name="payment_events", path="", previous_id=True, order=("id", True))


class Api:
    """Every endpoint returns what becomes JSON, or a response of its own."""

    def __init__(self, books: Books, settings: Callable[[], Settings], access: Access) -> None:
        self.books = books
        self.lists = Lists(books, settings)
        self.reports = Reports(books, settings)
        self._access = access
        self._around = Around(books)
        self._office = Office(books, settings)
        routes = [
            *self._fixed(),
            *self._of_invoices(),
            *self._of_registers(),
            *self._of_payroll(),
            *self._others(),
            *self._listed(),
        ]
        self.routes = [Mount(base, routes=routes) for base in BASES]
        self.app = Starlette(routes=self.routes, exception_handlers={404: not_found, 405: not_found})

    def _get(self, path: str, resource: str, endpoint: Callable[[Request], Any]) -> Route:
        async def answer(request: Request) -> Response:
            try:
                self._access.check(request, resource)
                body = endpoint(request)
            except ApiError as error:
                return error.response()
            return body if isinstance(body, Response) else as_json(body)

        return Route(f"/{path}", answer, methods=["GET"])

    def _post(self, path: str, endpoint: Callable[[Request, bytes], Json]) -> Route:
        async def answer(request: Request) -> Response:
            try:
                self._access.check(request, "reports")
                return as_json(endpoint(request, await request.body()))
            except ApiError as error:
                return error.response()

        return Route(f"/{path}", answer, methods=["POST"])

    def _fixed(self) -> list[Route]:
        def constant(body: Any, _request: Request) -> Any:
            return body

        def unnamed(rows: list[Json], _request: Request) -> Any:
            return self.lists.unnamed(rows)

        return [
            *(self._get(path, name, partial(constant, body)) for path, (name, body) in office.FIXED.items()),
            *(self._get(path, name, partial(unnamed, rows)) for path, (name, rows) in office.UNNAMED.items()),
        ]

    def _of_invoices(self) -> list[Route]:
        own, lists = self._around, self.lists
        one = "invoices/{id}"

        def number(request: Request, name: str = "id") -> str:
            found: str = request.path_params[name]
            return found

        def events(request: Request) -> Json:
            return lists.ordered(EVENTS_OF_ONE, request, own.payment_events(number(request)))

        return [
            self._get("invoices/transactions", "invoices", lambda r: own.trails(lists.asked(EVENTS, r))),
            self._get(
                "invoices/personalapprovals",
                "invoices",
                lambda r: own.waiting(r.query_params.get("types"), "VERIFIED"),
            ),
            self._get(
                "invoices/personalverifications",
                "invoices",
                lambda r: own.waiting(r.query_params.get("types"), "RECEIVED"),
            ),
            self._get(f"{one}/transactions", "invoices", lambda r: own.trail(number(r))),
            self._get(f"{one}/comments", "comments", lambda r: own.comments(number(r))),
            self._get(f"{one}/comments/taggableusers", "comments", lambda r: own.taggable(number(r))),
            self._get(
                f"{one}/comments/{{comment}}", "comments", lambda r: own.comment(number(r), number(r, "comment"))
            ),
            self._get(f"{one}/paymentevents", "payment_events", events),
            self._get(
                f"{one}/paymentevents/{{event}}",
                "payment_events",
                lambda r: own.payment_event(number(r), number(r, "event")),
            ),
            self._get(f"{one}/image", "invoices", lambda _: nothing()),
            self._get(
                "payments/paymentevents",
                "payment_events",
                lambda r: lists.ordered(EVENTS, r, own.events_of(lists.asked(EVENTS, r))),
            ),
        ]

    def _of_registers(self) -> list[Route]:
        own, found = self._around, []
        for path, name in (("businesspartners", "business_partners"), ("persons", "persons"), ("products", "products")):
            one = f"{path}/{{id}}/defaults"

            def dimensions(request: Request, name: str = name) -> Any:
                return own.default_dimensions(name, request.path_params["id"])

            def dimension(request: Request, name: str = name) -> Any:
                return own.default_dimension(name, request.path_params["id"], request.path_params["dimension"])

            def products(request: Request, name: str = name) -> Any:
                return own.default_products(name, request.path_params["id"])

            found.append(self._get(f"{one}/dimensions", name, dimensions))
            found.append(self._get(f"{one}/dimensions/{{dimension}}", name, dimension))
            if name != "products":
                found.append(self._get(f"{one}/products", name, products))
        accounts = "businesspartners/{id}/defaults/accounts"
        return [
            *found,
            self._get(accounts, "business_partners", lambda r: own.default_accounts(r.path_params["id"])),
        ]

    def _of_payroll(self) -> list[Route]:
        own, one = self._around, "payrolls/employees/{id}"
        found = []
        for what in around.EMPLOYEE:

            def several(request: Request, what: str = what) -> Any:
                return own.employee(request.path_params["id"], what)

            def single(request: Request, what: str = what) -> Any:
                return around.only(own.employee(request.path_params["id"], what), "id", request.path_params["one"])

            found.append(self._get(f"{one}/{what}", "employees", several))
            if "/" in what:
                found.append(self._get(f"{one}/{what}/{{one}}", "employees", single))
        return [
            *found,
            self._get(
                "payrolls/salaryperiods",
                "salary_periods",
                lambda r: around.salary_periods(r.query_params.get("holidayCreditYear")),
            ),
            self._get(
                "payrolls/salaryperiods/{id}", "salary_periods", lambda r: around.salary_period(r.path_params["id"])
            ),
            self._get(
                "payrolls/salariesbasicinfo",
                "salaries_basic_info",
                lambda r: around.salaries_basic_info(r.query_params.get("year")),
            ),
            self._get(
                "payrolls/salaryslips/{id}/accounting",
                "salary_slips",
                lambda r: own.slip_accounting(r.path_params["id"]),
            ),
            self._get("payrolls/salarylists/{id}", "salary_lists", self._salary_list),
        ]

    def _salary_list(self, request: Request) -> Json:
        slips = self.lists.rows(BY_NAME["salary_slips"], self._around.salary_list(request.path_params["id"]))
        found: Json = self.lists.one(BY_NAME["salary_lists"], request)
        return found | {"salarySlips": slips}

    def _others(self) -> list[Route]:
        own, reports = self._office, self.reports
        return [
            self._get("users/rights", "users", lambda _: own.rights()),
            self._get("users/profiles/{id}", "users", lambda r: own.profile(r.path_params["id"])),
            self._get("currencies/latest", "currencies", lambda r: own.latest(r.query_params)),
            self._get("currencies/exchangerate", "currencies", lambda r: own.exchange_rate(r.query_params)),
            self._get("vats/country", "vats", lambda r: own.vat_country(r.query_params)),
            self._get("sie/availability", "sie", lambda _: own.sie_availability()),
            self._get("sie/file", "sie", lambda r: Response(own.sie_file(r.query_params), media_type="text/plain")),
            self._get("integrations/{id}", "integrations", lambda r: own.integration(r.path_params["id"])),
            self._get("mfatransactionresult/{id}", "users", lambda _: nothing()),
            self._get("attachments/{id}", "attachment_files", lambda r: documents.file(self.books, r)),
            self._post("reports/accounting", lambda _, body: reports.accounting(body)),
            self._post("reports/ledgeraccounts", lambda _, body: reports.ledger_accounts(body)),
            self._post(
                "reports/generalledger/{account}",
                lambda r, body: reports.general_ledger(r.path_params["account"], body),
            ),
        ]

    def _listed(self) -> list[Route]:
        """The lists first, as an id could be anything."""
        return [
            *(self._get(r.path, r.name, partial(self._list, r)) for r in RESOURCES),
            *(self._get(f"{r.path}/{{id}}", r.name, partial(self._one, r)) for r in RESOURCES if r.one),
        ]

    def _list(self, resource: Resource, request: Request) -> Any:
        if resource.name == "journals":
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


def as_json(body: Any) -> Response:
    """200."""
    return Response(msgspec.json.encode(body), media_type="application/json")


def nothing() -> Any:
    """What is never there."""
    raise ApiError(404, "Not found")


async def not_found(_request: Request, _error: Exception) -> Response:
    """A path that the API does not have."""
    return gateway(404, "Not Found")
