"""HTTP: a session a thread, a limiter a credential, retries where they help, errors that say what to do."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import requests
from requests import RequestException
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

from tap_kit.answers import reason
from tap_kit.errors import RequestRefusedError, TryAgainError, VendorChangedError, VendorError
from tap_kit.exchange import Answer, Request
from tap_kit.limiter import Limiter
from tap_kit.refusals import FAILING, refusal
from tap_kit.vault import Hold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tap_kit.api import Api, Json

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 10
READ_SECONDS = 60  # between two pieces of an answer
ANSWER_SECONDS = 180  # for a whole answer
PIECE = 1 << 16
LONGEST_WAIT = 60.0

# How often a request is tried when nothing was ever answered (most likely a wrong address), and when the answer
# cannot be read.
FIRST_CONTACT, UNREADABLE = 3, 4

Result = TypeVar("Result")


class Client:
    """Reads one API with one credential. Every method may be called from any thread."""

    def __init__(self, api: Api, *, user_agent: str) -> None:
        self.api = api
        self.counts: Counter[str] = Counter()
        self.limiter = Limiter(api.rates, api.in_flight)
        self.pool = ThreadPoolExecutor(api.in_flight, thread_name_prefix="fetch")
        self.hold = Hold()  # of the run: once it is lost, nothing more is asked for
        self.next_pages = ThreadPoolExecutor(4, thread_name_prefix="page")  # its calls wait for no other
        self._user_agent = user_agent
        self._local = threading.local()
        self._decoder = msgspec.json.Decoder(float_hook=Decimal)

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, shown: str = "") -> Json:
        """Return the decoded answer to GET path; numbers with a fraction are Decimal.

        Messages name the path as `shown`, where the path itself holds numbers of documents or people.

        Raises:
            CredentialsError, AccessError, RequestRefusedError: the vendor says no.
            VendorError, VendorChangedError: it did not answer, or not with JSON, however often it was asked.
        """
        return self._ask(Request("GET", path, params, shown=shown), self._json)

    def post(self, path: str, body: Json) -> Json:
        """Return the decoded answer to a POST that only reads, as vendors have them for reports; errors as of get."""
        return self._ask(Request("POST", path, json=body), self._json)

    def get_bytes(self, path: str, params: Mapping[str, Any] | None = None) -> bytes:
        """Return the answer to GET path as it is, of whatever type; errors as of get."""
        return self._ask(Request("GET", path, params, accept="*/*"), lambda answer: answer.body)

    def download(self, url: str) -> Iterator[bytes]:
        """Yield a file in pieces from a link that carries its own signature: no credential is sent.

        Raises:
            RequestRefusedError: the link has expired, or there is no such file.
            VendorError: the file did not come, or not whole.
        """
        try:
            with self._session().get(
                url, headers={"User-Agent": self._user_agent}, timeout=(CONNECT_SECONDS, READ_SECONDS), stream=True
            ) as response:
                status = response.status_code
                if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
                    raise VendorError(f"the file cannot be fetched: HTTP {status}")
                if status != HTTPStatus.OK:
                    raise RequestRefusedError(f"the file is refused: HTTP {status}", status=status)
                yield from response.iter_content(PIECE)
        except RequestException as error:
            raise VendorError(f"the file cannot be fetched: {reason(error)}") from error

    def close(self) -> None:
        """Begin nothing more, and leave what is under way to end by itself."""
        for pool in (self.pool, self.next_pages):
            pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, request: Request, read: Callable[[Answer], Result]) -> Result:
        wait = wait_random_exponential(multiplier=0.5, max=LONGEST_WAIT)
        retrying = Retrying(
            retry=retry_if_exception_type(TryAgainError),
            stop=lambda state: state.attempt_number >= _failure(state).attempts,
            wait=lambda state: max(_failure(state).wait, wait(state)),
            before_sleep=self._before_retry,
            retry_error_callback=_give_up,
        )
        result: Result = retrying(self._try, request, read)
        return result

    def _try(self, request: Request, read: Callable[[Answer], Result]) -> Result:
        self.hold.check()
        signed = self.api.sign_in.headers()
        answer = self._answer(request, signed)
        if answer.status == HTTPStatus.UNAUTHORIZED and self.api.sign_in.renew(signed):
            answer = self._answer(request, self.api.sign_in.headers())
        self.counts["answers"] += 1
        if answer.status == HTTPStatus.OK:
            return read(answer)
        error = refusal(self.api, answer, known=bool(self.counts["readable"]))
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS and isinstance(error, TryAgainError):
            self.counts["429"] += 1
            self.limiter.hold(error.wait or 1.0)
        raise error

    def _answer(self, request: Request, signed: Mapping[str, str]) -> Answer:
        with self.limiter.slot(request.where):
            self.counts["requests"] += 1
            try:
                return self._fetch(request, signed)
            except RequestException as error:
                reached = bool(self.counts["answers"])
                why = f"{reason(error)} ({request.where})"
                final = VendorError(f"{self.api.vendor} at {self.api.url} cannot be reached: {why}")
                raise TryAgainError(final, attempts=FAILING if reached else FIRST_CONTACT) from error

    def _fetch(self, request: Request, signed: Mapping[str, str]) -> Answer:
        deadline = time.monotonic() + ANSWER_SECONDS
        with self._session().request(
            request.method,
            f"{self.api.url}/{request.path}",
            params=request.params,
            json=request.json,
            headers={"Accept": request.accept, "User-Agent": self._user_agent, **signed},
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            body = bytearray()
            for piece in response.iter_content(PIECE):
                body += piece
                if time.monotonic() > deadline:
                    raise requests.ReadTimeout(f"the answer took longer than {ANSWER_SECONDS} s")
            return Answer(request, response, bytes(body))

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        session: requests.Session = self._local.session
        return session

    def _json(self, answer: Answer) -> Json:
        try:
            return self._decoder.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            kind, where = answer.kind, answer.request.where
            hint = f"; {self.api.not_json_hint}" if "html" in kind and self.api.not_json_hint else ""
            message = f"{self.api.vendor} answered with {kind} that is not JSON{hint} ({where})"
            raise TryAgainError(VendorChangedError(message), attempts=UNREADABLE) from error

    def _before_retry(self, state: RetryCallState) -> None:
        self.counts["retries"] += 1
        pause = state.next_action.sleep if state.next_action else 0.0
        logger.warning("Attempt %d: %s; next in %.1f s", state.attempt_number, _failure(state), pause)


def _failure(state: RetryCallState) -> TryAgainError:
    failure = state.outcome.exception() if state.outcome else None
    assert isinstance(failure, TryAgainError)  # noqa: S101 - only this one is retried
    return failure


def _give_up(state: RetryCallState) -> None:
    raise _failure(state).final
