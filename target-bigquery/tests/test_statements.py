"""Every statement that the target makes, read by Google's own analyzer, beside the columns as they are in BigQuery.

The local BigQuery takes a text for a number and more; this does not.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from google.api_core import exceptions as api
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from target_bigquery import erase
from target_bigquery.settings import parse
from target_bigquery.testing import Sink

from .conftest import INTEGER, NUMBER, TEXT, Target, activate, record, schema, state
from .googlesql import analyze
from .test_round_trip import encode, streams

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from google.cloud import bigquery

TABLES = "/bigquery/v2/projects/local/datasets/{}/tables/{}"


def place(table: Mapping[str, Any]) -> str:
    """A table's path."""
    return TABLES.format(table["tableReference"]["datasetId"], table["tableReference"]["tableId"])


def named(path: str, statement: str) -> bool:
    """Is the table one that the statement names?"""
    *_, dataset, _, table = path.split("/")
    return f"`{dataset}`.`{table}`" in statement


class Asked(NamedTuple):
    """A statement, its parameters, and the tables at that moment."""

    statement: str
    parameters: list[Any]
    tables: list[dict[str, Any]]


class Analyzed(Sink):
    """Keeps what it is asked; lists its tables, which are empty, but for one record that was rejected."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Asked] = []
        self.rejected = ""

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if method == "GET" and path.endswith("/data") and path.removesuffix("/data") in self.tables:
            return 200, {"rows": [{"f": [{"v": self.rejected}]}] if path.endswith("__rejected/data") else []}
        if method == "GET" and path.endswith("/tables"):
            return 200, {"tables": [t | {"labels": t.get("labels", {})} for p, t in self.tables.items() if path in p]}
        status, made = super()._answer(method, path, body)
        query = made.get("configuration", {}).get("query") if method == "POST" else None
        if query:
            tables = [dict(table) for path, table in self.tables.items() if named(path, query["query"])]
            self.asked.append(Asked(query["query"], query.get("queryParameters", []), tables))
            wider = dict(re.findall(r"ALTER COLUMN `(\w+)` SET DATA TYPE (\w+)", query["query"]))
            for table in tables if wider else []:
                fields = [f | {"type": wider.get(f["name"], f["type"])} for f in table["schema"]["fields"]]
                self._table("PATCH", place(table), json.dumps({"schema": {"fields": fields}}).encode())
        return status, made


@pytest.fixture(scope="module")
def server() -> Iterator[Analyzed]:
    with Analyzed() as running:
        yield running


@pytest.fixture
def analyzed(server: Analyzed, client: bigquery.Client, tmp_path: Path) -> Target:
    server.asked.clear()
    return Target(client, tmp_path, server.url, f"t_{uuid.uuid4().hex[:12]}")


def kinds(server: Analyzed) -> list[str]:
    """What was asked, all of it right."""
    asked, server.asked = server.asked, []
    found = [analyze(one.statement, one.tables, one.parameters) for one in asked]
    return [name.removeprefix("Resolved").removesuffix("Stmt") for name in found]


INNER = {"type": "object", "properties": {"n": NUMBER, "b": TEXT | {"contentEncoding": "base64"}}}
EVERY = {
    "n": NUMBER,
    "wide": NUMBER | {"multipleOf": 1e-38},
    "text": TEXT,
    "bytes": TEXT | {"contentEncoding": "base64"},
    "yes": {"type": "boolean"},
    "day": TEXT | {"format": "date"},
    "clock": TEXT | {"format": "time"},
    "at": TEXT | {"format": "date-time"},
    "any": {},
    "in": {"type": "object", "properties": {"x": INTEGER, "deeper": INNER}},
    "list": {"type": "array", "items": NUMBER},
    "lists": {"type": "array", "items": {"type": "object", "properties": {"x": INTEGER, "in": INNER}}},
    "_sdc_deleted_at": TEXT | {"format": "date-time"},
}
HEAD = schema("all", ["id"], id=INTEGER, **EVERY)
ROWS = [record("all", id=1, n=1.5), record("all", id=2, _sdc_deleted_at="2026-01-02T03:04:05Z")]


@pytest.mark.parametrize("nested", ["record", "json", "flatten"])
@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ({}, ["Merge"]),
        ({"hard_delete": True}, ["Merge"]),
        ({"add_record_metadata": False}, ["Merge"]),
        ({"load_method": "append-only"}, ["Insert"]),
        ({"load_method": "overwrite"}, ["Merge"]),
        ({"load_method": "overwrite", "hard_delete": True}, ["Merge"]),
    ],
)
def test_columns_of_every_type(
    server: Analyzed, analyzed: Target, nested: str, config: dict[str, Any], wanted: list[str]
) -> None:
    analyzed.ok([HEAD, *ROWS, state(at=1)], nested=nested, **config)
    assert kinds(server) == wanted


KEYS = {
    "INT64": (INTEGER, 7),
    "STRING": (TEXT, 'a\\"`\n\u2028\x7f日本😀'),
    "NUMERIC": (NUMBER, 1.5),
    "DATE": (TEXT | {"format": "date"}, "0001-01-01"),
    "TIME": (TEXT | {"format": "time"}, "01:02:03.000004"),
    "TIMESTAMP": (TEXT | {"format": "date-time"}, "9999-12-31T23:59:59.999999Z"),
    "BOOL": ({"type": "boolean"}, True),
    "BYTES": (TEXT | {"contentEncoding": "base64"}, "AP8="),
}


def test_keys_of_every_type_and_literals_of_their_bounds(server: Analyzed, analyzed: Target) -> None:
    keys = {f"k_{type_}": kind for type_, (kind, _) in KEYS.items()}
    values = {f"k_{type_}": value for type_, (_, value) in KEYS.items()}
    analyzed.ok([schema("keys", list(keys), **keys, n=NUMBER), record("keys", **values, n=1), state(at=1)])
    assert "BETWEEN TIMESTAMP" in server.asked[0].statement
    assert kinds(server) == ["Merge"]


def test_a_record_is_erased_by_a_key_of_every_type(server: Analyzed, analyzed: Target) -> None:
    keys = {f"k_{type_}": kind for type_, (kind, _) in KEYS.items()}
    values = {f"k_{type_}": value for type_, (_, value) in KEYS.items()}
    head, texts = schema("keys", list(keys), **keys), [str(value).replace("True", "true") for value in values.values()]
    analyzed.ok([head, record("keys", **values), state(at=1)])
    live = TABLES.format(analyzed.dataset, "keys")
    for name in ("keys__rejected", "keys__staging_0123456789ab_1"):
        fields = [{"name": "record", "type": "STRING"}, *server.tables[live]["schema"]["fields"]]
        server.tables[TABLES.format(analyzed.dataset, name)] = {
            "tableReference": server.tables[live]["tableReference"] | {"tableId": name},
            "schema": {"fields": fields},
            "labels": {"singer_staging": "true"},
        }
    server.rejected = json.dumps(values)
    kinds(server)
    erase.erase(parse(analyzed.settings(erasure_key="secret")), "keys", texts)
    assert kinds(server) == ["Insert", *["Delete"] * 4, "Update"]  # live, rejected, and two staging tables


def live(analyzed: Target, server: Analyzed, table: str, **changes: Any) -> None:
    """Change a table behind the target's back."""
    server.tables[TABLES.format(analyzed.dataset, table)] |= changes


def field(name: str, type_: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type_, **more}


@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"timePartitioning": {"type": "DAY", "field": "day", "expirationMs": "86400000"}},
        {"timePartitioning": {"type": "MONTH", "field": "day"}, "requirePartitionFilter": True},
        {"timePartitioning": {"type": "HOUR", "field": "at"}},
        {"rangePartitioning": {"field": "id", "range": {"start": "0", "end": "100", "interval": "10"}}},
    ],
)
def test_a_table_with_other_columns_is_made_anew(server: Analyzed, analyzed: Target, layout: dict[str, Any]) -> None:
    """With all that it was given."""
    analyzed.ok([HEAD, *ROWS, state(at=1)])
    fields = server.tables[TABLES.format(analyzed.dataset, "all")]["schema"]["fields"]
    text = 'he said: "`x`\\y"\n'
    fields = [f | {"description": text} for f in fields] + [field("gone", "GEOGRAPHY")]
    given_ = {"description": text, "friendlyName": text, "expirationTime": "1893456000000", "labels": {"a": "b-ä"}}
    key = {"encryptionConfiguration": {"kmsKeyName": "projects/p/locations/eu/keyRings/r/cryptoKeys/k"}}
    live(
        analyzed,
        server,
        "all",
        schema={"fields": fields},
        clustering={"fields": ["id", "day"]},
        **given_,
        **key,
        **layout,
    )
    kinds(server)
    analyzed.ok([HEAD, *ROWS, state(at=1)], load_method="overwrite")
    assert kinds(server) == ["CreateTableAsSelect"]


def test_records_are_laid_out_as_the_live_table_has_them(server: Analyzed, analyzed: Target) -> None:
    """Fields of RECORDs in another order and of a kind that the stream has not, below arrays, too."""
    analyzed.ok([HEAD, *ROWS, state(at=1)])
    types = ["BIGNUMERIC", "BYTES", "JSON", "DATETIME", "GEOGRAPHY", "FLOAT", "BOOLEAN"]
    more = [field(f"of {type_}", type_) for type_ in types] + [field("array", "INTEGER", mode="REPEATED")]

    def turned(fields: list[dict[str, Any]], depth: int = 0) -> list[dict[str, Any]]:
        made = [f | {"fields": turned(f["fields"], depth + 1)} if f.get("fields") else f for f in fields]
        extra = [*more, field("record", "RECORD", fields=more, mode="REPEATED")]
        return [*extra, *reversed(made)] if depth else made

    fields = turned(server.tables[TABLES.format(analyzed.dataset, "all")]["schema"]["fields"])
    live(analyzed, server, "all", schema={"fields": fields})
    kinds(server)
    for config in ({}, {"load_method": "append-only"}):
        analyzed.ok([HEAD, *ROWS, state(at=1)], **config)
    assert kinds(server) == ["Merge", "Insert"]


@pytest.mark.parametrize(("old", "new"), [("INTEGER", "n"), ("INTEGER", "wide"), ("NUMERIC", "wide")])
def test_columns_become_wider(server: Analyzed, analyzed: Target, old: str, new: str) -> None:
    analyzed.ok([HEAD, *ROWS, state(at=1)])
    fields: list[Mapping[str, Any]] = server.tables[TABLES.format(analyzed.dataset, "all")]["schema"]["fields"]
    live(analyzed, server, "all", schema={"fields": [f | {"type": old} if f["name"] == new else f for f in fields]})
    kinds(server)
    analyzed.ok([HEAD, *ROWS, state(at=1)])
    assert set(kinds(server)) == {"AlterTable", "Merge"}


@settings(max_examples=8, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(streams(), st.booleans())
def test_any_schema(server: Analyzed, client: bigquery.Client, tmp_path: Path, sent: Any, deleting: bool) -> None:  # noqa: FBT001
    """Whatever the properties are called and of whatever types."""
    target = Target(client, tmp_path, server.url, f"t_{uuid.uuid4().hex[:12]}")
    properties, rows, method = sent
    described = schema("s", ["id"], id=INTEGER, **properties)
    version = {"version": 1} if method == "version" else {}
    messages = [described]
    for id_, (row, _) in enumerate(rows):
        gone = {"_sdc_deleted_at": "2026-01-02"} if deleting else {}
        messages.append({"type": "RECORD", "stream": "s", "record": {"id": id_, **row, **gone}, **version})
    messages += [activate("s", 1)] * bool(version)
    method = "upsert" if version else method
    target.ok(b"".join(encode(one) + b"\n" for one in [*messages, state(at=1)]), load_method=method)
    assert kinds(server)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("INSERT INTO `local`.`d`.`t` (`id`) SELECT `text` FROM `local`.`d`.`t`", "cannot be inserted"),
        ("MERGE `local`.`d`.`t` AS T USING `local`.`d`.`t` AS S ON T.`id` = S.`text` WHEN MATCHED THEN DELETE", "="),
        ("UPDATE `local`.`d`.`t` SET `text` = `bytes` WHERE TRUE", "cannot be assigned"),
        ("DELETE FROM `local`.`d`.`t` WHERE `no` = 1", "Unrecognized name"),
        ("DELETE FROM `local`.`d`.`t` WHERE `id` = @text", "="),
        ("CREATE TABLE `local`.`d`.`u` (a INT64) OPTIONS(label=1)", "Unknown option"),
        ("CREATE TABLE `local`.`d`.`u` (a INT32)", "not found"),
        ("SELECT `id` FROM `local`.`d`.`t` QUALIFY 1", "QUALIFY"),
    ],
)
def test_the_analyzer_sees_what_is_wrong(statement: str, reason: str) -> None:
    fields = [field("id", "INTEGER"), field("text", "STRING"), field("bytes", "BYTES")]
    table = {"tableReference": {"projectId": "local", "datasetId": "d", "tableId": "t"}, "schema": {"fields": fields}}
    parameters = json.loads('[{"name": "text", "parameterType": {"type": "STRING"}}]')
    with pytest.raises(api.BadRequest, match=reason):
        analyze(statement, [table], parameters)
