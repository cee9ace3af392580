"""What an answer other than 200 means. Messages hold neither the body nor the query."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from tap_kit.answers import retry_after
from tap_kit.errors import (
    AccessError,
    CredentialsError,
    RequestRefusedError,
    TapError,
    TryAgainError,
    VendorChangedError,
    VendorError,
)

if TYPE_CHECKING:
    from tap_kit.api import Api, Json
    from tap_kit.exchange import Answer

# How often a request is tried when the vendor fails, and when it asks for patience.
FAILING, LIMITED = 8, 30


def refusal(api: Api, answer: Answer, *, known: bool) -> TapError | TryAgainError:
    """Return the error for an answer that is not 200; `known` says whether the credentials have worked before."""
    status, code = answer.status, _code(api, answer.body)
    where = _where(answer, code)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        final = VendorError(f"{api.vendor} allows no more requests {where}")
        return TryAgainError(final, attempts=LIMITED, wait=retry_after(answer.response))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT or code in api.retry_codes:
        final = VendorError(f"{api.vendor} fails; run again later {where}")
        return TryAgainError(final, attempts=FAILING, wait=retry_after(answer.response))
    if status == HTTPStatus.UNAUTHORIZED and not known and code not in api.access_codes:
        return CredentialsError(f"{api.vendor} refused the credentials: {api.credentials_hint} {where}")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or code in api.access_codes:
        message = f"{api.vendor} refused access: {api.access_hint(code)} {where}"
        return AccessError(message, status=status, code=code)
    if answer.response.is_redirect:
        hint = api.not_json_hint or "check api_url"
        return VendorChangedError(f"{api.vendor} answered with a redirect; {hint} {where}")
    what = "refused the request" if known else "refused the first request: check api_url"
    return RequestRefusedError(f"{api.vendor} {what} {where}", status=status, code=code)


def _where(answer: Answer, code: str) -> str:
    request_id = answer.response.headers.get("X-Request-Id", "")
    said = [f"HTTP {answer.status}", code, request_id and f"request {request_id}"]
    return f"({answer.request.where}: {', '.join(filter(None, said))})"


def _code(api: Api, body: bytes) -> str:
    said: Json = body.decode("utf-8", "replace")
    with suppress(msgspec.DecodeError):
        said = msgspec.json.decode(said)
    try:
        code = api.error_code(said)
    except (LookupError, TypeError, AttributeError):
        return ""
    return code if code.replace("_", "").replace("-", "").replace(".", "").isalnum() else ""
