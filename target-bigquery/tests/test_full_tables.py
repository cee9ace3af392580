"""Versioned streams and overwrite: the whole table or nothing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from google.cloud import bigquery
from target_bigquery.live import SETTLING, Live, unchanged

from .conftest import INTEGER, NUMBER, TEXT, Target, activate, record, schema, state

HEAD = schema("full", ["id"], id=INTEGER, n=TEXT)


def snapshot(version: int, **rows: str) -> list[dict]:
    return [record("full", version, id=int(k[1:]), n=v) for k, v in rows.items()]


def rows(target: Target) -> dict[int, str]:
    return {row["id"]: row["n"] for row in target.rows("full")}


@pytest.fixture
def loaded(target: Target) -> Target:
    """A table that holds 1: a, 2: b."""
    outcome = target.ok([HEAD, *snapshot(1, k1="a", k2="b"), activate("full", 1), state(at=1)])
    assert outcome.states == [{"at": 1}]
    return target


def test_a_new_version_replaces_the_table(loaded: Target) -> None:
    table = loaded.table("full")
    table.description, table.labels = "mine", {**table.labels, "team": "finance"}
    loaded.client.update_table(table, ["description", "labels"])
    outcome = loaded.ok(
        [HEAD, *snapshot(2, k2="B", k3="c", k4="d"), *snapshot(2, k4="D"), activate("full", 2), state(at=2)]
    )
    assert outcome.states == [{"at": 2}]
    assert rows(loaded) == {2: "B", 3: "c", 4: "D"}
    table = loaded.table("full")
    assert (table.description, table.labels["team"], table.clustering_fields) == ("mine", "finance", ["id"])
    assert table.table_constraints.primary_key.columns == ["id"]
    assert table.expires is None
    assert loaded.tables() == {"full"}


def test_no_rows_is_a_snapshot_too(loaded: Target) -> None:
    assert loaded.ok([HEAD, activate("full", 2), state(at=2)]).states == [{"at": 2}]
    assert rows(loaded) == {}


HALF = [
    [HEAD, *snapshot(2, k9="z")],
    [HEAD, *snapshot(2, k9="z"), state(at=2)],
    [HEAD, activate("full", 2)],
    [HEAD, activate("full", 2), *snapshot(2, k9="z")],
    [HEAD, activate("full", 2), state(at=2), *snapshot(2, k9="z")],
    [HEAD, activate("full", 2), *snapshot(2, k9="z"), state(currently_syncing="full")],
    [HEAD, activate("full", 2), state(bookmarks={"full": {"progress_markers": {"x": 1}}})],
    [HEAD, *snapshot(2, k9="z"), activate("full", 3)],
]


def test_a_tap_that_dies_half_way_changes_nothing(loaded: Target) -> None:
    other = schema("other", ["id"], id=INTEGER)
    for at, messages in enumerate(HALF):
        outcome = loaded.fails([other, state(at=0), *messages, record("other", id=at)], 1, "stream full", "complete")
        assert outcome.states in ([], [{"at": 0}])
        assert rows(loaded) == {1: "a", 2: "b"}
    assert len(loaded.rows("other")) == len(HALF), "the other stream is committed"
    assert loaded.tables() == {"full", "other"}


def test_activation_early_late_and_twice(loaded: Target) -> None:
    whole = [
        [activate("full", 2), *snapshot(2, k9="a"), state(bookmarks={"full": {}})],
        [activate("full", 3), *snapshot(3, k9="b"), activate("full", 3), state(at=2)],
        [*snapshot(4, k8="y"), *snapshot(5, k9="c"), activate("full", 5), state(at=3)],
        [activate("full", 6), *snapshot(6, k9="d"), state(currently_syncing="full"), state(currently_syncing=None)],
    ]
    for messages, value in zip(whole, "abcd", strict=True):
        outcome = loaded.ok([HEAD, *messages])
        assert outcome.states == [messages[-1]["value"]]
        assert rows(loaded) == {9: value}


def test_the_same_snapshot_again_costs_no_job(loaded: Target) -> None:
    for version in (2, 3):
        same = [record("full", version, n=n, more=version, id=id_) for id_, n in ((1, "a"), (2, "b"))]
        outcome = loaded.ok([HEAD, *same, activate("full", version), state(at=version)], batch_size_bytes=1)
        assert outcome.states == [{"at": version}]
        assert [outcome.total(n) for n in ("load_jobs", "query_jobs", "unchanged")] == [0, 0, 2]
        assert loaded.table("full").labels["singer_version"] == str(version)
    changed = loaded.ok([HEAD, *snapshot(4, k2="b", k1="A"), activate("full", 4), state(at=4)])
    assert changed.total("query_jobs") == 1
    assert rows(loaded) == {1: "A", 2: "b"}


def test_a_snapshot_is_loaded_again_when_somebody_changed_the_table(loaded: Target) -> None:
    loaded.client.query(f"INSERT INTO `{loaded.dataset}`.full (id, n) VALUES (3, 'c')").result()
    loaded.ok([HEAD, *snapshot(2, k1="a", k2="b"), activate("full", 2), state(at=2)])
    assert rows(loaded) == {1: "a", 2: "b"}


def test_any_doubt_about_the_table_is_a_no() -> None:
    moment = 1_700_000_000_000
    labels = {"singer_snapshot": "f", "singer_rows": "2", "singer_committed": str(moment)}

    def table(labels: dict[str, str] = labels, rows: int = 2, modified: int = moment + 900) -> bigquery.Table:
        made = {"labels": labels, "numRows": str(rows), "lastModifiedTime": str(modified)}
        reference = {"projectId": "p", "datasetId": "d", "tableId": "t"}
        return bigquery.Table.from_api_repr({"tableReference": reference, **made})

    assert unchanged(table(), "f")
    assert not unchanged(table(), "g")
    assert not unchanged(table(rows=3), "f")
    assert not unchanged(table(modified=moment + SETTLING + 1), "f")
    assert not unchanged(table(labels={}), "f")
    assert not unchanged(table(labels=labels | {"singer_committed": "yesterday"}), "f")


def test_labels_that_come_long_after_the_last_change_do_not_count_as_a_change() -> None:
    hour = 3_600_000

    class Warehouse:
        """Every update of the labels is a modification: the first an hour after the last one, the next at once."""

        updates = iter((hour, hour + 400, 2 * hour, 2 * hour + 400))

        def path(self, name: str) -> str:
            return name

        def live(self, _: object) -> bigquery.Table:
            return self.table({}, 0)

        def table(self, labels: dict[str, str], modified: int) -> bigquery.Table:
            reference = {"projectId": "p", "datasetId": "d", "tableId": "t"}
            made = {"labels": labels, "numRows": "2", "lastModifiedTime": str(modified)}
            self.now = bigquery.Table.from_api_repr({"tableReference": reference, **made})
            return self.now

        def get(self, _: str) -> bigquery.Table:
            return self.now

        def label(self, table: bigquery.Table, labels: dict[str, str | None]) -> bigquery.Table:
            kept = {k: v for k, v in {**table.labels, **labels}.items() if v is not None}
            return self.table(kept, next(self.updates))

    warehouse = Warehouse()
    live = Live(warehouse, SimpleNamespace(table="t"))
    for version in (1, 2):
        live.remember("f", version)
        assert unchanged(warehouse.now, "f")


def test_of_a_repeated_key_the_order_counts(loaded: Target) -> None:
    for version, order, same in ((2, "xy", 0), (3, "yx", 0), (4, "yx", 2)):
        twice = [record("full", version, id=5, n=n) for n in order]
        outcome = loaded.ok([HEAD, *twice, activate("full", version), state(at=version)])
        assert outcome.total("unchanged") == same
        assert rows(loaded) == {5: order[-1]}


def test_changes_under_the_version_that_is_live_are_upserted(loaded: Target) -> None:
    loaded.ok([HEAD, activate("full", 1), *snapshot(1, k2="B", k3="c"), state(at=2)])
    assert rows(loaded) == {1: "a", 2: "B", 3: "c"}
    again = loaded.ok([HEAD, *snapshot(2, k1="a", k2="b"), activate("full", 2), state(at=3)])
    assert again.total("unchanged") == 0
    assert rows(loaded) == {1: "a", 2: "b"}


def test_overwrite_replaces_on_a_final_state(target: Target) -> None:
    target.ok([HEAD, record("full", id=1, n="a"), state(at=1)])
    outcome = target.ok(
        [HEAD, record("full", id=2, n="b"), record("full", id=2, n="c"), state(at=2)], load_method="overwrite"
    )
    assert outcome.states == [{"at": 2}]
    assert rows(target) == {2: "c"}
    target.fails([HEAD, record("full", id=3, n="x")], 1, "stream full", load_method="overwrite")
    assert rows(target) == {2: "c"}
    target.ok([HEAD, state(at=3)], load_method="overwrite")
    assert rows(target) == {}


def test_append_only_appends_versions(loaded: Target) -> None:
    loaded.ok([HEAD, *snapshot(2, k1="a"), activate("full", 2), state(at=1)], load_method="append-only")
    assert len(loaded.rows("full")) == 3


def test_a_snapshot_brings_todays_columns(loaded: Target) -> None:
    table = loaded.table("full")
    table.description, table.labels = 'my "own"', {**table.labels, "team": "finance"}
    loaded.client.update_table(table, ["description", "labels"])
    head = schema(
        "full",
        ["id"],
        id=INTEGER | {"description": "key"},
        m=NUMBER,
        address={"type": "object", "properties": {"city": TEXT}},
    )
    loaded.ok([head, record("full", 2, id=1, m=1.5, address={"city": "x"}), activate("full", 2), state(at=2)])
    assert loaded.rows("full") == [{"id": 1, "m": 1.5, "address": {"city": "x"}}]
    table = loaded.table("full")
    assert (table.description, table.labels["team"], table.clustering_fields) == ('my "own"', "finance", ["id"])
    assert table.table_constraints.primary_key.columns == ["id"]
    assert {f.name: f.description for f in table.schema}["id"] == "key"
    again = [head, record("full", 3, id=1, m=1.5, address={"city": "x"}), activate("full", 3), state(at=3)]
    assert loaded.ok(again).total("unchanged") == 1


def test_a_schema_that_grows_within_a_snapshot(loaded: Target) -> None:
    more = schema("full", ["id"], id=INTEGER, n=TEXT, extra=NUMBER)
    messages = [
        HEAD,
        *snapshot(2, k1="a"),
        more,
        record("full", 2, id=2, n="b", extra=2),
        activate("full", 2),
        state(at=2),
    ]
    loaded.ok(messages, batch_size_bytes=1)
    assert loaded.rows("full", "id", "n", "extra") == [
        {"id": 1, "n": "a", "extra": None},
        {"id": 2, "n": "b", "extra": 2},
    ]
    less = schema("full", ["id"], id=INTEGER, n=NUMBER)
    loaded.fails([HEAD, *snapshot(3, k1="a"), less, activate("full", 3), state(at=3)], 1, "line 3", "n is STRING")


@pytest.mark.parametrize("live", [5, 4])
def test_a_table_without_a_label_has_the_version_of_its_rows(target: Target, live: int) -> None:
    """It was copied, or another target made it, and the tap goes on with the changes since."""
    head = schema("t", ["id"], id=INTEGER, n=INTEGER)
    target.ok([head, *(record("t", live, id=n, n=0) for n in range(3)), activate("t", live), state(at=1)])
    table = target.table("t")
    table.labels = dict.fromkeys(table.labels)  # None removes a label
    target.client.update_table(table, ["labels"])
    target.ok([head, activate("t", 5), record("t", 5, id=1, n=1), activate("t", 5), state(at=2)])
    changed = {0: 0, 1: 1, 2: 0} if live == 5 else {1: 1}
    assert {row["id"]: row["n"] for row in target.rows("t")} == changed
