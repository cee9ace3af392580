"""BATCH messages: files of records, read where they stand between the other messages."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from target_bigquery.errors import InputError
from target_bigquery.files import paths, read
from target_bigquery.messages import decode

from .conftest import INTEGER, TEXT, Target, record, schema, state

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
    packed.write_bytes(gzip.compress(jsonl({"id": 3, "n": "gzip"}, {"id": 1, "n": "gzip"})))
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
    ],
)
def test_a_wrong_line_is_named(nowhere: Target, content: bytes, words: list[str]) -> None:
    (nowhere.folder / "a.jsonl").write_bytes(content)
    assert nowhere.fails([HEAD, batch(nowhere.folder / "a.jsonl"), state(at=1)], 1, *words).states == []


@pytest.mark.parametrize(
    ("message", "word"),
    [
        (batch("/nowhere.jsonl"), "/nowhere.jsonl: No such file"),
        (batch("s3://bucket/a.jsonl"), "only files of this machine"),
        (batch(format="parquet"), "only jsonl"),
        (batch(compression="zstd"), "only jsonl is read, plain or with gzip"),
    ],
)
def test_what_is_not_read_is_refused(message: dict[str, Any], word: str) -> None:
    decoded = decode(json.dumps(message).encode())
    with pytest.raises(InputError, match=f"line 2 of the input: .*{word}"):
        [list(read(path, 2, compressed=False)) for path in paths(decoded, 2)]


def test_a_file_that_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(jsonl({"id": 1}))[:-9])
    with pytest.raises(InputError, match=r"a\.gz: is cut off"):
        list(read(path, 2, compressed=True))
