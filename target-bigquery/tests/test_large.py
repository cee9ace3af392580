"""Records of many megabytes: whole in their table, and never several times in memory."""

from __future__ import annotations

import json
import random
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from target_bigquery import json_parts, large, leaves, lift
from target_bigquery.arrow import staged_schema
from target_bigquery.errors import ValueRefusedError
from target_bigquery.large import cut
from target_bigquery.leaves import Leaves, Place
from target_bigquery.schema import Column, columns
from target_bigquery.splice import splice

from .conftest import INTEGER, NUMBER, TEXT, Target, activate, record, schema, state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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


@given(st.data())
def test_texts_are_unescaped_wherever_they_are_cut(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    text = data.draw(st.text(st.sampled_from([*SPECIAL, "\0", "\ud7ff", "x"])))
    raw = json.dumps({"id": 1, "t": text, "j": text}, ensure_ascii=data.draw(st.booleans())).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "LONG", 2)
        patch.setattr(json_parts, "PIECE", data.draw(st.integers(12, 20)))
        made = cut(msgspec.Raw(raw), COLUMNS, folder)
    assert json.loads(made.rest) == {"id": 1, "t": "", "j": ""}
    assert made.leaves["t",].path.read_bytes().endswith(text.encode())
    assert made.leaves["j",].path.read_bytes().endswith(raw[raw.rindex(b": ") + 2 : -1])


TEXTS = st.text(st.sampled_from('a,"{}[]\\é '), max_size=6)
WHOLE = st.integers(0, 99)
Kind = tuple[dict[str, Any], st.SearchStrategy[Any]]  # a schema, and its values


def listed(kind: Kind) -> Kind:
    return {"type": "array", "items": kind[0]}, st.lists(kind[1], max_size=3)


def grouped(**kinds: Kind) -> Kind:
    schemas = {name: schema for name, (schema, _) in kinds.items()}
    values = {name: st.none() | value for name, (_, value) in kinds.items()}
    some = st.fixed_dictionaries({"more": TEXTS}, optional=values)
    return {"type": "object", "properties": schemas}, st.fixed_dictionaries(values) | some


TEXT_KIND, NUMBER_KIND = (TEXT, TEXTS), (NUMBER, WHOLE)
BYTES_KIND = (TEXT | {"contentEncoding": "base64"}, st.binary(max_size=9).map(lambda b: b64encode(b).decode()))
DATE_KIND = (TEXT | {"format": "date"}, st.just("2026-01-02"))
INNER = grouped(n=NUMBER_KIND, t=TEXT_KIND, b=BYTES_KIND)
OUTER = grouped(x=(INTEGER, WHOLE), t=TEXT_KIND, s=listed(TEXT_KIND), o=INNER, l=listed(INNER), n=listed(NUMBER_KIND))
ANY = ({}, st.recursive(TEXTS | WHOLE, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=4))
RECORD = grouped(
    o=OUTER,
    a=listed(grouped(o=OUTER, l=listed(OUTER), t=TEXT_KIND)),
    d=listed(DATE_KIND),
    b=listed(BYTES_KIND),
    i=listed((INTEGER, WHOLE)),
    j=ANY,
    p=grouped(q=grouped(j=ANY, l=listed(OUTER), t=TEXT_KIND), t=BYTES_KIND),
)
SHAPES = [columns(RECORD[0], (), metadata=False, nested=nested) for nested in ("record", "flatten")]


def in_one(made: large.Cut, columns: Sequence[Column], path: Path) -> list[Any]:
    """What a reader of the file finds."""
    reader = lift.reader(columns)
    table = pa.table(reader.read([bytes(made.rest)]), staged_schema(reader.columns))
    pq.write_table(table, path, compression="none", use_dictionary=False, write_statistics=False)
    splice(path, made.leaves)
    return pq.read_table(path).to_pylist()


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(RECORD[1], st.sampled_from(SHAPES), st.data())
def test_a_record_in_pieces_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, row: dict[str, Any], columns: tuple[Column, ...], data: st.DataObject
) -> None:
    indent, long, piece = (
        data.draw(st.sampled_from([None, 1])),
        data.draw(st.integers(5, 60)),
        data.draw(st.integers(8, 60)),
    )
    folder, reader = tmp_path_factory.mktemp("cut"), lift.reader(columns)
    raw = json.dumps(row, ensure_ascii=False, indent=indent).replace("\n", "").encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "LONG", long)
        patch.setattr(large, "ROOM", 4 * long)
        patch.setattr(large, "SHORT", 5)  # no null is that long
        patch.setattr(json_parts, "PIECE", piece)
        made = cut(msgspec.Raw(raw), columns, folder)
    whole = pa.table(reader.read([raw]), staged_schema(reader.columns)).to_pylist()
    assert in_one(made, columns, folder / "file") == whole


@pytest.mark.parametrize("piece", [20, 200, 2000])
def test_arrays_in_arrays_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    """Three deep, an element in the middle of each longer than all others."""
    leaf = [{"t": "x" * n, "n": n} for n in (1, 2, 300, 3, 4)]
    outer = [{"x": n, "s": ["a", "b" * 10 * n, "c"], "l": leaf[:n] if n < 5 else leaf * 5} for n in (0, 1, 5, 2, 3)]
    row = {"a": [{"t": "s"}, {"l": outer[:2]}, {"l": outer * 4, "o": outer[2]}, {"l": []}, {"l": outer}]}
    monkeypatch.setattr(large, "LONG", piece)
    monkeypatch.setattr(json_parts, "PIECE", piece)
    raw = json.dumps(row).encode()
    (found,) = in_one(cut(raw, SHAPES[0], tmp_path), SHAPES[0], tmp_path / "file")
    (whole,) = pa.table(lift.reader(SHAPES[0]).read([raw]), staged_schema(SHAPES[0])).to_pylist()
    assert found == whole


def test_the_parts_of_a_record_are_small_whatever_is_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each text, each array and each element by itself, and many that are not long but many."""
    monkeypatch.setattr(large, "ROOM", 10_000)
    element = {"t": "t" * 2 * MIB, "l": [{"n": n} for n in range(200_000)], "x": 1}
    many = {f"c{n}": "c" * 5000 for n in range(50)}
    record = {"o": element, "a": [{"t": "x"}, {"l": [{"t": "y"}, element]}, {"t": "z"}], **many}
    schema = {"properties": RECORD[0]["properties"] | dict.fromkeys(many, TEXT)}
    made = cut(json.dumps(record).encode(), columns(schema, (), metadata=False), tmp_path)
    assert len(made.rest) < 20_000
    assert sum(kept.path.stat().st_size for kept in made.leaves.values()) < 3 * len(json.dumps(element))


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


def test_a_text_where_another_type_belongs(nowhere: Target) -> None:
    long = "secret" * MIB
    nowhere.fails([HEAD, record("big", id=long)], 1, "line 2", "column id", "where the schema says number")
    nowhere.fails([HEAD, record("big", id=1, items=long)], 1, "column items holds a text of 6,291,458 bytes", "ARRAY")
    nested = record("big", id=1, items=[{"x": 1}, {"x": long}])
    nowhere.fails([HEAD, nested], 1, "column items[].x holds a text of 6,291,458 bytes, which is no INT64")
    digits = [{"k": "1234567890123456789" * 300_000}, 0.12345678901234567890123]
    wrong = json.dumps(record("big", id=1, j=digits)).replace("0.12345678901234568", "0.12345678901234567890123")
    nowhere.ok([HEAD, record("big", id=1, j=digits)])
    nowhere.fails([HEAD, wrong], 1, "column j has a number with more digits than BigQuery's JSON holds")


def test_more_than_a_row_of_bigquery(nowhere: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaves, "MOST", 6 * MIB)
    many = [HEAD, record("big", id=1, t="t" * 4 * MIB, j={"k": "j" * 3 * MIB}), state(at=1)]
    nowhere.fails(many, 1, "line 2", "key id", "more than 100 MB, the most that BigQuery takes in a row")
    kept = nowhere.ok(many, on_invalid_record="quarantine")
    assert kept.states == [{"at": 1}]
    assert "are in big__rejected" in kept.log


def test_a_large_record_that_does_not_fit_is_kept_as_it_came(target: Target) -> None:
    long = "é" * 3 * MIB
    bad, worse = record("big", id="x", t=long), record("big", id=2, items=[{"x": 1}] * 600_000 + [{"x": "y"}])
    rest = [record("big", id="small"), record("big", id=3, t=long), state(at=1)]
    outcome = target.ok([HEAD, bad, worse, *rest], on_invalid_record="quarantine")
    assert outcome.total("rejected") == 3
    kept = target.rows("big__rejected", "line", "column", "record")
    assert [(row["line"], row["column"]) for row in kept] == [(2, "id"), (3, "items[].x"), (4, "id")]
    assert [json.loads(row["record"]) for row in kept] == [one["record"] for one in (bad, worse, rest[0])]
    assert [row["id"] for row in target.rows("big", "id")] == [3]


def test_a_large_record_of_a_batch_file(target: Target, tmp_path: Path) -> None:
    rows = [{"id": 1, "t": "a"}, {"id": 2, "t": "é" * 3 * MIB}, {"id": 3}, {"id": 4, "t": "x" * 5 * MIB}]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    batch = {"type": "BATCH", "stream": "big", "encoding": {"format": "jsonl"}}
    target.ok([HEAD, batch | {"manifest": [(tmp_path / "rows.jsonl").as_uri()]}, state(at=1)])
    assert [row["t"] for row in target.rows("big", "id", "t")] == [row.get("t") for row in rows]


def test_a_schema_of_more_than_any_table(nowhere: Target) -> None:
    described = schema("big", ["id"], id=INTEGER | {"description": "x" * 17 * MIB})
    nowhere.fails([described], 1, "line 1", "SCHEMA of stream 'big' has more than 16 MB")


@pytest.mark.parametrize("width", [1, 40])
def test_a_spliced_file_is_read_as_if_it_had_been_written_so(tmp_path: Path, width: int) -> None:
    rng = random.Random(width)
    values: dict[str, Any] = {f"c{n}": rng.choice([None, n, [n, None], {"a": [str(n)]}, ""]) for n in range(width)}
    texts = {"t": "long " * 1000, "": "", "u": SPECIAL * 3000}
    made = pa.Table.from_pylist([values | dict.fromkeys(texts, "")])
    path = tmp_path / "file"
    pq.write_table(made, path, compression="none", use_dictionary=False, write_statistics=False)
    kept = Leaves(tmp_path)
    for name, text in texts.items():
        kept.add_text(Place(), Column(name, name, "STRING"), lambda text=text: [text.encode()])
    splice(path, kept.made)
    assert pq.read_table(path).to_pylist() == [made.to_pylist()[0] | texts]
    group = pq.read_metadata(path).row_group(0)
    sizes = [group.column(n).total_compressed_size for n in range(group.num_columns)]
    assert group.total_byte_size == sum(sizes)
