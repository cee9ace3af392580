"""What goes wrong at Fortnox: one line each that says what to change, and the streams that can be read are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from requests.auth import HTTPBasicAuth
from tap_fortnox.tap import TapFortnox
from tap_kit.errors import ConfigError
from tap_kit.testing import Reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tap_kit.testing import Run

UNITS = ("Units", [{"Code": "förp", "Description": "förpackning"}])


def capital(code: int, message: str = "Något gick fel.") -> dict[str, Any]:
    return {"ErrorInformation": {"Error": 1, "Message": message, "Code": code}}


def small(code: int, message: str = "Något gick fel.") -> dict[str, Any]:
    return {"ErrorInformation": {"error": 1, "message": message, "code": code}}


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(capital(2001101), 403), "the company has no licence for it"),
        (Reply(small(2001101), 400), "the company has no licence for it"),
        (Reply(small(2000663), 400), "the connection has not the scope for it"),
        (Reply(small(2001103), 400), "no licence for integrations"),
        (Reply(small(9999999, "Feature inte tillgänglig"), 400), "the company has no licence for it"),
        (
            Reply(raw="Kan inte logga in, behörighet saknas (2000311).".encode(), status=403),
            "its user has not the right",
        ),
        (Reply({"message": "unauthorized"}, 401), "a scope, a licence or the user's right"),
        (Reply({"id": "x", "error": "access_denied", "message": "no"}, 403), "a scope, a licence or the user's right"),
        (Reply(raw=b"<html>forbidden</html>", status=403), "a scope, a licence or the user's right"),
    ],
)
def test_what_may_not_be_read_is_skipped_and_the_rest_is_read(
    fortnox: Any, tap: Callable[..., Run], reply: Reply, said: str
) -> None:
    fortnox.lists["3/units"] = UNITS
    fortnox.answers["3/orders"] = reply
    run = tap("cost_centers", "orders", "units", organization_number="556000-0001")
    assert run.code == 1
    assert run.rows("units") == [{"code": "förp", "description": "förpackning"}]
    (line,) = [line for line in run.errors if "orders is skipped" in line]
    assert said in line
    assert "it needs scope order and the licence for orders" in line
    assert "Något" not in run.log


def test_what_the_user_may_not_see_is_null_and_said_once(fortnox: Any, tap: Callable[..., Run]) -> None:
    rows = [{"RowId": 1, "ContributionValue": "API_NORIGHT", "Price": 5}]
    invoice = {"DocumentNumber": "1", "ContributionPercent": "API_NORIGHT", "Credit": "true", "InvoiceRows": rows}
    fortnox.lists["3/invoices"] = ("Invoices", [{"DocumentNumber": n, "CurrencyRate": "1"} for n in ("1", "2")])
    fortnox.answers |= {f"3/invoices/{n}": {"Invoice": {**invoice, "DocumentNumber": n}} for n in ("1", "2")}
    run = tap("invoices")
    assert run.code == 0
    first, _ = run.rows("invoices")
    assert (first["contribution_percent"], first["invoice_rows"][0]["contribution_value"]) == (None, None)
    assert (first["credit"], first["currency_rate"], first["invoice_rows"][0]["price"]) == (True, 1, 5)
    (line,) = [line for line in run.log.splitlines() if "column contribution_percent" in line]
    assert "may not be seen with these credentials: loaded as null, 2 ×" in line


def test_an_internal_error_that_calls_itself_a_bad_request_is_tried_again(
    fortnox: Any, tap: Callable[..., Run]
) -> None:
    replies = [Reply(small(1000029, "Internal error"), 400)]
    fortnox.answers["3/units"] = lambda query: replies.pop() if replies else fortnox.page(*UNITS, query)
    run = tap("units")
    assert (run.code, len(run.rows("units"))) == (0, 1)


def test_a_field_that_nobody_declared_is_named_and_not_loaded(fortnox: Any, tap: Callable[..., Run]) -> None:
    fortnox.lists["3/units"] = ("Units", [{"Code": "st", "Secret": "CANARY"}])
    run = tap("units")
    assert run.rows("units") == [{"code": "st"}]
    assert "field secret (string) is not declared" in run.log
    assert "CANARY" not in run.log


@pytest.mark.parametrize("number", ["556000-0001", "5560000001", "16556000-0001"])
def test_the_company_is_the_one_that_is_meant(fortnox: Any, tap: Callable[..., Run], number: str) -> None:
    fortnox.lists["3/units"] = UNITS
    assert tap("units", organization_number=number).code == 0


def test_another_company_is_not_read(fortnox: Any, tap: Callable[..., Run]) -> None:
    fortnox.lists["3/units"] = UNITS
    run = tap("units", organization_number="556000-0002")
    assert run.code == 2
    assert run.messages == []
    assert fortnox.paths() == ["3/companyinformation"]
    assert "the connection is to another company" in run.log
    assert "556000" not in run.log


def test_a_company_that_cannot_be_compared_is_not_read(fortnox: Any, tap: Callable[..., Run]) -> None:
    fortnox.answers["3/companyinformation"] = Reply(small(2000663), 403)
    run = tap("units", organization_number="556000-0001")
    assert (run.code, run.messages) == (2, [])
    assert "the scope companyinformation is missing" in run.log


SETTINGS = {
    "client_id": "id",
    "client_secret": "s3cr3t",
    "api_url": "http://127.0.0.1:1",
    "auth_url": "http://127.0.0.1:2/o/",
}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"tenant_id": "1", "refresh_token": "refresh-token-0"}, "either tenant_id"),
        ({"tenant_id": "Björk AB"}, "tenant_id is not a number"),
        ({"tenant_id": "1", "api_url": "api.fortnox.se"}, "api_url is not a URL"),
        ({"tenant_id": "1", "auth_url": "x"}, "auth_url is not a URL"),
        ({"tenant_id": "1", "requests_per_window": 0}, "requests_per_window"),
        ({"tenant_id": "1", "start_date": "last year"}, "start_date is not a date"),
        ({"refresh_token": "refresh-token-0", "token_store": "ftp://x"}, "token_store"),
    ],
)
def test_settings_that_cannot_be_right(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        TapFortnox(config={**SETTINGS, **settings})


class Issued:
    """An answer of the token endpoint."""

    status_code, ok, is_redirect = 200, True, False
    text = '{"access_token": "access-token-1", "token_type": "bearer", "refresh_token": "refresh-token-2"}'


@pytest.fixture
def issued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the token endpoint was asked."""
    asked: list[dict[str, Any]] = []

    def post(url: str, **request: Any) -> Issued:
        asked.append({"url": url, **request})
        return Issued()

    monkeypatch.setattr("requests.post", post)
    return asked


def test_without_a_service_account_somebody_has_to_sign_in(tmp_path: Path) -> None:
    tap = TapFortnox(config={**SETTINGS, "token_store": str(tmp_path / "tokens.json")})
    with pytest.raises(ConfigError, match="nobody has signed in to Fortnox yet: run tap-fortnox login"):
        tap.api.sign_in.headers()


def test_a_service_account_needs_no_refresh_token(issued: list[dict[str, Any]]) -> None:
    tap = TapFortnox(config={**SETTINGS, "tenant_id": "654321"})
    assert issued == []  # until something is asked for
    assert tap.api.sign_in.headers()["Authorization"] == "Bearer access-token-1"
    (asked,) = issued
    assert asked["url"] == "http://127.0.0.1:2/o/token"
    assert asked["data"] == {"grant_type": "client_credentials"}
    assert asked["headers"]["TenantId"] == "654321"
    assert asked["auth"] == HTTPBasicAuth("id", "s3cr3t")


def test_a_refresh_token_is_exchanged_and_the_new_one_kept(issued: list[dict[str, Any]], tmp_path: Path) -> None:
    store = tmp_path / "tokens.json"
    for used in ("refresh-token-1", "refresh-token-2"):
        tap = TapFortnox(config={**SETTINGS, "refresh_token": "refresh-token-1", "token_store": str(store)})
        assert tap.api.sign_in.headers()["Authorization"] == "Bearer access-token-1"
        assert issued[-1]["data"] == {"grant_type": "refresh_token", "refresh_token": used}
        assert "TenantId" not in issued[-1]["headers"]
    assert store.stat().st_mode & 0o777 == 0o600
