"""The files of a BATCH message, as the SDK's taps write them: bare records, one a line, or Parquet."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import msgspec

from target_bigquery import parquet
from target_bigquery.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_bigquery.messages import Encoding, Message

CHUNK = 4 << 20  # bytes of records at once
_check = msgspec.json.Decoder(msgspec.Raw).decode


def paths(message: Message, line: int) -> list[Path]:
    """The files, all of which can be read.

    Raises:
        InputError: the format, the compression or the place of a file is none that the target reads.
    """
    encoding = message.encoding
    if encoding is None or not (encoding.format == "parquet" or _lines(encoding)):
        raise InputError(
            line, f"BATCH of stream {message.stream!r}: only jsonl, plain or with gzip, and parquet are read"
        )
    made = []
    for uri in message.manifest:
        place = urlsplit(uri)
        if place.scheme not in {"", "file"} or place.netloc not in {"", "localhost"}:
            raise InputError(
                line, f"BATCH of stream {message.stream!r}: only files of this machine are read, not {uri}"
            )
        made.append(Path(unquote(place.path) if place.scheme else uri))
    return made


def _lines(encoding: Encoding) -> bool:
    return encoding.format == "jsonl" and encoding.compression in {None, "none", "gzip"}


def read(path: Path, line: int, encoding: Encoding) -> Iterator[tuple[int, list[bytes]]]:
    """Blocks of records in JSON, none of them empty, each block with the number of its first one in the file.

    Raises:
        InputError: the file cannot be read, or a line is no JSON.
    """
    if encoding.format == "parquet":
        return parquet.read(path, line)  # which says itself how it is compressed
    return _read_lines(path, line, compressed=encoding.compression == "gzip")


def _read_lines(path: Path, line: int, *, compressed: bool) -> Iterator[tuple[int, list[bytes]]]:
    number = 0
    try:
        with gzip.open(path, "rb") if compressed else path.open("rb") as file:
            while lines := file.readlines(CHUNK):
                first = number + 1
                for text in lines:
                    number += 1
                    _check(text)
                yield first, lines
    except msgspec.DecodeError:
        raise InputError(line, f"BATCH file {path}, line {number}: is cut off or not JSON") from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise InputError(line, f"BATCH file {path}: is cut off or no gzip file") from None
    except OSError as error:
        raise InputError(line, f"BATCH file {path}: {error.strerror}") from None
