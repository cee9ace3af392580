"""``target-bigquery erase``: a record leaves every table of its stream and stays away, its neighbours stay."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from target_bigquery import erasures
from target_bigquery.erase import erase
from target_bigquery.errors import ConfigError
from target_bigquery.schema import Column
from target_bigquery.settings import parse

from .conftest import INTEGER, NUMBER, TEXT, Target, activate, record, schema, state
from .proxy import FORWARD, Proxy

if TYPE_CHECKING:
    from sandbox import LocalBigQuery

SECRET = "a text that only the runs know"
HEAD = schema("people", ["id"], id=INTEGER, n=NUMBER, name=TEXT)
PAIR = schema("pairs", ["b", "A-1"], **{"A-1": TEXT, "b": {"type": "string", "format": "date-time"}}, n=INTEGER)


@pytest.fixture
def kept(target: Target) -> Target:
    target.config = {"erasure_key": SECRET, "on_invalid_record": "quarantine"}
    return target


def people(*ids: int, n: Any = 1) -> list[dict[str, Any]]:
    return [record("people", id=one, n=n, name=f"name {one}") for one in ids]


def erased(target: Target, stream: str, *key: str, **config: Any) -> str:
    return erase(parse(target.settings(**config)), stream, key)


def ids(target: Target, table: str = "people") -> list[int]:
    return sorted(row["id"] for row in target.rows(table, "id"))


def test_a_record_leaves_live_rejected_and_staged_rows_and_stays_away(kept: Target) -> None:
    kept.ok([HEAD, *people(1, 2, 3), *people(2, 3, n="wrong")])
    query = f"CREATE TABLE {kept.dataset}.people__staging_0123456789ab_1 AS SELECT * FROM {kept.dataset}.people"
    kept.client.query(query).result()
    staged = kept.table("people__staging_0123456789ab_1")
    staged.labels = {"singer_staging": "true"}
    kept.client.update_table(staged, ["labels"])

    assert "removed 1 rows, 1 rejected records and 1 staged rows" in erased(kept, "people", "2")
    assert ids(kept) == ids(kept, staged.table_id) == [1, 3]
    assert ['"id": 3' in row["record"] for row in kept.rows("people__rejected", "record")] == [True]

    outcome = kept.ok([HEAD, *people(1, 2, 3, 4), *people(2, 4, n="wrong"), state(at=1)])
    assert ids(kept) == [1, 3, 4]
    assert len(kept.rows("people__rejected")) == 2
    assert (outcome.total("erased"), outcome.total("records")) == (2, 3)
    assert outcome.states == [{"at": 1}]


def test_the_audit_row_has_no_personal_data(kept: Target) -> None:
    kept.ok([schema("mails", ["mail"], mail=TEXT), record("mails", mail="ada@example.org")], table_expiration_days=7)
    said = erased(kept, "mails", "ada@example.org")
    assert (kept.table("mails").expires is None, kept.table("singer_erased").expires) == (False, None)
    (row,) = kept.rows("singer_erased")
    assert (row["stream"], row["live_rows"], row["rejected_rows"], row["staged_rows"]) == ("mails", 1, 0, 0)
    assert "ada" not in f"{row}{said}"
    jobs = [job.query for job in kept.client.list_jobs(max_results=20) if job.job_type == "query"]
    assert not any("ada@" in query for query in jobs if query.startswith(("DELETE", "INSERT INTO", "UPDATE")))


@pytest.mark.parametrize("config", [{}, {"load_method": "overwrite"}])
def test_a_full_table_comes_without_its_erased_records(kept: Target, config: dict[str, Any]) -> None:
    def full(version: int) -> list[dict[str, Any]]:
        rows = [m if config else m | {"version": version} for m in people(1, 2)]
        return [HEAD, *rows, *([] if config else [activate("people", version)]), state(at=version)]

    kept.ok(full(1), **config)
    erased(kept, "people", "1")
    assert kept.ok(full(2), **config).total("unchanged") == 0
    assert ids(kept) == [2]
    assert kept.ok(full(3), **config).total("unchanged") == 1
    kept.client.delete_table(f"local.{kept.dataset}.people")
    kept.ok(full(4), **config)
    assert ids(kept) == [2]


def test_keys_of_several_columns_in_any_spelling_and_order(kept: Target) -> None:
    moments = ["2026-01-02T03:04:05+01:00", "2026-01-02T02:04:05Z", "2026-01-03"]
    kept.ok([PAIR, *(record("pairs", **{"A-1": "x", "b": at}, n=1) for at in moments)])
    assert "removed 1 rows" in erased(kept, "pairs", "2026-01-02 02:04:05.000", "x")
    kept.ok([PAIR | {"key_properties": ["A-1", "b"]}, record("pairs", **{"A-1": "x", "b": moments[0]}, n=2)])
    assert [row["n"] for row in kept.rows("pairs", "n")] == [1]


def test_appended_rows_go_by_the_columns_that_are_named(kept: Target) -> None:
    """All rows with these values; also of a stream without a key, and of properties inside of objects."""
    home = {"type": "object", "properties": {"city": TEXT}}
    head = schema("visits", [], at=INTEGER, who=TEXT, n=NUMBER, home=home)
    kept.config |= {"load_method": "append-only", "nested": "flatten"}

    def visits(*ats: int, n: Any = 1) -> list[dict[str, Any]]:
        return [record("visits", at=at, who=who, n=n, home={"city": "Å"}) for at in ats for who in ("a", None, "None")]

    kept.ok([head, *visits(1, 2), *visits(2, n="wrong")])
    assert "removed 2 rows, 1 rejected records and 0 staged rows" in erased(kept, "visits", "who=a")
    assert "removed 1 rows, 1 rejected records" in erased(kept, "visits", "home__city=Å", "at=2", "Who=None")
    outcome = kept.ok([head, *visits(1, 2), *visits(2, n="wrong"), state(at=1)])
    assert outcome.total("erased") == 5
    left = [{"at": 1, "who": None}, {"at": 1, "who": "None"}, {"at": 2, "who": None}]
    assert sorted(kept.rows("visits", "at", "who"), key=str) == sorted([*left, *left], key=str)
    lost = schema("visits", [], at=INTEGER, n=NUMBER, home=home)
    kept.fails([lost, record("visits", at=1)], 1, "stream visits: records were erased by who, which its SCHEMA")


def test_a_run_that_was_under_way_does_not_bring_it_back(kept: Target, emulator: LocalBigQuery) -> None:
    """Erased while the run is about to commit; its STATE stays away too."""
    kept.ok([HEAD, *people(1, 2)])
    direct = kept.settings()
    done: list[str] = []

    def plan(method: str, path: str, _number: int) -> object:
        if method == "POST" and "/upload/" in path and not done:
            done.append(erase(parse(direct), "people", ["1"]))
        return FORWARD

    with Proxy(emulator.url, plan) as proxy:
        kept.url = proxy.url
        outcome = kept.fails([HEAD, *people(1, 2, n=2), state(at=1)], 1, "table people were erased", "run it again")
    assert done
    assert outcome.states == []
    assert ids(kept) == [2]


def test_runs_without_the_secret_or_with_another_are_refused(kept: Target) -> None:
    kept.ok([HEAD, *people(1)])
    erased(kept, "people", "7")
    kept.fails([HEAD, *people(7)], 2, "set erasure_key", erasure_key=None)
    kept.fails([HEAD, *people(7)], 2, "erasure_key is not the one", erasure_key="another")
    with pytest.raises(ConfigError, match="is not the one"):
        erased(kept, "people", "1", erasure_key="another")
    assert ids(kept) == [1]


def test_what_cannot_be_erased_is_said(kept: Target) -> None:
    kept.ok([HEAD, schema("log", ["id"], id=INTEGER)], stream_overrides={"log": {"load_method": "append-only"}})
    for stream, key, kind, words in (
        ("nobody", ["1"], ConfigError, "no table nobody"),
        ("people", ["1", "2"], ConfigError, "the key is id: give --key 1 times"),
        ("people", ["x"], ConfigError, "--key for column id is no number"),
        ("log", ["1"], ConfigError, "declares no primary key, so the columns have to be named: --key COLUMN=VALUE"),
        ("log", ["no=1"], ConfigError, "declares no primary key"),
        ("log", ["id=x"], ConfigError, "--key for column id is no number"),
    ):
        with pytest.raises(kind, match=words):
            erased(kept, stream, *key)
    with pytest.raises(ConfigError, match="erasure_key is missing"):
        erased(kept, "people", "1", erasure_key=None)
    assert "singer_erased" not in kept.tables()
    kept.fails([schema("singer_erased", [], id=INTEGER)], 1, "the table of erased records")


def test_a_key_has_one_hash_whatever_its_type() -> None:
    def hashed(*key: Any) -> str:
        return erasures.digest(b"s", "t", key)

    assert hashed(42) == hashed(Decimal("42.000")) == hashed("42")
    assert hashed(10**37) == hashed(Decimal(10**37))
    assert len({hashed("a", "b"), hashed("ab"), hashed("b", "a"), hashed('a","b'), hashed("a")}) == 5
    assert erasures.digest(b"s", "u", ("a",)) != erasures.digest(b"t", "t", ("a",)) != hashed("a")
    only = erasures.Erased(b"s", "t", {(Column("Id", "id", "INT64"),): frozenset({hashed(7)})})
    assert [only.has(r) for r in (b'{"Id": 7.0}', b'{"Id": "7"}', b'{"Id": 8}', b"[7]", b'{"Id": 7')] == [
        True, True, False, False, False,
    ]  # fmt: skip
