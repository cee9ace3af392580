"""Qonto's error bodies."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

CODES = {
    400: "bad_request",
    401: "authorization_token_invalid",
    403: "forbidden",
    404: "not_found",
    422: "invalid_format",
    429: "too_many_requests",
    500: "internal_server_error",
    503: "service_unavailable",
}


class ApiError(Exception):
    """An answer of the API that is no success. `parameter` is the query parameter to blame."""

    def __init__(self, status: int, detail: str, *, code: str | None = None, parameter: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.body = body(status, detail, code=code, parameter=parameter)

    def response(self) -> JSONResponse:
        """As it goes out."""
        return JSONResponse(self.body, self.status)


def body(status: int, detail: str, *, code: str | None = None, parameter: str | None = None) -> dict[str, Any]:
    """`{"errors": [{"code", "detail", "source"?}]}`."""
    error: dict[str, Any] = {"code": code or CODES.get(status, "unknown"), "detail": detail}
    if parameter:
        error["source"] = {"parameter": parameter}
    return {"errors": [error]}
