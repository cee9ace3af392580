"""HTTP: a session a thread, a limiter a credential, retries where they help, errors that say what to do."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
import requests
from requests import RequestException
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

from tap_kit.answers import reason, retry_after
from tap_kit.errors import (
    AccessError,
    CredentialsError,
    RequestRefusedError,
    TapError,
    VendorChangedError,
    VendorError,
)
from tap_kit.limiter import Limiter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_kit.api import Api, Json

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 10
READ_SECONDS = 60  # between two pieces of an answer
ANSWER_SECONDS = 180  # for a whole answer
PIECE = 1 << 16
LONGEST_WAIT = 60.0

# How often a request is tried when nothing was ever answered (most likely a wrong address), when the answer
# cannot be read, when the vendor fails, and when it asks for patience.
FIRST_CONTACT, UNREADABLE, FAILING, LIMITED = 3, 4, 8, 30


class _TryAgainError(Exception):
    """One attempt failed in a way that another may not.

    Attributes:
        final: what the user is told when no attempt is left.
        attempts: how many attempts this kind of failure is worth.
        wait: seconds that the vendor asked for.
    """

    def __init__(self, final: TapError, *, attempts: int, wait: float = 0.0) -> None:
        super().__init__(str(final))
        self.final = final
        self.attempts = attempts
        self.wait = wait


class Client:
    """Reads one API with one credential. Every method may be called from any thread."""

    def __init__(self, api: Api, *, user_agent: str) -> None:
        self.api = api
        self.counts: Counter[str] = Counter()
        self.limiter = Limiter(api.rates, api.in_flight)
        self.pool = ThreadPoolExecutor(api.in_flight, thread_name_prefix="fetch")
        self._user_agent = user_agent
        self._local = threading.local()
        self._decoder = msgspec.json.Decoder(float_hook=Decimal)

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Json:
        """Return the decoded answer to GET path; numbers with a fraction are Decimal.

        Raises:
            CredentialsError, AccessError, RequestRefusedError: the vendor says no.
            VendorError, VendorChangedError: it did not answer, or not with JSON, however often it was asked.
        """
        wait = wait_random_exponential(multiplier=0.5, max=LONGEST_WAIT)
        retrying = Retrying(
            retry=retry_if_exception_type(_TryAgainError),
            stop=lambda state: state.attempt_number >= _failure(state).attempts,
            wait=lambda state: max(_failure(state).wait, wait(state)),
            before_sleep=self._before_retry,
            retry_error_callback=_give_up,
        )
        return retrying(self._get, path, params)

    def close(self) -> None:
        """Begin nothing more, and leave what is under way to end by itself."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        self.limiter.close()

    def _get(self, path: str, params: Mapping[str, Any] | None) -> Json:
        where = f"GET {path}"
        with self.limiter.slot():
            self.counts["requests"] += 1
            try:
                response, body = self._fetch(path, params)
            except RequestException as error:
                reached = bool(self.counts["answers"])
                final = VendorError(f"{self.api.vendor} at {self.api.url} cannot be reached: {reason(error)} ({where})")
                raise _TryAgainError(final, attempts=FAILING if reached else FIRST_CONTACT) from error
        self.counts["answers"] += 1
        if response.status_code == HTTPStatus.OK:
            return self._decode(body, response, where)
        raise self._refusal(response, body, where)

    def _fetch(self, path: str, params: Mapping[str, Any] | None) -> tuple[requests.Response, bytes]:
        headers = {"Accept": "application/json", "User-Agent": self._user_agent, **self.api.headers()}
        deadline = time.monotonic() + ANSWER_SECONDS
        with self._session().get(
            f"{self.api.url}/{path}",
            params=params,
            headers=headers,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            body = bytearray()
            for piece in response.iter_content(PIECE):
                body += piece
                if time.monotonic() > deadline:
                    raise requests.ReadTimeout(f"the answer took longer than {ANSWER_SECONDS} s")
            return response, bytes(body)

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        session: requests.Session = self._local.session
        return session

    def _decode(self, body: bytes, response: requests.Response, where: str) -> Json:
        try:
            return self._decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            kind = response.headers.get("Content-Type", "no content type").split(";")[0]
            hint = f"; {self.api.not_json_hint}" if "html" in kind and self.api.not_json_hint else ""
            message = f"{self.api.vendor} answered with {kind} that is not JSON{hint} ({where})"
            raise _TryAgainError(VendorChangedError(message), attempts=UNREADABLE) from error

    def _refusal(self, response: requests.Response, body: bytes, where: str) -> Exception:
        """Return the error for an answer that is not 200. It never holds the body, nor the query."""
        status = response.status_code
        code = self._error_code(body)
        request_id = response.headers.get("X-Request-Id", "")
        said = ", ".join(filter(None, [f"HTTP {status}", code, request_id and f"request {request_id}"]))
        where = f"({where}: {said})"
        vendor, known = self.api.vendor, bool(self.counts["readable"])
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500 or status == HTTPStatus.REQUEST_TIMEOUT:  # noqa: PLR2004
            return self._patience(response, where)
        if status == HTTPStatus.UNAUTHORIZED and not known:
            return CredentialsError(f"{vendor} refused the credentials: {self.api.credentials_hint} {where}")
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            hint = self.api.access_hint(code)
            return AccessError(f"{vendor} refused access: {hint} {where}", status=status, code=code)
        if response.is_redirect:
            hint = self.api.not_json_hint or "check api_url"
            return VendorChangedError(f"{vendor} answered with a redirect; {hint} {where}")
        what = "refused the request" if known else "refused the first request: check api_url"
        return RequestRefusedError(f"{vendor} {what} {where}", status=status, code=code)

    def _patience(self, response: requests.Response, where: str) -> _TryAgainError:
        wait = retry_after(response)
        if response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
            failing = VendorError(f"{self.api.vendor} fails; run again later {where}")
            return _TryAgainError(failing, attempts=FAILING, wait=wait)
        self.counts["429"] += 1
        self.limiter.hold(wait or 1.0)
        limited = VendorError(f"{self.api.vendor} allows no more requests {where}")
        return _TryAgainError(limited, attempts=LIMITED, wait=wait)

    def _error_code(self, body: bytes) -> str:
        try:
            code = self.api.error_code(self._decoder.decode(body))
        except (msgspec.DecodeError, UnicodeDecodeError, LookupError, TypeError, AttributeError):
            return ""
        return code if code.replace("_", "").replace("-", "").replace(".", "").isalnum() else ""

    def _before_retry(self, state: RetryCallState) -> None:
        self.counts["retries"] += 1
        pause = state.next_action.sleep if state.next_action else 0.0
        logger.warning("Attempt %d: %s; next in %.1f s", state.attempt_number, _failure(state), pause)


def _failure(state: RetryCallState) -> _TryAgainError:
    failure = state.outcome.exception() if state.outcome else None
    assert isinstance(failure, _TryAgainError)  # noqa: S101 - only this one is retried
    return failure


def _give_up(state: RetryCallState) -> None:
    raise _failure(state).final
