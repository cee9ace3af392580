"""What there is one of: the company, its settings, the user, currencies, VAT."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from sandbox.procountor import facts, office_facts
from sandbox.procountor.errors import ApiError
from sandbox.procountor.invoices import RATES
from sandbox.procountor.spans import DATE
from sandbox.procountor.times import later

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sandbox.procountor.books import Books
    from sandbox.procountor.lists import Lists
    from sandbox.procountor.resource import Path
    from sandbox.procountor.settings import Settings

Json = dict[str, Any]
RATE_TYPES = (
    "PROCOUNTOR_ACCOUNTING_EXCHANGE_RATE",
    "ACCOUNT_CURRENCY_AVERAGE_RATE",
    "ACCOUNT_CURRENCY_BUYING_RATE",
    "ACCOUNT_CURRENCY_SELLING_RATE",
    "CASH_BUYING_RATE",
    "CASH_CURRENCY_SALE_EXCHANGE_RATE",
)


class Office:
    """Answers that need a parameter, a setting or the books."""

    def __init__(self, books: Books, settings: Callable[[], Settings], lists: Lists) -> None:
        self._books = books
        self._settings = settings
        self._lists = lists

    @property
    def paths(self) -> list[Path]:
        """Of the API."""
        fixed: list[Path] = [(p, name, partial(constant, body)) for p, (name, body) in office_facts.FIXED.items()]
        for path, (name, rows) in office_facts.UNNAMED.items():
            fixed.append((path, name, partial(self.unnamed, rows)))
        return [
            *fixed,
            ("users/rights", "users", self.rights),
            ("users/profiles/{id}", "users", self.profile),
            ("currencies/latest", "currencies", self.latest),
            ("currencies/exchangerate", "currencies", self.exchange_rate),
            ("vats/country", "vats", self.vat_country),
            ("sie/availability", "sie", self.sie_availability),
            ("sie/file", "sie", self.sie_file),
            ("integrations/{id}", "integrations", self.integration),
            ("mfatransactionresult/{id}", "users", nothing),
        ]

    def unnamed(self, rows: list[Json], _request: Request) -> Any:
        """A list whose form is a setting."""
        return self._lists.unnamed(rows)

    def rights(self, _request: Request) -> Json:
        """`/users/rights`."""
        denied = self._settings().payroll_rights == "none"
        rights = {
            area: {
                **dict.fromkeys(names, "NO_ACCESS" if denied and area == "salaries" else "VIEWING_RIGHTS"),
                **dict.fromkeys(office_facts.FLAGS.get(area, ()), False),
            }
            for area, names in office_facts.RIGHTS.items()
        }
        return {"role": "API user", "rights": rights}

    def profile(self, request: Request) -> Json:
        """`/users/profiles/{userId}`."""
        if request.path_params["id"] != str(facts.USER_ID):
            raise ApiError(404, "User not found")
        return {"firstname": "Aino", "surname": "Reader"}

    def latest(self, request: Request) -> Json:
        """`/currencies/latest`; yesterday's, a little other for each type."""
        kind = request.query_params.get("rateType", "1")
        if kind not in {"1", "2", "3", "4", "5", "6"}:
            raise ApiError(400, "rateType is one of 1, 2, 3, 4, 5, 6", "rateType")
        rates = [
            {"currencyRate": round(rate + int(kind) / 1000, 6), "currencyCode": code}
            for code, rate in RATES.items()
            if code != "EUR"
        ]
        return {"baseCurrency": "EUR", "currencyDate": later(self._books.today, -1), "rates": rates}

    def exchange_rate(self, request: Request) -> Json:
        """`/currencies/exchangerate`: on weekdays, in euros; 404 where there is none."""
        query = request.query_params
        for name in ("baseCurrency", "currency", "day", "rateType"):
            if name not in query:
                raise ApiError(400, f"{name} is missing", name)
        day, currency = query["day"], query["currency"]
        if query["rateType"] not in RATE_TYPES or not DATE.fullmatch(day):
            raise ApiError(400, "rateType or day is not valid")
        if query["baseCurrency"] != "EUR" or currency not in RATES or day > self._books.today:
            raise ApiError(404, "No exchange rate was found")
        return {"queryDay": day, "currency": currency, "day": day, "rate": RATES[currency]}

    def vat_country(self, request: Request) -> Json:
        """`/vats/country`: the code has two letters."""
        query = request.query_params
        if query.get("countryCode") not in office_facts.VAT:
            raise ApiError(400, "The country code is not valid", "countryCode")
        return {"vatPercentages": list(office_facts.VAT[query["countryCode"]])}

    def sie_availability(self, _request: Request) -> Json:
        """`/sie/availability`."""
        starts = [year["startDate"] for year in self._books.tables["fiscal_years"].values()]
        return {"lastValidEndDate": self._books.today, "accountingPeriodStart": starts}

    def sie_file(self, request: Request) -> Response:
        """`/sie/file`: a short one."""
        for name in ("accountingPeriodStart", "exportEndDate"):
            if not DATE.fullmatch(request.query_params.get(name, "")):
                raise ApiError(400, f"{name} is not a valid date", name)
        return Response(b'#FLAGGA 0\r\n#SIETYP 4\r\n#FNAMN "Kuusitie Trading Oy"\r\n', media_type="text/plain")

    def integration(self, request: Request) -> Json:
        """`/integrations/{requestId}`: one is known, one has expired."""
        number = request.path_params["id"]
        if number == "expired":
            raise ApiError(410, "The request has expired")
        if number != "request-1":
            raise ApiError(404, "The request was not found")
        return {
            "integrationId": "integration-1",
            "expires": f"{later(self._books.today, 7)}T00:00:00",
            "initiator": {"email": "aino@example.test", "userFullName": "Aino Reader"},
            "companiesToIntegrate": [{"companyId": facts.COMPANY_ID}],
        }


def constant(body: Json, _request: Request) -> Json:
    """Always the same."""
    return body


def nothing(_request: Request) -> Json:
    """What is never there."""
    raise ApiError(404, "Not found")
