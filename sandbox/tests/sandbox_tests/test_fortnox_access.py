"""What Fortnox refuses, limits, hides and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from sandbox.fortnox.resources import RESOURCES
from sandbox.limit import Limit

from sandbox import Sandbox

if TYPE_CHECKING:
    from sandbox.fortnox.resource import Resource

    from sandbox_tests.fortnox_client import FortnoxClient

ACTIONS = [(resource, action) for resource in RESOURCES for action in resource.actions]


@pytest.mark.parametrize(
    ("reason", "status", "body"),
    [
        ("licence", 403, {"error": 1, "message": "Licens saknas för scope.", "code": 2001101}),
        ("api_licence", 403, {"error": 1, "message": "Api-licens saknas.", "code": 2001103}),
        ("scope", 403, {"error": 1, "message": "Har inte behörighet för scope.", "code": 2000663}),
        ("login", 403, {"error": 1, "message": "Ogiltig inloggning.", "code": 2000310}),
        ("feature", 403, {"error": 1, "message": "Feature inte tillgänglig", "code": 0}),
        ("internal", 400, {"error": 1, "message": "Internal error", "code": 1000029}),
    ],
)
def test_refusals(bookkeeper: FortnoxClient, reason: str, status: int, body: Any) -> None:
    bookkeeper.fortnox.settings(refused={"contracts": reason})
    answer = bookkeeper.ask("3/contracts")
    assert (answer.status_code, answer.json()) == (status, {"ErrorInformation": body})
    assert bookkeeper.ask("3/contracts/1").status_code == status
    assert bookkeeper.ask("3/invoices").status_code == 200
    bookkeeper.fortnox.settings(refused={"contracts": reason}, refusal_status=400)
    assert bookkeeper.ask("3/contracts").status_code == 400


def test_refusals_in_other_shapes(bookkeeper: FortnoxClient) -> None:
    bookkeeper.fortnox.settings(refused={"orders": "right", "offers": "gateway", "sie": "licence"})
    text = bookkeeper.ask("3/orders")
    assert (text.status_code, text.headers["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert text.text.endswith("(2000311).")
    gateway = bookkeeper.ask("3/offers")
    assert (gateway.status_code, gateway.json()) == (401, {"message": "unauthorized"})
    assert bookkeeper.error("3/sie/4") == (403, 2001101)


def test_values_that_the_user_may_not_see(bookkeeper: FortnoxClient) -> None:
    hidden = ["ContributionPercent", "ContributionValue"]
    bookkeeper.fortnox.settings(no_right={"invoices": hidden})
    invoice = bookkeeper.get("3/invoices/1")["Invoice"]
    assert {invoice[name] for name in hidden} == {"API_NORIGHT"}
    assert {row[name] for row in invoice["InvoiceRows"] for name in hidden} == {"API_NORIGHT"}
    assert "API_NORIGHT" not in bookkeeper.ask("3/orders/1").text


@pytest.mark.parametrize(("resource", "action"), ACTIONS, ids=lambda of: getattr(of, "name", of))
def test_a_get_that_does_something_is_known(bookkeeper: FortnoxClient, resource: Resource, action: str) -> None:
    before = len(bookkeeper.fortnox.side_effects())
    bookkeeper.fortnox.mutate("edit_record", resource=resource.name, ids=["1"], set={"Sent": False})
    assert bookkeeper.ask(f"3/{resource.name}/1/preview").content.startswith(b"%PDF")
    assert bookkeeper.ask(f"3/{resource.name}/123456/{action}").status_code == 404
    assert len(bookkeeper.fortnox.side_effects()) == before
    assert bookkeeper.get(f"3/{resource.name}/1").popitem()[1]["Sent"] is False
    bookkeeper.sandbox.advance_clock(1)
    assert bookkeeper.ask(f"3/{resource.name}/1/{action}").status_code == 200
    *_, last = bookkeeper.fortnox.side_effects()
    assert (last["method"], last["path"]) == ("GET", f"/3/{resource.name}/1/{action}")
    assert bookkeeper.get(f"3/{resource.name}/1").popitem()[1]["Sent"] is True
    changed = bookkeeper.all(f"3/{resource.name}", lastmodified=last["at"])
    assert [record["DocumentNumber"] for record in changed] == ["1"]


def test_the_limit_of_the_documentation() -> None:
    with Sandbox(transactions=0) as sandbox, requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {sandbox.fortnox.grant()['access_token']}"
        answers = [session.get(f"{sandbox.fortnox.api_url}/3/labels", timeout=5) for _ in range(26)]
        assert [answer.status_code for answer in answers] == [200] * 25 + [429]
        assert "Retry-After" not in answers[-1].headers
        assert answers[-1].json()["ErrorInformation"]["message"]
        assert [entry["status"] for entry in sandbox.fortnox.log()][-1] == 429


def test_who_goes_on_asking_stays_limited() -> None:
    now = [0.0]
    limit = Limit([(2, 5.0)], lambda: now[0], counts_refused=True)
    waits = []
    for now[0] in (0.0, 1.0, 4.0, 5.5, 8.5, 10.5):
        waits.append(limit.admit())
    assert waits == [0, 0, 1.0, 0.5, 0.5, 0]


def test_faults(bookkeeper: FortnoxClient) -> None:
    bookkeeper.sandbox.faults([{"match": {"path": "*/invoices/*"}, "do": {"kind": "answer", "status": 500}}])
    assert bookkeeper.error("3/invoices/1") == (500, 0)
    assert bookkeeper.ask("3/invoices/1").status_code == 200
    bookkeeper.sandbox.faults([{"match": {"path": "*/customers"}, "do": {"kind": "duplicate"}}])
    assert len(bookkeeper.rows("3/customers", limit=3)) == 6
    mutation = {"kind": "mutate", "mutation": {"kind": "add_record", "resource": "customers"}, "when": "before"}
    bookkeeper.sandbox.faults([{"match": {"query": {"page": "2"}}, "do": mutation}])
    before, after = (bookkeeper.get("3/customers", page=page)["MetaInformation"] for page in (1, 2))
    assert after["@TotalResources"] == before["@TotalResources"] + 1


def test_nobody_asks_and_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr("sandbox.fortnox.vendor.Company", lambda *_: made.append(1))
    with Sandbox(transactions=0) as sandbox:
        sandbox.limit()
        sandbox.qonto.counts()
        sandbox.fortnox.grant()
        sandbox.fortnox.settings(sizes={"invoices": 5000})
    assert not made
