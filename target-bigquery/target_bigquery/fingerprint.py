"""What tells one snapshot from another: a digest of its rows in their order, wherever one block of them ends.

Made of the converted values, so that spaces, the order of properties and properties that no column takes do not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import xxhash

if TYPE_CHECKING:
    from collections.abc import Iterable

    import msgspec


_TEXTS = {pa.string(), pa.binary()}


class Fingerprint:
    """Of rows that are added block by block; ``before``: what stands in for rows of other columns."""

    def __init__(self, before: str = "") -> None:
        self._large = xxhash.xxh3_128(before.encode())
        self._columns: list[_Column] = []
        self._rows = 0

    def add(self, arrays: Iterable[pa.Array]) -> None:
        """The columns of more rows, always the same ones."""
        arrays = list(arrays)
        self._columns = self._columns or [_Column() for _ in arrays]
        for column, array in zip(self._columns, arrays, strict=True):
            column.add(array)
        self._rows += len(arrays[0])

    def add_large(self, record: bytes | msgspec.Raw) -> None:
        """A row whose texts are never in memory together: its record as it came, and where it stands."""
        self._large.update(b"%d:%d:" % (self._rows, len(memoryview(record))))
        self._large.update(memoryview(record))
        self._rows += 1

    def __str__(self) -> str:
        """In hexadecimal digits."""
        whole = self._large.copy()
        for column in self._columns:
            whole.update(column.digest())
        return whole.hexdigest()


class _Column:
    """Digests of which values there are, how long they are, and their bytes, each in a stream of its own."""

    def __init__(self) -> None:
        self._valid, self._lengths, self._values = xxhash.xxh3_128(), xxhash.xxh3_128(), xxhash.xxh3_128()
        self._children: list[_Column] = []

    def add(self, array: pa.Array) -> None:
        type_, count = array.type, len(array)
        self._valid.update(_fixed(array.is_valid()) if array.null_count else b"\1" * count)
        if pa.types.is_struct(type_):
            self._add_children(array.flatten())
        elif pa.types.is_list(type_):
            self._lengths.update(_lengths(array.offsets))
            self._add_children([array.flatten()])
        elif type_ in _TEXTS and count:
            _, offsets, data = array.buffers()
            ends = pa.Array.from_buffers(pa.int32(), count + 1, [None, offsets], offset=array.offset)
            self._lengths.update(_lengths(ends))
            self._values.update(memoryview(data or b"")[ends[0].as_py() : ends[-1].as_py()])
        elif count:
            self._values.update(_fixed(array.drop_null() if array.null_count else array))

    def _add_children(self, arrays: list[pa.Array]) -> None:
        self._children = self._children or [_Column() for _ in arrays]
        for child, array in zip(self._children, arrays, strict=True):
            child.add(array)

    def digest(self) -> bytes:
        own = self._valid.digest() + self._lengths.digest() + self._values.digest()
        return own + b"".join(child.digest() for child in self._children)


def _lengths(ends: pa.Array) -> pa.Buffer:
    return pc.subtract(ends[1:], ends[:-1]).buffers()[1]


def _fixed(array: pa.Array) -> memoryview:
    """Values of a fixed width, without what stands before and behind them in the buffer."""
    if pa.types.is_boolean(array.type):
        array = array.cast(pa.uint8())
    width = array.type.bit_width // 8
    return memoryview(array.buffers()[1])[array.offset * width : (array.offset + len(array)) * width]
