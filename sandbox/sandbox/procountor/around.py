"""What is asked for by the invoice that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procountor import facts
from sandbox.procountor.errors import ApiError
from sandbox.procountor.filters import integers
from sandbox.procountor.invoices import trail
from sandbox.procountor.resource import Path, Resource, only

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.procountor.books import Books
    from sandbox.procountor.lists import Lists

Json = dict[str, Any]
EVENTS = Resource(name="payment_events", path="payments/paymentevents", previous_id=True)
EVENTS_OF_ONE = Resource(name="payment_events", path="", previous_id=True, order=("id", True))
FLAT = ("id", "invoiceId", "paymentDate", "amount", "receiverName", "status", "paidAmount", "paidCurrency")
"""Fields of a payment event where several invoices are asked for."""


class Around:
    """Raises ApiError 404 where there is no such invoice, and where there is nothing to tell."""

    def __init__(self, books: Books, lists: Lists) -> None:
        self._books = books
        self._lists = lists

    @property
    def paths(self) -> list[Path]:
        """Of the API."""
        one = "invoices/{id}"
        return [
            ("invoices/transactions", "invoices", self.trails),
            ("invoices/personalapprovals", "invoices", lambda request: self.waiting(request, "VERIFIED")),
            ("invoices/personalverifications", "invoices", lambda request: self.waiting(request, "RECEIVED")),
            (f"{one}/transactions", "invoices", self.trail),
            (f"{one}/comments", "comments", self.comments),
            (f"{one}/comments/taggableusers", "comments", self.taggable),
            (f"{one}/comments/{{comment}}", "comments", self.comment),
            (f"{one}/paymentevents", "payment_events", self.payment_events),
            (f"{one}/paymentevents/{{event}}", "payment_events", self.payment_event),
            (f"{one}/image", "invoices", self.image),
            ("payments/paymentevents", "payment_events", self.events_of),
        ]

    def _events(self, request: Request) -> list[Json]:
        found = self._books.children["payment_events"].get(self._books.find("invoices", request)["id"], [])
        return [{name: item for name, item in event.items() if name[0] != "_"} for event in found]

    def payment_events(self, request: Request) -> Json:
        """A page of those of one invoice."""
        return self._lists.ordered(EVENTS_OF_ONE, request, self._events(request))

    def payment_event(self, request: Request) -> Json:
        """One of them."""
        return only(self._events(request), "id", request.path_params["event"])

    def events_of(self, request: Request) -> Json:
        """A page of those of several invoices, with fewer fields."""
        wanted = integers(self._lists.asked(EVENTS, request), "invoiceId")
        if not wanted:
            raise ApiError(400, "invoiceId is missing", "invoiceId")
        events = (event for number in set(wanted) for event in self._books.children["payment_events"].get(number, ()))
        flat = [
            {name: value for name, value in (event | {"receiverName": event["_name"]}).items() if name in FLAT}
            for event in events
        ]
        return self._lists.ordered(EVENTS, request, flat)

    def trail(self, request: Request) -> Json:
        """What happened to one invoice; 404 when nothing did."""
        steps = trail(self._books.find("invoices", request))
        if not steps:
            raise ApiError(404, "No transactions were found")
        return {"transactions": steps}

    def trails(self, request: Request) -> Json:
        """What happened to several; 404 when nothing did to any."""
        wanted = integers(self._lists.asked(EVENTS, request), "invoiceIds")
        if not wanted:
            raise ApiError(400, "invoiceIds is missing", "invoiceIds")
        table = self._books.tables["invoices"]
        found = [
            {"invoiceId": number, "transactions": steps}
            for number in sorted(set(wanted))
            if number in table and (steps := trail(table[number]))
        ]
        if not found:
            raise ApiError(404, "No transactions were found")
        return {"results": found}

    def comments(self, request: Request) -> Json:
        """Of purchases, travel and expense invoices only."""
        found = self._books.find("invoices", request)
        if found["type"] not in facts.DISCUSSED:
            raise ApiError(403, "Comments are not supported for this type of invoice")
        return {"comments": self._books.children["comments"].get(found["id"], [])}

    def comment(self, request: Request) -> Json:
        """One, with the people that it names."""
        tagged = [{"userTagId": 1, "displayName": "aino", "fullName": "Aino Reader"}]
        one = only(self.comments(request)["comments"], "id", request.path_params["comment"])
        return one | {"taggedUsers": tagged}

    def taggable(self, request: Request) -> Json:
        """Whom a comment could name."""
        self._books.find("invoices", request)
        return {"taggableUsers": [{"displayName": "aino", "fullName": "Aino Reader"}]}

    def image(self, request: Request) -> Json:
        """No invoice here was scanned."""
        self._books.find("invoices", request)
        raise ApiError(404, "No image was found")

    def waiting(self, request: Request, status: str) -> Json:
        """What the user has to do."""
        types = request.query_params.get("types")
        if types not in facts.DISCUSSED:
            raise ApiError(400, f"types is one of {', '.join(facts.DISCUSSED)}", "types")
        table = self._books.tables["invoices"].values()
        return {"invoiceIds": [i["id"] for i in table if i["type"] == types and i["status"] == status]}
