"""Fortnox's error bodies."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import PlainTextResponse, Response

if TYPE_CHECKING:
    from sandbox.fortnox.settings import Refusal

NOT_FOUND = 404
INVALID_PARAMETER = (2000588, "Ogiltig parameter i anropet.")
INVALID_FILTER = (2000587, "Ett ogiltigt filter har använts.")
INVALID_VALUE = (2000106, "Värdet har fel typ.")
ILLEGAL_CHARACTERS = (2000359, "Otillåtna tecken.")
CODES: dict[Refusal, tuple[int, str]] = {
    "scope": (2000663, "Har inte behörighet för scope."),
    "licence": (2001101, "Licens saknas för scope."),
    "api_licence": (2001103, "Api-licens saknas."),
    "login": (2000310, "Ogiltig inloggning."),
    # No client has told the code of this one.
    "feature": (0, "Feature inte tillgänglig"),
    "internal": (1000029, "Internal error"),
}


class ApiError(Exception):
    """An answer of the API that is no success."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def response(self) -> Response:
        """As it goes out."""
        return answer(body(self.status, self.code, str(self)), self.status)

    def newer(self) -> Response:
        """As the families under `/api` say it."""
        return answer(
            {"id": str(self.code), "error": HTTPStatus(self.status).phrase, "message": str(self)}, self.status
        )


class BareError(Exception):
    """An answer that is not in the usual shape: of the gateway, or of the old login."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def body(status: int, code: int, message: str) -> dict[str, Any]:
    """Capitals in 404, none in the others (recorded answers)."""
    fields = {"Error": 1, "Message": message, "Code": code}
    if status != NOT_FOUND:
        fields = {name.lower(): value for name, value in fields.items()}
    return {"ErrorInformation": fields}


def unauthorized() -> BareError:
    """A token that the gateway does not know."""
    return BareError(answer({"message": "unauthorized"}, 401))


def refusal(reason: Refusal, status: int) -> Exception:
    """Why a resource is not answered."""
    match reason:
        case "gateway":
            return unauthorized()
        case "right":
            return BareError(PlainTextResponse("Kan inte logga in, behörighet saknas (2000311).", 403))
        case "internal":
            return ApiError(400, *CODES[reason])
        case _:
            return ApiError(status, *CODES[reason])


def encode(value: Any) -> bytes:
    """JSON as Fortnox writes it: nothing but ASCII, and escaped slashes (recorded answers)."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def answer(value: Any, status: int = 200) -> Response:
    """As JSON."""
    return Response(encode(value), status, media_type="application/json")
