"""Qonto's error bodies."""

from __future__ import annotations

from typing import Any, Literal

from starlette.responses import JSONResponse

UNAUTHORIZED = 401
CODES = {
    400: "bad_request",
    401: "authorization_token_invalid",
    403: "forbidden",
    404: "not_found",
    410: "gone",
    422: "invalid_format",
    429: "too_many_requests",
    500: "internal_server_error",
    503: "service_unavailable",
}


Shape = Literal["list", "status", "object", "flat"]
"""Of the body: `{"errors": […]}`; the same with the status in it; `{"errors": {…}}` for 404 and 422; or only `{…}`."""
OBJECTS = (404, 422)


class ApiError(Exception):
    """An answer of the API that is no success. `parameter` is the query parameter to blame."""

    def __init__(self, status: int, detail: str, *, code: str | None = None, parameter: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.error: dict[str, Any] = {"code": code or CODES.get(status, "unknown"), "detail": detail}
        if parameter:
            self.error["source"] = {"parameter": parameter}

    def response(self, shape: Shape = "list") -> JSONResponse:
        """As it goes out."""
        return JSONResponse(self.body(shape), self.status)

    def body(self, shape: Shape) -> dict[str, Any]:
        """In the shape of the endpoint; that of the credentials' errors is always a list."""
        match shape:
            case "flat" if self.status != UNAUTHORIZED:
                return self.error
            case "object" if self.status in OBJECTS:
                return {"errors": self.error}
            case "status":
                parameter = self.error.get("source", {}).get("parameter")
                more = {"meta": {"validation_param": parameter}} if parameter else {}
                return {"errors": [{"status": str(self.status), **self.error, **more}]}
            case _:
                return {"errors": [self.error]}


def body(status: int, detail: str) -> dict[str, Any]:
    """`{"errors": [{"code", "detail"}]}`."""
    return ApiError(status, detail).body("list")
