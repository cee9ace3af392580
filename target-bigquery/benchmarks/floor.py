"""What reading a file of messages costs at the least: ``floor.py lines|envelope|arrow``, the file on stdin."""

# ruff: noqa: INP001

from __future__ import annotations

import json
import sys

import msgspec
import pyarrow as pa
import pyarrow.json as pj
from target_bigquery.arrow import BlockReader
from target_bigquery.messages import Message
from target_bigquery.schema import columns


def main(mode: str) -> None:
    """Do only what the mode says: lines; envelopes, the record kept as bytes; columns by pyarrow, nothing written."""
    source = sys.stdin.buffer
    made = json.loads(source.readline())["schema"]
    if mode == "arrow":
        reader = BlockReader(columns(made, ("id",), metadata=False))
        options = pj.ReadOptions(use_threads=False, block_size=8 << 20)
        while lines := b"".join(source.readlines(4 << 20)):
            pj.read_json(pa.BufferReader(lines), options, reader.lines)
        return
    decode = msgspec.json.Decoder(Message).decode if mode == "envelope" else bytes
    for line in source:
        decode(line)


main(sys.argv[1])
