"""The files of a BATCH message, as the SDK's taps write them: bare records, one a line, or Parquet."""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import msgspec

from target_bigquery import messages, parquet
from target_bigquery.errors import InputError, TargetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_bigquery.messages import Encoding, Message

CHUNK = 4 << 20  # bytes of records at once
LARGE = 4 << 20  # bytes of a record that comes alone
Line = bytes | msgspec.Raw
_check = msgspec.json.Decoder(msgspec.Raw).decode


@dataclass(frozen=True)
class Place:
    """Where a file is: a path of this machine, or a URI that fsspec reads; shown without what may be a secret."""

    uri: str

    def __str__(self) -> str:
        if self.path is not None:
            return self.path
        parts = urlsplit(self.uri)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()

    @property
    def path(self) -> str | None:
        """On this machine, if it is there."""
        parts = urlsplit(self.uri)
        if parts.scheme == "file" and parts.netloc in {"", "localhost"}:
            return unquote(parts.path)
        return None if "://" in self.uri else self.uri

    def open(self) -> IO[bytes]:
        """The file, of which no more than some megabytes are in memory at once."""
        if self.path is not None:
            return open(self.path, "rb")  # noqa: PTH123 (a path as given)
        import fsspec  # noqa: PLC0415

        system, path = fsspec.core.url_to_fs(self.uri)
        file: Any = system.open(path, "rb", block_size=CHUNK)  # some would keep 50 MB
        return io.BufferedReader(file, 1 << 20)  # whose readlines() can be told how much


def places(message: Message, line: int) -> list[Place]:
    """The files of a BATCH message.

    Raises:
        InputError: the target does not read their format or compression.
    """
    encoding = message.encoding
    if encoding is None or not (encoding.format == "parquet" or _lines(encoding)):
        raise InputError(
            line, f"BATCH of stream {message.stream!r}: only jsonl, plain or with gzip, and parquet are read"
        )
    return [Place(uri) for uri in message.manifest]


def _lines(encoding: Encoding) -> bool:
    return encoding.format == "jsonl" and encoding.compression in {None, "none", "gzip"}


def read(place: Place, line: int, encoding: Encoding) -> Iterator[tuple[int, list[Line]]]:
    """Blocks of records in JSON, none empty and a large one alone, each with the number of its first in the file.

    Raises:
        InputError: the file cannot be read, or a line is no JSON.
    """
    with _opened(place, line) as file:
        if encoding.format == "parquet":
            yield from parquet.read(file, f"BATCH file {place}", line)  # which says itself how it is compressed
        else:
            yield from _read_lines(file, place, line, compressed=encoding.compression == "gzip")


@contextmanager
def _opened(place: Place, line: int) -> Iterator[IO[bytes]]:
    try:
        if place.path is None:
            _find_filesystem(place.uri)
        with place.open() as file:
            yield file
    except TargetError:
        raise
    except _NoFilesystemError as error:
        raise InputError(line, f"BATCH file {place}: {error}") from None
    except Exception as error:
        if place.path is not None and not isinstance(error, OSError):
            raise
        raise InputError(line, f"BATCH file {place}: {_reason(place, error)}") from None


class _NoFilesystemError(Exception):
    """Fsspec reads no URIs of this kind, or wants a package for it."""


def _find_filesystem(uri: str) -> None:
    import fsspec  # noqa: PLC0415 (slow, and for few)

    try:
        fsspec.get_filesystem_class(fsspec.utils.get_protocol(uri))
    except (ImportError, ValueError) as error:  # which names the package
        raise _NoFilesystemError(error) from None


def _reason(place: Place, error: Exception) -> str:
    """What a filesystem far away says is not repeated: it may be an answer's body."""
    if place.path is not None:
        return str(getattr(error, "strerror", None) or "cannot be read")
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return f"cannot be read ({type(error).__name__}); check the credentials in the environment"


def _read_lines(file: IO[bytes], place: Place, line: int, *, compressed: bool) -> Iterator[tuple[int, list[Line]]]:
    number = 0
    try:
        with gzip.open(file) if compressed else file as text:
            for lines in _blocks(text):
                first = number + 1
                for index, one in enumerate(lines):
                    number += 1
                    lines[index] = _checked(one)
                    del one
                yield first, lines
                del lines
    except messages.ERRORS:
        raise InputError(line, f"BATCH file {place}, line {number}: is cut off or not JSON") from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise InputError(line, f"BATCH file {place}: is cut off or no gzip file") from None


def _checked(record: Line) -> Line:
    """The record, repaired as a line of the input would be."""
    try:
        _check(record)
    except messages.ERRORS:
        record = messages.mended(bytes(record))
        _check(record)
    return record


def _blocks(file: IO[bytes] | gzip.GzipFile) -> Iterator[list[Line]]:
    """Lines of some megabytes together, and a large one alone, which is not copied."""
    begun = bytearray()  # a line that has not ended
    while chunk := file.read(CHUNK):
        end, last = chunk.find(b"\n") + 1, chunk.rfind(b"\n") + 1
        if not end:
            begun += chunk
            continue
        begun += memoryview(chunk)[:end]
        if len(begun) > LARGE:
            yield [msgspec.Raw(begun)]
            begun = bytearray()
        begun += memoryview(chunk)[end:last]
        if begun:
            yield [*bytes(begun).split(b"\n")[:-1]]
        begun = bytearray(chunk[last:])
    if begun:
        yield [msgspec.Raw(begun) if len(begun) > LARGE else bytes(begun)]
