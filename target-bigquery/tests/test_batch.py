"""BATCH messages: files of records, read where they stand between the other messages."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.spec import AbstractBufferedFile, AbstractFileSystem
from target_bigquery.errors import InputError
from target_bigquery.files import Place, places, read
from target_bigquery.messages import Encoding, decode

from .conftest import INTEGER, NUMBER, TEXT, Target, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

HEAD = schema("t", ["id"], id=INTEGER, n=TEXT)


def batch(*paths: Path | str, compression: str | None = None, **encoding: Any) -> dict[str, Any]:
    uris = [path if isinstance(path, str) else path.as_uri() for path in paths]
    return {
        "type": "BATCH",
        "stream": "t",
        "encoding": {"format": "jsonl", "compression": compression} | encoding,
        "manifest": uris,
    }


def jsonl(*rows: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_files_are_read_in_their_place(target: Target) -> None:
    plain, packed = target.folder / "a b.jsonl", target.folder / "b.jsonl.gz"
    plain.write_bytes(jsonl({"id": 1, "n": "file"}, {"id": 2, "n": "file"}, {"id": 2, "n": "again"}).rstrip())
    packed.write_bytes(
        gzip.compress(b"\xef\xbb\xbf" + jsonl({"id": 3, "n": "gzip", "no": math.inf}, {"id": 1, "n": "gzip"}))
    )
    messages = [
        HEAD,
        record("t", id=1, n="before"),
        batch(plain),
        batch(packed, compression="gzip"),
        record("t", id=3, n="after"),
        state(at=1),
    ]
    outcome = target.ok(messages)
    assert outcome.states == [{"at": 1}]
    assert target.rows("t", "id", "n") == [
        {"id": 1, "n": "gzip"},
        {"id": 2, "n": "again"},
        {"id": 3, "n": "after"},
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (jsonl({"id": 1}, {"id": "x"}), ["line 2 of the input", "a.jsonl, line 2: stream t (key id)", "no number"]),
        (b'{"id": 1}\n{"id": ', ["a.jsonl, line 2", "cut off"]),
        (b"[]\n", ["a.jsonl, line 1", "object"]),
        (b"null\n", ["a.jsonl, line 1", "object"]),
        (b'{"id": NaN}\n', ["a.jsonl, line 1", "column id", "NaN"]),
        (b'{"id": 1}\n' + b"[" * 20_000 + b"]" * 20_000, ["a.jsonl, line 2", "not JSON"]),
    ],
)
def test_a_wrong_line_is_named(nowhere: Target, content: bytes, words: list[str]) -> None:
    (nowhere.folder / "a.jsonl").write_bytes(content)
    assert nowhere.fails([HEAD, batch(nowhere.folder / "a.jsonl"), state(at=1)], 1, *words).states == []


@pytest.mark.parametrize(
    ("message", "word"),
    [
        (batch("/nowhere.jsonl"), "/nowhere.jsonl: No such file"),
        (batch("box://u:secret@bucket/a.jsonl?key=secret"), "box://bucket/a.jsonl: .*install boxfs"),
        (batch("nothing://bucket/a.jsonl"), "nothing://bucket/a.jsonl: Protocol not known: nothing"),
        (batch("memory://bucket/no@ne.jsonl"), "memory://bucket/no@ne.jsonl: no such file"),
        (batch(format="avro"), "only jsonl"),
        (batch(compression="zstd"), "only jsonl, plain or with gzip, and parquet"),
    ],
)
def test_what_is_not_read_is_refused(message: dict[str, Any], word: str) -> None:
    decoded = decode(json.dumps(message).encode())
    with pytest.raises(InputError, match=f"line 2 of the input: .*{word}"):
        [list(read(place, 2, Encoding("jsonl"))) for place in places(decoded, 2)]


def test_a_file_that_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(jsonl({"id": 1}))[:-9])
    with pytest.raises(InputError, match=r"a\.gz: is cut off"):
        list(read(Place(str(path)), 2, Encoding("jsonl", "gzip")))


class Vault(AbstractFileSystem):
    """Object storage: counts what is read, and refuses a file as a client would whose credentials are wrong."""

    protocol = "vault"
    fetched: ClassVar[list[int]] = []

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        if "forbidden" in path:
            raise LookupError("<Error>secret-token</Error>")
        return {"name": path, "size": 40 << 20, "type": "file"}

    def _open(self, path: str, mode: str = "rb", **options: Any) -> AbstractBufferedFile:
        return VaultFile(self, path, mode, **{k: v for k, v in options.items() if k in {"block_size", "cache_options"}})


class VaultFile(AbstractBufferedFile):
    def _fetch_range(self, start: int, end: int) -> bytes:
        Vault.fetched.append(end - start)
        line = b'{"id":1,"n":"' + b"x" * (1024 - 16) + b'"}\n'
        return (line * ((end - start) // 1024 + 2))[start % 1024 :][: end - start]


fsspec.register_implementation("vault", Vault, clobber=True)


def test_files_in_object_storage(target: Target) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/batches/a b.jsonl", jsonl({"id": 1, "n": "far"}))
    memory.pipe("/batches/b.jsonl.gz", gzip.compress(jsonl({"id": 2, "n": "gzip"})))
    with memory.open("/batches/c.parquet", "wb") as file:
        pq.write_table(pa.table({"id": [3], "n": ["parquet"]}), file)
    packed = batch("memory://batches/b.jsonl.gz", compression="gzip")
    columns = batch("memory://batches/c.parquet", format="parquet")
    target.ok([HEAD, batch("memory://batches/a b.jsonl"), packed, columns, state(at=1)])
    assert [row["n"] for row in target.rows("t", "id", "n")] == ["far", "gzip", "parquet"]


def test_a_file_far_away_is_read_piece_by_piece() -> None:
    Vault.fetched.clear()
    blocks = read(Place("vault://bucket/large.jsonl"), 2, Encoding("jsonl"))
    first, lines = next(blocks)
    assert (first, len(lines) >> 10) == (1, 4)
    assert sum(Vault.fetched) < 20 << 20, "of 40 MiB"
    assert sum(len(more) for _, more in blocks) == (40 << 10) - len(lines)
    assert max(Vault.fetched) <= 10 << 20


def test_what_object_storage_answers_is_not_repeated(nowhere: Target) -> None:
    outcome = nowhere.fails(
        [HEAD, batch("vault://user:secret-1@bucket/forbidden.jsonl?sig=secret-2")],
        1, "line 2", "vault://bucket/forbidden.jsonl: cannot be read (LookupError); check the credentials",
    )  # fmt: skip
    assert "secret" not in outcome.log


def test_parquet_files_bring_the_same_values(target: Target) -> None:
    """Two row groups; every digit of decimals, moments with a zone and without, structs, lists, null."""
    moment = dt.datetime(2026, 1, 2, 3, 4, 5, 6, dt.UTC)
    number = Decimal("12345678901234567890.123456789")
    rows = [
        {"id": n, "n": number + n, "at": moment, "day": moment.date(), "o": {"x": 0.1, "tags": ["a", "ä"]}, "t": None}
        for n in (1, 2, 3)
    ]
    path = target.folder / "a.parquet"
    types = {"n": pa.decimal128(38, 9), "at": pa.timestamp("ns", "Europe/Paris"), "day": pa.date32()}
    kept = pa.Table.from_pylist(rows).schema
    for name, type_ in types.items():
        kept = kept.set(kept.get_field_index(name), pa.field(name, type_))
    pq.write_table(pa.Table.from_pylist(rows, kept), path, row_group_size=2, compression="snappy")
    tags = {"type": "array", "items": {"type": "string"}}
    head = schema(
        "t", ["id"], id=INTEGER, n=NUMBER, at=TEXT | {"format": "date-time"}, day=TEXT | {"format": "date"}, t=TEXT,
        o={"type": "object", "properties": {"x": {"type": "number"}, "tags": tags}},
    )  # fmt: skip
    messages = [head, record("t", id=2, n=1), batch(path, format="parquet", compression="snappy"), state(at=1)]
    assert target.ok(messages).states == [{"at": 1}]
    expected = [row | {"o": {"x": Decimal("0.1"), "tags": ["a", "ä"]}} for row in rows]
    assert target.rows("t", *rows[0]) == expected


@pytest.mark.parametrize(("value", "words"), [(math.nan, "NaN or an infinity"), (-math.inf, "NaN or an infinity")])
def test_what_json_cannot_say_does_not_become_null(nowhere: Target, value: float, words: str) -> None:
    path = nowhere.folder / "a.parquet"
    pq.write_table(pa.table({"id": [1, 2], "n": [1.5, value]}), path)
    head = schema("t", ["id"], id=INTEGER, n=NUMBER)
    nowhere.fails([head, batch(path, format="parquet")], 1, "a.parquet, line 2", "column n", words)
    path.write_bytes(path.read_bytes()[:-5])
    nowhere.fails([head, batch(path, format="parquet")], 1, "a.parquet: is cut off or no Parquet file")
