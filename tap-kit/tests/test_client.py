"""Faults are normal input."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit import client as client_module
from tap_kit.api import Api, Company, Page
from tap_kit.client import Client
from tap_kit.errors import (
    AccessError,
    CredentialsError,
    RequestRefusedError,
    TapError,
    VendorChangedError,
    VendorError,
)
from tap_kit.limiter import Duration, Rate
from tap_kit.sign_in import ApiKey
from tap_kit.testing import Reply, vendor
from tenacity import wait_none

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "s3cret-key"
BODY = "Jane Doe owes 12.50"


def api(url: str) -> Api:
    return Api(
        vendor="Vendor",
        url=url,
        sign_in=ApiKey({"Authorization": SECRET}),
        rates=[Rate(1000, Duration.SECOND)],
        in_flight=4,
        page_params=lambda number: {"page": number},
        read_page=lambda body, name: Page(body[name]),
        company=lambda _: Company("Acme", "1"),
        error_code=lambda body: str(body["code"]),
        access_hint=lambda code: f"ask for {code}",
        credentials_hint="check the key",
        not_json_hint="sign in",
    )


@contextmanager
def serving(*replies: Reply) -> Iterator[Client]:
    """Serve the replies in turn, the last one for ever."""
    left = list(replies)

    def answer(_: str, __: dict[str, list[str]]) -> Reply:
        return left.pop(0) if len(left) > 1 else left[0]

    with vendor(answer) as server:
        client = Client(api(server.url), user_agent="test")
        try:
            yield client
        finally:
            client.close()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "wait_random_exponential", lambda **_: wait_none())


OK = Reply({"price": 12.10, "count": 3})


@pytest.mark.parametrize(
    "fault",
    [
        Reply({"code": "x"}, status=500),
        Reply(raw=b"", status=502),
        Reply(raw=b"<html>Bad gateway</html>", status=503, headers={"Content-Type": "text/html"}),
        Reply(OK.body, cut=True),
        Reply(raw=b'{"price": 12', headers={"Content-Type": "application/json"}),
        Reply(raw=b"<html>", headers={"Content-Type": "text/html"}),
        Reply(raw=b"", status=429, headers={"Retry-After": "0.05"}),
        Reply({"code": "x"}, status=408),
    ],
    ids=["500", "502 empty", "503 html", "cut", "truncated", "html", "429", "408"],
)
def test_a_passing_fault_is_retried(fault: Reply) -> None:
    with serving(fault, OK) as client:
        assert client.get("things") == {"price": Decimal("12.1"), "count": 3}
        assert client.counts["retries"] == 1


def test_a_refusal_for_lack_of_patience_holds_back_every_thread() -> None:
    with serving(Reply(raw=b"", status=429, headers={"Retry-After": "0.3"}), OK) as client:
        started = time.monotonic()
        client.get("things")
        with client.limiter.slot():
            assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (
            Reply({"code": "bad_key", "detail": BODY}, status=401),
            CredentialsError,
            "check the key (GET things: HTTP 401, bad_key)",
        ),
        (Reply({"code": "scope_x", "detail": BODY}, status=403), AccessError, "ask for scope_x"),
        (Reply({"code": "gone", "detail": BODY}, status=404), RequestRefusedError, "HTTP 404, gone"),
        (Reply({"code": BODY}, status=422), RequestRefusedError, "HTTP 422"),
        (Reply(raw=b"", status=302, headers={"Location": "http://127.0.0.1/"}), VendorChangedError, "sign in"),
        (Reply(raw=b"<p>" + BODY.encode(), headers={"Content-Type": "text/html"}), VendorChangedError, "text/html"),
        (Reply({"code": "boom"}, status=500), VendorError, "run again later"),
    ],
)
def test_a_lasting_fault_is_one_line_without_body_query_or_secret(
    reply: Reply, error: type[TapError], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="tap_kit")
    with serving(OK, reply) as client:
        client.counts["readable"] = int(reply.status != 401)
        client.get("things")
        with pytest.raises(error) as raised:
            client.get("things", {"iban": "FR7630001007941234567890185"})
    said = str(raised.value)
    assert words in said
    assert "\n" not in said
    for secret in (BODY, SECRET, "FR76"):
        assert secret not in said + caplog.text


def test_401_after_a_good_answer_is_about_one_stream_only() -> None:
    with serving(Reply({"code": "oauth"}, status=401)) as client:
        client.counts["readable"] = 1
        with pytest.raises(AccessError, match="ask for oauth"):
            client.get("things")


def test_nobody_there() -> None:
    client = Client(api("http://127.0.0.1:9"), user_agent="test")
    with pytest.raises(VendorError, match=r"Vendor at http://127.0.0.1:9 cannot be reached: connection refused"):
        client.get("things")
    client.close()


def test_an_answer_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "ANSWER_SECONDS", -1)
    with serving(OK) as client, pytest.raises(VendorError, match="no answer in time"):
        client.get("things")


def test_numbers_stay_exact() -> None:
    body: Any = b'{"amount": 12345678901234567.89, "big": 123456789012345678901234567890}'
    with serving(Reply(raw=body)) as client:
        answer = client.get("things")
    assert answer["amount"] == Decimal("12345678901234567.89")
    assert int(answer["big"]) == 123456789012345678901234567890
