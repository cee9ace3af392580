"""Records of many megabytes: whole in their table, and never several times in memory."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from target_bigquery import large, large_array
from target_bigquery.arrow import BlockReader, staged_schema
from target_bigquery.errors import ValueRefusedError
from target_bigquery.large import cut
from target_bigquery.schema import columns
from target_bigquery.splice import splice

from .conftest import COMMAND, ENVIRONMENT, INTEGER, NUMBER, TEXT, Target, activate, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

    from target_bigquery.testing import Sink

MIB = 1 << 20
ITEMS = {"type": "array", "items": {"type": "object", "properties": {"x": INTEGER}}}
HEAD = schema("big", ["id"], id=INTEGER, t=TEXT, j={}, items=ITEMS)
COLUMNS = columns(HEAD["schema"], ("id",), metadata=False)
SPECIAL = 'a"b\\\n日本😀é'


def test_large_and_small_records_in_their_order(target: Target) -> None:
    text, tree = SPECIAL * (MIB // 3), {"k": ["z" * 5 * MIB, 1.5]}
    items = [{"x": n} for n in range(10**12, 10**12 + 200_000)]
    messages = [
        HEAD,
        record("big", id=1, t="old"),
        record("big", id=1, t=text, j={"a": 1}, items=[{"x": 1}]),
        record("big", id=2, j=tree),
        record("big", id=3, items=items),
        record("big", id=2, t="newer", j=tree),
        record("big", id=4, t="small"),
        state(at=1),
    ]
    outcome = target.ok(messages)
    assert outcome.states == [{"at": 1}]
    rows = {row["id"]: row for row in target.rows("big", "id", "t", "j", "items")}
    assert rows[1]["t"] == text
    assert (rows[1]["j"], rows[1]["items"]) == ({"a": 1}, [{"x": 1}])
    assert (rows[2]["j"], rows[2]["t"]) == (tree, "newer")
    assert rows[3]["items"] == items
    assert rows[4]["t"] == "small"


def test_a_large_record_of_a_full_table_and_one_that_does_not_fit(target: Target) -> None:
    sent = [record("big", 1, id=1, t="x" * 5 * MIB), record("big", 1, id=2, t="y")]
    target.ok([HEAD, *sent, activate("big", 1), state(at=1)])
    assert [len(row["t"]) for row in target.rows("big", "id", "t")] == [5 * MIB, 1]
    again = target.ok([HEAD, *reversed(sent), activate("big", 1), state(at=2)])
    assert again.total("committed") == 2
    bad = record("big", id="x", t="secret" * MIB)
    assert "secret" not in target.fails([HEAD, record("big", id=1), bad], 1, "line 3", "key id", "column id").log
    target.fails([HEAD, json.dumps(bad)[:-9]], 1, "line 2", "cut off")
    target.fails([json.dumps(HEAD | {"x": "x" * 5 * MIB}), record("big", id="x")], 1, "line 2", "key id")


# Its own process: what one inherits from a parent counts as its memory.
MEASURED = """
import os, resource, subprocess, sys
config, given, output = sys.argv[2:]
with open(given, "rb") as stdin, open(output, "wb") as log:
    code = subprocess.run([sys.argv[1], "--config", config], stdin=stdin, stdout=log, stderr=log).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


PART = '{"x": 1234567, "t": "text", "n": 12.25},'


@pytest.mark.parametrize(
    ("texts", "elements"),
    [({"t": ("x", 100)}, 0), ({"t": ("x", 40), "u": (SPECIAL, 2), "j": ("y", 30)}, 0), ({}, 100 * MIB // len(PART))],
)
def test_a_record_of_100_mb_takes_less_than_300(
    sink: Sink, tmp_path: Path, texts: dict[str, tuple[str, int]], elements: int
) -> None:
    items = {"type": "array", "items": {"type": "object", "properties": {"x": INTEGER, "t": TEXT, "n": NUMBER}}}
    head = schema("big", ["id"], id=INTEGER, t=TEXT, u=TEXT, j={}, items=items)
    config = {"project": "p", "dataset": tmp_path.name, "api_endpoint": sink.url, "staging_dir": str(tmp_path)}
    (tmp_path / "config").write_text(json.dumps(config))
    with (tmp_path / "input").open("w") as file:
        file.write(json.dumps(head) + '\n{"type":"RECORD","stream":"big","record":{"id":1')
        for name, (text, count) in texts.items():
            file.write(f',"{name}":"')
            piece = json.dumps(text * 1024, ensure_ascii=False)[1:-1]
            file.writelines(piece for _ in range(1024 * count))
            file.write('"')
        file.write(',"items":[')
        file.writelines(PART * 1000 for _ in range(elements // 1000))
        file.write(PART[:-1])
        file.write(']}}\n{"type":"STATE","value":{"at":1}}\n')
    command = [sys.executable, "-c", MEASURED, COMMAND, *(tmp_path / name for name in ("config", "input", "output"))]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=100, check=True)
    code, mebibytes = map(int, done.stdout.split())
    assert code == 0, (tmp_path / "output").read_text()
    assert mebibytes < 300


@given(st.data())
def test_texts_are_unescaped_wherever_they_are_cut(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp()
    text = data.draw(st.text(st.sampled_from([*SPECIAL, "\0", "\ud7ff", "x"])))
    raw = json.dumps({"id": 1, "t": text, "j": text}, ensure_ascii=data.draw(st.booleans())).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "LONG", 2)
        patch.setattr(large, "PIECE", data.draw(st.integers(12, 20)))
        made = cut(msgspec.Raw(raw), COLUMNS, folder)
    assert json.loads(made.rest) == {"id": 1, "t": "", "j": ""}
    assert made.texts["t"].read_text("utf-8", newline="") == text
    assert json.loads(made.texts["j"].read_bytes()) == text


NESTED = {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "number"}, "t": TEXT}}}
OBJECT = {
    "type": "object",
    "properties": {"x": INTEGER, "t": TEXT, "in": NESTED, "s": {"type": "array", "items": TEXT}},
}
ARRAYS = {"i": INTEGER, "s": {"type": "string"}, "o": OBJECT, "n": {"type": "number"}, "d": TEXT | {"format": "date"}}
ARRAY_COLUMNS = columns(
    {"properties": {name: {"type": "array", "items": one} for name, one in ARRAYS.items()}}, (), metadata=False
)
TEXTS = st.text(st.sampled_from('a,"{}[]\\é '), max_size=6)
OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "x": st.integers(0, 9),
        "t": TEXTS,
        "in": st.lists(st.fixed_dictionaries({}, optional={"n": st.integers(0, 9), "t": TEXTS}), max_size=3),
        "s": st.lists(TEXTS, max_size=3),
    },
)
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "i": st.lists(st.integers(0, 99)),
        "s": st.lists(TEXTS),
        "o": st.lists(OBJECTS),
        "n": st.lists(st.integers(0, 99)),
        "d": st.lists(st.just("2026-01-02")),
    },
)


@settings(max_examples=40)
@given(ROWS, st.integers(8, 60), st.sampled_from([None, 1]))
def test_arrays_are_the_same_in_pieces(
    tmp_path_factory: pytest.TempPathFactory, row: dict[str, Any], piece: int, indent: int | None
) -> None:
    folder = tmp_path_factory.getbasetemp()
    raw = json.dumps(row, ensure_ascii=False, indent=indent).replace("\n", "").encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "LONG", 4)
        patch.setattr(large_array, "PIECE", piece)
        made = cut(msgspec.Raw(raw), ARRAY_COLUMNS, folder)
    assert {name for name, value in json.loads(bytes(made.rest)).items() if value} <= {
        n for n in row if len(row[n]) < 2
    }
    reader, path = BlockReader(ARRAY_COLUMNS), folder / "arrays"
    table = pa.table(reader.read([bytes(made.rest)]), staged_schema(ARRAY_COLUMNS))
    pq.write_table(table, path, compression="none", use_dictionary=False, write_statistics=False)
    splice(path, made.texts, made.arrays)
    assert pq.read_table(path).to_pylist() == pa.table(reader.read([raw]), staged_schema(ARRAY_COLUMNS)).to_pylist()


def test_a_value_that_does_not_fit_far_inside_an_array(nowhere: Target) -> None:
    rows = [{"x": n} for n in range(700_000)]
    rows[600_000] = {"x": "secret"}
    message = record("big", id=1, items=rows)
    nowhere.fails([HEAD, message], 1, "line 2", "key id", "column items[].x is no number")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"[1]", "not an object"),
        (b'{"t": "a", "t": "b"}', "twice"),
        (b'{"t": "a\\n abc\xff"}', "UTF-8"),
        (b'{"t": "abc\xff"}', "UTF-8"),
        (b'{"j": ["abc\xff"]}', "UTF-8"),
    ],
)
def test_what_a_text_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes, reason: str) -> None:
    monkeypatch.setattr(large, "LONG", 2)
    with pytest.raises(ValueRefusedError) as error:
        cut(msgspec.Raw(raw), COLUMNS, tmp_path)
    assert reason in error.value.reason


@pytest.mark.parametrize("width", [1, 40])
def test_a_spliced_file_is_read_as_if_it_had_been_written_so(tmp_path: Path, width: int) -> None:
    rng = random.Random(width)
    values: dict[str, Any] = {f"c{n}": rng.choice([None, n, [n, None], {"a": [str(n)]}, ""]) for n in range(width)}
    texts = {"t": "long " * 1000, "": "", "u": SPECIAL * 3000}
    made = pa.Table.from_pylist([values | dict.fromkeys(texts, "")])
    path = tmp_path / "file"
    pq.write_table(made, path, compression="none", use_dictionary=False, write_statistics=False)
    files = {}
    for n, (name, text) in enumerate(texts.items()):
        files[name] = tmp_path / str(n)
        files[name].write_text(text, "utf-8", newline="")
    splice(path, files, {})
    assert pq.read_table(path).to_pylist() == [made.to_pylist()[0] | texts]
    group = pq.read_metadata(path).row_group(0)
    sizes = [group.column(n).total_compressed_size for n in range(group.num_columns)]
    assert group.total_byte_size == sum(sizes)
