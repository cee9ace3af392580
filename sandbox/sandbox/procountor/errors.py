"""Errors in Procountor's shapes."""

from __future__ import annotations

import msgspec
from starlette.responses import HTMLResponse, Response

GATEWAY = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr></body></html>"


class ApiError(Exception):
    """`{"errors": [{"status", "field", "message"}]}`; `field` only where one parameter is to blame."""

    def __init__(self, status: int, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self._field = field

    def response(self) -> Response:
        """As it goes out."""
        return Response(body(self.status, str(self), self._field), self.status, media_type="application/json")


def body(status: int, message: str, field: str | None = None) -> bytes:
    """The JSON."""
    blamed = {} if field is None else {"field": field}
    return msgspec.json.encode({"errors": [{"status": status, **blamed, "message": message}]})


def gateway(status: int, title: str) -> Response:
    """What stands before the API answers in HTML."""
    return HTMLResponse(GATEWAY.format(f"{status} {title}"), status)
