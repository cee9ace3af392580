"""A scripted Procountor, which hides and orders as the real one does."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tap_kit.testing import Reply
from tap_procountor.streams import STREAMS

if TYPE_CHECKING:
    from collections.abc import Callable

Json = Any
COMPANY_ID = 4711

# What lists leave out unless they are asked for it (OpenAPI 26.04).
HIDDEN: dict[str, Callable[[dict[str, Any], dict[str, str]], bool]] = {
    "businesspartners": lambda one, asked: str(one["registryInfo"]["active"]).lower() != asked.get("active", "true"),
    "persons": lambda one, asked: not one["registryInfo"]["active"] and asked.get("includeInactive") != "true",
    "payrolls/employees": lambda one, asked: not one["active"] and asked.get("includeInactive") != "true",
    "invoices": lambda one, asked: str(one.get("isOffer", False)).lower() != asked.get("isOffer", "false"),
    "products": lambda one, asked: one["type"] not in asked.get("type", "SALES PURCHASE"),
    "products/groups": lambda one, asked: one["type"] not in asked.get("type", "SALES PURCHASE"),
    "payments/errormessages": lambda one, asked: asked.get("status", "UNHANDLED") not in ("ALL", one["status"]),
}
ENVELOPES = {
    "coa": "ledgerAccounts",
    "fiscalyears": "fiscalYears",
    "products/groups": "productGroups",
    "company/deliveryterms": "deliveryTerms",
    "currencies": "currencies",
}
BARE = ("dimensions", "company/invoicecirculation/verifierlists", "payrolls/laborunionsettings")
LISTS = {row.path for row in STREAMS if row.envelope == "results"} | {"journals", "se/factoringcontracts"}
DAYS = {"ledgerreceipts": "receiptDate", "payments": "paymentDate", "referencepayments": "valueDate"}


@dataclass
class Asked:
    """One request that arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: str
    headers: dict[str, str]

    @property
    def one(self) -> dict[str, str]:
        """The query with one value a name."""
        return {name: values[0] for name, values in self.query.items()}


@dataclass
class Procountor:
    """What the scripted vendor holds and answers.

    `lists` by path; `details` by path and id, where they differ from the listed record; `objects` and `replies`, which
    go before all else, by path.
    """

    lists: dict[str, list[Any]] = field(default_factory=dict)
    details: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    objects: dict[str, Json] = field(default_factory=dict)
    replies: dict[str, Callable[[Asked], Reply | None]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    inclusive: bool = True  # whether filters by date include their own days

    def paths(self, path: str) -> list[dict[str, str]]:
        """The queries of a path, in order."""
        return [asked.one for asked in self.asked if asked.path == path]

    def answer(self, asked: Asked) -> Reply:
        if asked.path in self.replies and (reply := self.replies[asked.path](asked)):
            return reply
        if asked.path == "oauth/token":
            return Reply({"access_token": "acc3ss", "expires_in": 3600})
        if asked.path in self.objects or asked.method == "POST":
            return Reply(self.objects.get(asked.path, {"reportParameters": {}, "reportData": {"periods": []}}))
        if asked.path in ENVELOPES or asked.path in BARE:
            found = self.found(asked)
            return Reply({ENVELOPES[asked.path]: found} if asked.path in ENVELOPES else found)
        return self.page(asked) if asked.path in LISTS else self.detail(asked)

    def found(self, asked: Asked) -> list[Any]:
        hidden = HIDDEN.get(asked.path, lambda *_: False)
        return [one for one in self.lists.get(asked.path, []) if not hidden(one, asked.one)]

    def page(self, asked: Asked) -> Reply:
        query, found = asked.one, self.found(asked)
        key = "attachmentId" if asked.path == "attachments" else "id"
        day = DAYS.get(asked.path, "date")
        found = [
            one
            for one in found
            if query.get("versionStartDate", "") <= str(one.get("version") or "9")
            and self.within(query, str(one.get(day, "5")))
            and (one.get("type") in query["types"].split(",") if "types" in query else True)
        ]
        newest = query.get("orderByVersion") == "DESC"
        ascending = query.get("orderById") == "ASC"
        found.sort(key=lambda one: str(one.get("version")) if newest else one.get(key, 0), reverse=not ascending)
        size = min(int(query.get("size", 50)), 200)
        if "previousId" in query:
            last = int(query["previousId"])
            found = [one for one in found if one[key] > last]  # whatever the order, as one client saw in 2018
        number = int(query.get("page", 0))
        rows = found[number * size : (number + 1) * size]
        meta = {"pageNumber": number, "pageSize": size, "resultCount": len(rows)}
        return Reply({"results": rows, "meta": meta} if rows else {"meta": meta})

    def within(self, query: dict[str, str], day: str) -> bool:
        start, end = query.get("startDate", ""), query.get("endDate", "9")
        return start <= day <= end and (self.inclusive or day not in (start, end))

    def detail(self, asked: Asked) -> Reply:
        path, _, ids = asked.path.rpartition("/")
        listed = {one["id"]: one for one in self.lists.get(path, []) if isinstance(one, dict) and "id" in one}
        if not re.fullmatch(r"\d+(,\d+)*", ids):
            return Reply({"errors": [{"status": 404, "message": "NOT_FOUND"}]}, status=404)
        wanted = sorted({int(text) for text in ids.split(",")})
        records = [self.details.get(path, {}).get(one, listed[one]) for one in wanted if one in listed]
        if not records:
            return Reply({"errors": [{"status": 404}]}, status=404)
        return Reply(records if "," in ids else records[0])


class _Server(ThreadingHTTPServer):
    request_queue_size = 32

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def serve(script: Procountor) -> _Server:
    """Return a server that answers by the script."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # head and body leave together: apart, each answer takes 40 ms

        def _answer(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, url.path.lstrip("/"), parse_qs(url.query), body, headers)
            script.asked.append(asked)
            reply = script.answer(asked)
            content = reply.raw if reply.raw is not None else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer  # noqa: N815 - the names that the server looks for

        def log_message(self, *_: Any) -> None:
            pass

    return _Server(("127.0.0.1", 0), Handler)


def company(url: str) -> Procountor:
    """Return a scripted Procountor whose company has nothing but a session and one open fiscal year."""
    script = Procountor(url=url)
    script.objects["sessioninfo"] = {"companyId": COMPANY_ID, "name": "Kuusi Oy", "userId": 5, "userName": "reader"}
    periods = [
        {"id": 11, "startDate": "2026-01-01", "endDate": "2026-01-31", "status": "CLOSED", "modified": "2026-02-10"},
        {"id": 12, "startDate": "2026-02-01", "endDate": "2026-02-28", "status": "CLOSED", "modified": "2026-03-10"},
        {"id": 13, "startDate": "2026-03-01", "endDate": "2026-03-31", "status": "OPEN"},
    ]
    year = {"id": 1, "startDate": "2026-01-01", "endDate": "2026-03-31", "isOpen": True, "trackingPeriods": periods}
    script.lists["fiscalyears"] = [year]
    return script
