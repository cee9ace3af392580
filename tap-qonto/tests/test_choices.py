"""What is chosen later: it comes as if it had been chosen at first, and the rest goes on as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tap_qonto.tap import TapQonto

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run

CATALOG: dict[str, Any] = json.loads(TapQonto(validate_config=False).catalog_json_text)


def chosen(*streams: str, without: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """A catalog of these streams, without one column of one of them."""
    catalog = json.loads(json.dumps(CATALOG))
    for entry in catalog["streams"]:
        for item in entry["metadata"]:
            if not item["breadcrumb"]:
                item["metadata"]["selected"] = entry["tap_stream_id"] in streams
            elif (entry["tap_stream_id"], item["breadcrumb"][-1]) == without:
                item["metadata"]["selected"] = False
    return catalog


@pytest.fixture
def three(qonto: Any, transaction: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    """Three transactions with notes, and two clients that changed before the last of them."""
    records = [transaction(number, note=f"note {number}") for number in (1, 2, 3)]
    qonto.lists["transactions"] = records
    qonto.lists["clients"] = [{"id": f"c-{n}", "updated_at": f"2026-01-0{n}T00:00:00.000Z"} for n in (1, 2)]
    return records


def test_a_stream_that_is_chosen_later_comes_whole_and_the_others_go_on(
    qonto: Any, tap: Callable[..., Run], three: list[dict[str, Any]]
) -> None:
    first = tap(catalog=chosen("transactions"))
    assert len(first.rows("transactions")) == len(three)
    qonto.asked.clear()
    second = tap(catalog=chosen("transactions", "clients"), state=first.state)
    assert [row["id"] for row in second.rows("clients")] == ["c-1", "c-2"]
    assert second.rows("transactions") == []
    bookmarks = {str(query.get("updated_at_from")) for query in qonto.asked_for_transactions}
    assert f"['{three[-1]['updated_at']}']" in bookmarks, "they are asked for what changed"

    third = tap(catalog=chosen("clients"), state=second.state)
    assert third.rows("clients") == []
    assert third.state["bookmarks"]["transactions"] == second.state["bookmarks"]["transactions"], "it can come back"


def test_a_column_that_is_chosen_later_fills_as_records_change(
    qonto: Any, tap: Callable[..., Run], three: list[dict[str, Any]], transaction: Callable[..., dict[str, Any]]
) -> None:
    first = tap(catalog=chosen("transactions", without=("transactions", "note")))
    assert all("note" not in row for row in first.rows("transactions"))
    three[0] = transaction(1, note="another", updated_at="2026-06-01T00:00:00.000Z")
    qonto.lists["transactions"] = three
    second = tap(catalog=chosen("transactions"), state=first.state)
    notes = {row["id"]: row["note"] for row in second.rows("transactions")}
    assert notes == {"t-00001": "another", "t-00003": "note 3"}, "the last row shares its moment with the bookmark"
    assert "ACTIVATE_VERSION" not in {message["type"] for message in second.messages}, "and nothing is read anew"
