"""Memory of the whole process, whatever a large message is made of: one line of the input, and what does not grow."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from google.api_core import exceptions as api
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from target_bigquery.jobs import Jobs

from .conftest import COMMAND, ENVIRONMENT, INTEGER, NUMBER, TEXT, schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from target_bigquery.testing import Sink

MIB = 1 << 20
ITEM = {"type": "object", "properties": {"x": INTEGER, "t": TEXT, "n": NUMBER}}
ITEMS = {"type": "array", "items": ITEM}
PART = '{"x": 1234567, "t": "text", "n": 12.25}'
# Its own process: what one inherits from a parent counts as its memory.
MEASURED = """
import os, resource, subprocess, sys
config, given, output = sys.argv[2:]
with open(given, "rb") as stdin, open(output, "wb") as log:
    code = subprocess.run([sys.argv[1], "--config", config], stdin=stdin, stdout=log, stderr=log).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def peak(sink: Sink, folder: Path, lines: Iterable[str], code: int = 0, **settings: Any) -> int:
    """MiB that a run took, which ended with ``code``."""
    config = {"project": "p", "dataset": folder.name, "api_endpoint": sink.url, "staging_dir": str(folder)}
    (folder / "config").write_text(json.dumps(config | settings))
    with (folder / "input").open("w") as file:
        file.writelines(lines)
    command = [sys.executable, "-c", MEASURED, COMMAND, *(folder / name for name in ("config", "input", "output"))]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=100, check=True)
    ended, mebibytes = map(int, done.stdout.split())
    assert ended == code, (folder / "output").read_text()
    return mebibytes


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def text(size: int, piece: str = "x" * 64) -> str:
    return f'"{piece * (size // len(piece))}"'


def array(size: int, part: str = PART) -> str:
    return f"[{','.join([part] * (size // len(part)))}]"


def properties(size: int) -> str:
    return ",".join(f'"name of a property {n:07}": {n}, "{n}": "value {n}"' for n in range(size // 60))


def line(body: str, stream: str = "big") -> Iterator[str]:
    yield f'{{"type":"RECORD","stream":"{stream}","record":{{"id":1,'
    yield body
    yield "}}\n"


SIZE = 32 * MIB
FIXED = 175  # MiB, of which 100 are the libraries; a reader that holds a line four times would take more
SHAPES = {
    "array in an object": ({"o": obj(a=ITEMS, b=TEXT)}, lambda n: f'"o":{{"b":"q","a":{array(n)}}}'),
    "array in an object in an object": ({"o": obj(p=obj(a=ITEMS))}, lambda n: f'"o":{{"p":{{"a":{array(n)}}}}}'),
    "text in an object": ({"o": obj(p=obj(t=TEXT))}, lambda n: f'"o":{{"p":{{"t":{text(n)}}}}}'),
    "JSON in an object": ({"o": obj(p=obj(j={}))}, lambda n: f'"o":{{"p":{{"j":{array(n)}}}}}'),
    "long texts in an array": ({"a": ITEMS}, lambda n: f'"a":[{{"x":1,"t":{text(n // 2)}}},{{"t":{text(n // 2)}}}]'),
    "array in an array": (
        {"a": {"type": "array", "items": obj(b=ITEMS, c=TEXT)}},
        lambda n: f'"a":[{{"c":"x"}},{{"c":"y","b":{array(n)}}},{{"c":"z"}}]',
    ),
    "small properties": ({"o": obj(x=INTEGER)}, lambda n: f'{properties(n // 2)},"o":{{{properties(n // 2)}}}'),
    "texts of 100 kB": (
        {f"c{n}": TEXT for n in range(240)},
        lambda n: ",".join(f'"c{i}":{text(n // 240)}' for i in range(240)),
    ),
    "escapes": ({"t": TEXT}, lambda n: f'"t":{text(n, chr(92) + "u00e9")}'),
    "base64": ({"t": TEXT | {"contentEncoding": "base64"}}, lambda n: f'"t":{text(n)}'),
}


FLAT = {"array in an object in an object", "JSON in an object"}


def head(declared: dict[str, Any], stream: str = "big") -> str:
    return json.dumps(schema(stream, ["id"], id=INTEGER, **declared)) + "\n"


@pytest.mark.parametrize("shape", SHAPES)
def test_a_large_record_takes_its_line_and_little_more(sink: Sink, tmp_path: Path, shape: str) -> None:
    declared, body = SHAPES[shape]
    nested = "flatten" if shape in FLAT else "record"
    assert peak(sink, tmp_path, [head(declared), *line(body(SIZE))], nested=nested) < SIZE // MIB + FIXED


def test_so_do_one_that_is_rejected_and_one_of_a_batch_file(sink: Sink, tmp_path: Path) -> None:
    declared, body = SHAPES["array in an object"]
    refused = f'{body(SIZE)[:-2]},{{"x":"y"}}]}}'
    lines = [head(declared), *line(refused)]
    assert peak(sink, tmp_path, lines, on_invalid_record="quarantine") < SIZE // MIB + FIXED
    (tmp_path / "rows").write_text(f'{{"id":1,{body(SIZE)}}}\n' * 2)
    batch = {"type": "BATCH", "stream": "big", "encoding": {"format": "jsonl"}}
    lines = [head(declared), json.dumps(batch | {"manifest": [(tmp_path / "rows").as_uri()]})]
    assert peak(sink, tmp_path, lines) < SIZE // MIB + FIXED + 15  # what a file is read in


def test_a_line_that_is_no_json_is_refused_in_little_more(sink: Sink, tmp_path: Path) -> None:
    refused = [head({"t": TEXT}), *line(f'"t":{text(SIZE)}')][:-1]
    assert peak(sink, tmp_path, refused, code=1) < SIZE // MIB + FIXED


def test_a_record_of_100_mb_takes_less_than_300(sink: Sink, tmp_path: Path) -> None:
    declared = {"t": TEXT, "j": {}, "o": obj(a=ITEMS, t=TEXT)}
    mixed = f'"t":{text(20 * MIB)},"j":{array(20 * MIB)},"o":{{"t":{text(20 * MIB)},"a":{array(40 * MIB)}}}'
    assert peak(sink, tmp_path, [head(declared), *line(mixed)]) < 300


def test_a_request_that_fails_keeps_nothing_of_its_body_until_it_succeeds() -> None:
    class Body: ...

    bodies: list[weakref.ref[Body]] = []

    def request(timeout: float) -> list[Body | None]:
        body = Body()
        bodies.append(weakref.ref(body))
        if len(bodies) == 3:
            return [other() for other in bodies[:-1]]
        raise api.ServiceUnavailable(f"after {timeout}")

    jobs = Jobs(bigquery.Client("p", AnonymousCredentials()), 10, threading.Event(), labels={})
    assert jobs.call(request) == [None, None]


@pytest.mark.storm
def test_twenty_streams_take_turns_with_records_of_30_mb(sink: Sink, tmp_path: Path) -> None:
    names = [f"s{n}" for n in range(20)]
    body = f'"t":{text(15 * MIB)},"a":{array(15 * MIB)}'
    heads = [head({"t": TEXT, "a": ITEMS}, name) for name in names]
    records = (part for name in names for part in line(body, name))
    assert peak(sink, tmp_path, (part for parts in (heads, records) for part in parts)) < 300
