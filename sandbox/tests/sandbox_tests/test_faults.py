"""What goes wrong on request."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
from sandbox.control import RefusedError

if TYPE_CHECKING:
    from sandbox_tests.conftest import Reader


def rule(kind: str, path: str = "*/labels", *, nth: int = 1, times: int | None = 1, **do: Any) -> dict[str, Any]:
    return {"match": {"path": path}, "do": {"kind": kind, **do}, "nth": nth, "times": times}


@pytest.mark.parametrize("status", [401, 429, 500, 502, 503])
@pytest.mark.parametrize("body", ["error", "html", "empty"])
def test_answers(reader: Reader, status: int, body: str) -> None:
    reader.sandbox.faults([rule("answer", status=status, body=body, headers={"Retry-After": "3"})])
    response = reader.ask("/labels")
    assert (response.status_code, response.headers["Retry-After"]) == (status, "3")
    match body:
        case "error":
            assert response.json()["errors"][0]["detail"]
        case "html":
            assert response.headers["Content-Type"].startswith("text/html")
            assert "<html>" in response.text
        case _:
            assert response.content == b""
    assert reader.ask("/labels").status_code == 200


def test_a_sign_on_page_instead_of_data(reader: Reader) -> None:
    reader.sandbox.faults([rule("answer", status=200, body="html")])
    response = reader.ask("/labels")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_an_answer_of_your_own(reader: Reader) -> None:
    own = {"labels": [{"id": "x", "name": "Old", "parent_id": ""}]}
    reader.sandbox.faults([rule("answer", status=200, body=own)])
    assert reader.get("/labels") == own


def test_reset(reader: Reader) -> None:
    reader.sandbox.faults([rule("reset")])
    with pytest.raises(requests.ConnectionError, match="reset"):
        reader.ask("/labels")
    assert reader.ask("/labels").status_code == 200
    assert [(e["status"], e["fault"]) for e in reader.sandbox.log()] == [(None, "reset"), (200, None)]


def test_a_lost_answer(reader: Reader) -> None:
    scope = "offline_access organization.read"
    granted = reader.sandbox.qonto.grant(scope)
    asked = {name: granted[name] for name in ("client_id", "client_secret", "refresh_token")}
    asked["grant_type"] = "refresh_token"
    url = f"{reader.sandbox.qonto.auth_url}/token"
    reader.sandbox.faults([rule("lose", "*/token")])
    with pytest.raises(requests.ConnectionError, match="reset"):
        requests.post(url, asked, timeout=5)
    reader.sandbox.advance_clock(61)
    assert requests.post(url, asked, timeout=5).json()["error"] == "invalid_grant"
    assert [(e["status"], e["fault"]) for e in reader.sandbox.log()] == [(None, "lose"), (400, None)]


def test_truncate(reader: Reader) -> None:
    reader.sandbox.faults([rule("truncate")])
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        reader.ask("/labels")
    assert reader.ask("/labels").status_code == 200


def test_dribble(reader: Reader) -> None:
    whole = reader.get("/labels")
    reader.sandbox.faults([rule("dribble", seconds=0.2)])
    started = time.monotonic()
    assert reader.get("/labels") == whole
    assert time.monotonic() - started >= 0.2


def test_delay(reader: Reader) -> None:
    reader.sandbox.faults([rule("delay", seconds=0.2)])
    started = time.monotonic()
    assert reader.ask("/labels").status_code == 200
    assert time.monotonic() - started >= 0.2


def test_hang(reader: Reader) -> None:
    reader.sandbox.faults([rule("hang")])
    url = f"{reader.sandbox.qonto.api_url}/labels"
    with pytest.raises(requests.ReadTimeout):
        reader.session.get(url, timeout=0.2)
    assert reader.ask("/labels").status_code == 200


def test_duplicate(reader: Reader) -> None:
    whole = reader.get("/labels")
    reader.sandbox.faults([rule("duplicate")])
    twice = reader.get("/labels")
    assert twice["meta"] == whole["meta"]
    assert twice["labels"][::2] == twice["labels"][1::2] == whole["labels"]


def test_stale(reader: Reader) -> None:
    reader.sandbox.faults([rule("stale", "*/transactions", nth=2)])
    first, second, third = (reader.page(page=n) for n in (1, 2, 2))
    assert second == first != third


def test_a_mutation_while_page_two_is_read(reader: Reader) -> None:
    reader.sandbox.faults(
        [
            {
                "match": {"path": "*/transactions", "query": {"page": "2"}},
                "do": {"kind": "mutate", "mutation": {"kind": "add"}, "when": "after"},
            }
        ]
    )
    totals = [reader.page(page=n)["meta"]["total_count"] for n in (1, 2, 1)]
    assert [total - totals[0] for total in totals] == [0, 0, 1]
    reader.sandbox.faults([rule("mutate", "*/transactions", mutation={"kind": "add"}, when="before")])
    assert reader.page()["meta"]["total_count"] == totals[0] + 2


def test_which_requests(reader: Reader) -> None:
    reader.sandbox.faults(
        [
            rule("answer", nth=2, times=2, status=500),
            {"match": {"path": "*/labels", "query": {"page": "7"}}, "do": {"kind": "answer", "status": 503}},
        ]
    )
    assert reader.ask("/memberships").status_code == 200
    # The request with page=7 matches both rules, and each counts it.
    assert [reader.ask("/labels", page=p).status_code for p in (1, 7, 1, 1)] == [200, 500, 500, 200]
    reader.sandbox.faults([rule("answer", times=None, status=500)])
    assert {reader.ask("/labels").status_code for _ in range(5)} == {500}


def test_chances_are_the_same_every_time(reader: Reader) -> None:
    def outcomes() -> list[int]:
        match = {"path": "*/labels", "probability": 0.5}
        reader.sandbox.faults([{"match": match, "do": {"kind": "answer", "status": 500}, "times": None}])
        return [reader.ask("/labels").status_code for _ in range(20)]

    first = outcomes()
    assert first == outcomes()
    assert set(first) == {200, 500}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"do": {"kind": "explode"}}, "explode"),
        ({"do": {"kind": "reset"}, "when": 1}, "when"),
        ({"do": {"kind": "answer"}}, "status"),
        ({"match": {"paths": "*"}, "do": {"kind": "reset"}}, "paths"),
    ],
)
def test_no_such_rule(reader: Reader, wrong: dict[str, Any], reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        reader.sandbox.faults([wrong])
