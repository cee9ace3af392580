"""Who may read what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from sandbox.control import RefusedError
from sandbox.qonto.resources import BY_NAME, RESOURCES

if TYPE_CHECKING:
    from sandbox_tests.conftest import Reader

WITH_KEY = {
    "organization",
    "bank_accounts",
    "transactions",
    "attachments",
    "labels",
    "memberships",
    "membership",
    "statements",
    "sepa_beneficiaries",
    "sepa_transfers",
    "sepa_bulk_transfers",
    "sepa_recurring_transfers",
    "external_transfers",
    "requests",
    "clients",
    "client_invoices",
    "credit_notes",
    "supplier_invoices",
    "products",
    "direct_debit_mandates",
    "direct_debit_subscriptions",
    "direct_debit_collections",
    "cash_flow_categories",
    "subscription",
}
SCOPES = {
    "teams": "team.read",
    "cards": "card.read",
    "clients": "client.read",
    "client_invoices": "client_invoices.read",
    "credit_notes": "client_invoices.read",
    "quotes": "client_invoices.read",
    "products": "product.read",
    "supplier_invoices": "supplier_invoice.read",
    "membership": "membership.read",
    "memberships": "organization.read",
    "sepa_transfers": "organization.read",
    "sepa_beneficiaries": "organization.read",
    "requests": "organization.read",
    "international_currencies": "organization.read",
    "payment_links": "payment_link.read",
    "direct_debit_mandates": "sepa_direct_debit.read",
    "direct_debit_subscriptions": "sepa_direct_debit.read",
    "direct_debit_collections": "sepa_direct_debit.read",
    "terminals": "terminal.read",
    "webhook_subscriptions": "webhook",
    "cash_flow_categories": "cash_flow_category.read",
    "subscription": "subscription.read",
    "einvoicing_settings": "einvoicing.read",
    "user_organizations": "openid",
    "transactions": "organization.read",
    "organization": "organization.read",
}
PARAMS = {"currency": "USD", "source": "EUR"}


def path_of(reader: Reader, name: str) -> str:
    paths = {
        "transactions": f"transactions?bank_account_id={reader.main}",
        "attachments": f"attachments/{reader.sandbox.qonto.records('client_invoices')[0]['attachment_id']}",
        "payment_link_payments": f"payment_links/{reader.sandbox.qonto.records('payment_links')[0]['id']}/payments",
        "insurance_contracts": f"insurance_contracts/{reader.sandbox.qonto.records('insurance_contracts')[0]['id']}",
    }
    return paths.get(name) or BY_NAME[name].path or name


@pytest.mark.parametrize("name", [resource.name for resource in RESOURCES])
def test_the_key_and_a_token_with_every_scope(unchanged: Reader, name: str) -> None:
    path = path_of(unchanged, name)
    assert unchanged.granted(path, **PARAMS).status_code == 200
    response = unchanged.ask(f"/{path}", **PARAMS)
    assert response.status_code == (200 if name in WITH_KEY else 401)
    if name not in WITH_KEY:
        error = response.json()
        error = error["errors"][0] if "errors" in error else error
        assert error == {"code": "unauthorized", "detail": "OAuth2 authentication is required here"}


@pytest.mark.parametrize(("name", "scope"), SCOPES.items(), ids=list(SCOPES))
def test_scopes(unchanged: Reader, name: str, scope: str) -> None:
    url = f"{unchanged.sandbox.qonto.api_url}/{path_of(unchanged, name)}"
    others = {other for other in SCOPES.values() if other != scope}
    for given, status in ((scope, 200), (" ".join(sorted(others)), 403)):
        token = unchanged.sandbox.qonto.grant(given)["access_token"]
        response = requests.get(url, PARAMS, headers={"Authorization": f"bearer {token}"}, timeout=5)
        assert response.status_code == status
        assert ("missing required oauth scope" in response.text) == (status == 403)


def test_either_scope_opens_attachments(unchanged: Reader) -> None:
    url = f"{unchanged.sandbox.qonto.api_url}/{path_of(unchanged, 'attachments')}"
    for scope in ("attachment.read", "organization.read"):
        token = unchanged.sandbox.qonto.grant(scope)["access_token"]
        assert requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=5).ok


@pytest.mark.parametrize(
    ("plan", "refused"),
    [("business", set()), ("essential", {"requests"}), ("solo_basic", {"requests", "supplier_invoices"})],
)
def test_plans(reader: Reader, plan: str, refused: set[str]) -> None:
    reader.sandbox.qonto.settings(plan=plan)
    for name in ("requests", "supplier_invoices", "clients"):
        assert reader.ask(f"/{name}").status_code == (403 if name in refused else 200)
    assert reader.get("/subscription")["plan"]["code"] == f"team_{plan}"


def test_no_plan(reader: Reader) -> None:
    reader.sandbox.qonto.settings(plan="none")
    assert reader.get("/subscription") == {"plan": None}


def test_what_a_role_or_the_key_does_not_open(reader: Reader) -> None:
    reader.sandbox.qonto.settings(forbidden=["statements"], refuse_api_key=["sepa_bulk_transfers"])
    assert reader.ask("/statements").status_code == reader.granted("statements").status_code == 403
    assert reader.ask("/sepa/bulk_transfers").status_code == 401
    assert reader.granted("sepa/bulk_transfers").status_code == 200
    with pytest.raises(RefusedError, match="invoices"):
        reader.sandbox.qonto.settings(forbidden=["invoices"])


def test_the_door_before_the_sandbox(reader: Reader) -> None:
    reader.sandbox.qonto.settings(staging_token="sesame")
    token = requests.post(f"{reader.sandbox.qonto.auth_url}/token", timeout=5)
    for response in (reader.ask("/labels"), reader.granted("cards"), token):
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/html")
        assert "<html>" in response.text
    url, key = f"{reader.sandbox.qonto.api_url}/labels", reader.sandbox.qonto.api_key
    headers = {"Authorization": key, "X-Qonto-Staging-Token": "sesame"}
    assert requests.get(url, headers=headers, timeout=5).json()["labels"]
    headers["X-Qonto-Staging-Token"] = "barley"
    assert requests.get(url, headers=headers, timeout=5).headers["Content-Type"].startswith("text/html")
