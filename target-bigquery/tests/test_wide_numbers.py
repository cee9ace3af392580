"""A column becomes BIGNUMERIC when a number needs it: no digit is lost, and no run ends for it."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from target_bigquery.block import Block
from target_bigquery.convert import Run
from target_bigquery.errors import InputError
from target_bigquery.schema import columns
from target_bigquery.stage import File, Spool
from target_bigquery.tables import Target as Table

from .conftest import INTEGER, NUMBER, activate, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

    from target_bigquery.testing import Sink

    from .conftest import Target

HEAD = schema("s", ["id"], id=INTEGER, n=NUMBER, m=NUMBER, o={"type": "object", "properties": {"x": NUMBER}})
FINE = Decimal("0.000244140625")  # 2 ** -12: the local BigQuery keeps no others of so many digits


class Writing:
    """A spool, and what it wrote and told."""

    def __init__(self, folder: Path, rows: int | None = None, keys: tuple[str, ...] = ()) -> None:
        self.files: list[File] = []
        self.told: list[Table] = []
        self.widens = True
        self._options: dict[str, Any] = {"file_bytes": 1 << 30, "file_rows": rows, "version": None, "fingerprint": True}
        self._run = Run("r", 0, folder)
        self._table = Table("s", "s", columns(HEAD["schema"], keys, metadata=False), keys, "")
        self.spool = self.made("1")

    def made(self, name: str) -> Spool:
        return Spool(name, self._table, self._run, sealed=self.files.append, widened=self.told_of, **self._options)

    def told_of(self, table: Table) -> bool:
        self.told.append(table)
        return self.widens

    def add(self, *records: dict[str, Any] | str) -> None:
        texts = [(r if isinstance(r, str) else json.dumps(r)).encode() for r in records]
        block = Block(records=list(texts), extracted=[None] * len(texts), size=sum(map(len, texts)))
        block.lines.extend(range(1, len(texts) + 1))
        self.spool.write(block)

    def rows(self) -> list[dict[str, Any]]:
        self.spool.seal()
        return [row for file in self.files for row in pq.read_table(file.path).to_pylist()]

    def scales(self) -> list[list[int]]:
        return [[pq.read_schema(f.path).field(c).type.scale for c in "nm"] for f in self.files]


def test_from_the_first_number_on_that_needs_it(tmp_path: Path) -> None:
    writing = Writing(tmp_path)
    writing.add({"n": 1.5, "m": 2})
    writing.add({"n": 3, "m": 4}, {"n": 0.1 + 0.2, "m": 5}, {"n": 6, "m": 7})
    writing.add({"n": 8, "m": 1e-20})
    rows = writing.rows()
    assert [row["n"] for row in rows] == [Decimal(text) for text in ("1.5", "3", "0.30000000000000004", "6", "8")]
    assert [row["m"] for row in rows] == [Decimal(text) for text in ("2", "4", "5", "7", "1e-20")]
    assert writing.scales() == [[9, 9], [38, 9], [38, 38]]
    assert [[c.type for c in table.columns[1:3]] for table in writing.told] == [
        ["BIGNUMERIC", "NUMERIC"],
        ["BIGNUMERIC", "BIGNUMERIC"],
    ]


def test_an_unsigned_key_beyond_int64_has_no_bounds_that_leave_it_out(tmp_path: Path) -> None:
    """MySQL's BIGINT UNSIGNED: an upsert looks only for keys between the bounds."""
    writing = Writing(tmp_path, keys=("id",))
    writing.add({"id": 5}, {"id": 7})
    assert writing.spool.written.bounds == {"id": (5, 7)}
    writing.add({"id": 2**64 - 1}, {"id": 6})
    writing.add({"id": 8})
    assert [row["id"] for row in writing.rows()] == [5, 7, 2**64 - 1, 6, 8]
    assert writing.spool.written.bounds == {}
    assert [table.columns[0].type for table in writing.told] == ["NUMERIC"]


def test_a_double_that_is_spelled_out_is_not_cut_off(tmp_path: Path) -> None:
    """Change data capture with wal2json through Python's Decimal of a float: 11.11 comes with 49 digits."""
    double = 11.11
    with pytest.raises(InputError, match="digits after the point, NUMERIC holds 9; with number_type: FLOAT64"):
        Writing(tmp_path).add(f'{{"n": {Decimal(double)}}}')


def test_a_spool_that_follows_is_as_wide(tmp_path: Path) -> None:
    writing = Writing(tmp_path)
    writing.add({"n": 1 / 3})
    before, writing.spool = writing.spool, writing.made("2")
    before.seal()
    writing.spool.follow(before)
    writing.add({"n": 1 / 7})
    assert [row["n"] for row in writing.rows()] == [Decimal(str(1 / 3)), Decimal(str(1 / 7))]
    assert len(writing.told) == 1


@pytest.mark.parametrize("bad", [{"n": 1e-39}, {"n": 1e38}, {"o": {"x": 1 / 3}}])
def test_what_no_wider_column_helps_is_refused(tmp_path: Path, bad: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"number_type: (FLOAT64|BIGNUMERIC)"):
        Writing(tmp_path).add({"n": 1}, bad)


@pytest.mark.parametrize("seed", range(5))
def test_any_doubles_in_any_files(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    writing, sent = Writing(tmp_path, rows=rng.randrange(1, 9)), []
    for _ in range(rng.randrange(1, 12)):
        block = [
            {"n": rng.choice([rng.randrange(9), rng.random(), rng.random() * 10**28]), "m": rng.uniform(-1, 1)}
            for _ in range(rng.randrange(1, 9))
        ]
        sent += block
        writing.add(*block)
    found = writing.rows()
    assert [(r["n"], r["m"]) for r in found] == [(Decimal(str(r["n"])), Decimal(str(r["m"]))) for r in sent]


@pytest.mark.parametrize("version", [None, 7])
def test_the_live_table_is_altered_before_the_commit(nowhere: Target, sink: Sink, version: int | None) -> None:
    before = len(sink.jobs)
    end = [] if version is None else [activate("s", version)]
    nowhere.ok([HEAD, record("s", version, id=1, n=1), record("s", version, id=2, n=1 / 3), *end, state(at=1)])
    statements = [job["query"]["query"] for job in sink.jobs[before:] if "query" in job]
    assert statements[0].endswith(f"`{nowhere.dataset}`.`s` ALTER COLUMN `n` SET DATA TYPE BIGNUMERIC")
    assert statements[-1].startswith("MERGE")


def test_where_a_column_cannot_become_wider_the_number_is_refused(target: Target) -> None:
    """The local BigQuery does not let a column be BIGNUMERIC that was NUMERIC."""
    head = schema("s", ["id"], id=INTEGER, n=NUMBER)
    target.ok([head, record("s", id=1, n=1), state(at=1)])
    lines = [head, *(record("s", id=n, n=n + n % 2 / 3) for n in range(2, 7)), state(at=2)]
    target.fails(lines, 1, "line 3 of the input: stream s (key id): column n has 16 digits after the point")
    assert target.rows("s") == [{"id": 1, "n": 1}]
    target.ok(lines, on_invalid_record="quarantine")
    assert [row["id"] for row in target.rows("s")] == [1, 2, 4, 6]
    assert {json.loads(row["record"])["id"] for row in target.rows("s__rejected")} == {3, 5}


def test_a_full_table_is_made_anew_where_a_column_cannot_become_wider(target: Target) -> None:
    head = schema("s", ["id"], id=INTEGER, n=NUMBER)
    target.ok([head, record("s", 1, id=1, n=1), activate("s", 1), state(at=1)])
    target.ok([head, record("s", 2, id=2, n=float(FINE)), activate("s", 2), state(at=2)])
    assert target.rows("s") == [{"id": 2, "n": FINE}]


def test_a_table_that_is_wide_already_takes_both(target: Target) -> None:
    head = schema("s", ["id"], id=INTEGER, n=NUMBER)
    target.ok([head, record("s", id=1, n=1), state(at=1)], number_type="BIGNUMERIC")
    target.ok([head, record("s", id=2, n=float(FINE)), state(at=2)])
    target.ok([head, record("s", id=3, n=0.5), state(at=3)])
    assert target.rows("s", "id", "n") == [{"id": 1, "n": 1}, {"id": 2, "n": FINE}, {"id": 3, "n": Decimal("0.5")}]


def test_an_integer_beyond_int64_widens_its_column(target: Target) -> None:
    head = schema("s", ["id"], id=INTEGER, n=INTEGER | {"maximum": 2**64 - 1})
    target.ok([head, record("s", id=1, n=2**63 - 1), state(at=1)])
    target.ok([head, record("s", id=2, n=2), state(at=2), record("s", id=3, n=2**64 - 1), state(at=3)])
    assert target.rows("s") == [{"id": 1, "n": 2**63 - 1}, {"id": 2, "n": 2}, {"id": 3, "n": 2**64 - 1}]
    assert next(f.field_type for f in target.table("s").schema if f.name == "n") == "NUMERIC"
    target.ok([head, record("s", id=1, n=0), state(at=4)])
    assert target.rows("s")[0] == {"id": 1, "n": 0}
