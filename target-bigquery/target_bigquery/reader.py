"""Lines from a file descriptor, without ever waiting longer than asked."""

from __future__ import annotations

import contextlib
import os
import select

CHUNK = 1 << 20  # bytes that are read at once, and of a pipe


class LineReader:
    """Whole lines of ``fd``; also returns when ``wake`` becomes readable or time is up.

    Bytes are read into a buffer that then is handed over as it is. Only a line that was begun is copied into the next.
    """

    def __init__(self, fd: int, wake: int) -> None:
        self._fd, self._wake = fd, wake
        self._poll = select.poll()
        self._poll.register(fd, select.POLLIN)
        self._poll.register(wake, select.POLLIN)
        self._buffer = bytearray(CHUNK)
        self._used = 0
        self.ended = False
        with contextlib.suppress(OSError, ImportError, AttributeError):
            import fcntl  # noqa: PLC0415 (a larger pipe saves system calls; Linux only)

            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, CHUNK)

    @property
    def begun(self) -> int:
        """Bytes of a line that has not ended yet."""
        return self._used

    def read(self, timeout: float | None) -> bytearray:
        """The whole lines that have arrived, possibly none. After the last one ``ended`` is true.

        The last line counts even when its newline is missing, and gets it.
        """
        if not self._ready(timeout):
            return bytearray()
        start, size = self._used, len(self._buffer)
        if size - start < CHUNK // 2:
            self._buffer.extend(bytes(CHUNK))  # a long line; what is large moves without being copied, see mremap(2)
            size = len(self._buffer)
        while self._used < size:
            with memoryview(self._buffer) as view:
                count = os.readv(self._fd, [view[self._used :]])
            self._used += count
            if not count:
                return self._last()
            if not self._ready(0):
                break
        end = self._buffer.rfind(b"\n", start, self._used) + 1
        return self._take(end) if end else bytearray()

    def _ready(self, timeout: float | None) -> bool:
        ready = {fd for fd, _ in self._poll.poll(None if timeout is None else timeout * 1000)}
        if self._wake in ready:
            os.read(self._wake, 4096)
            return self._fd in ready and timeout != 0
        return self._fd in ready

    def _take(self, end: int) -> bytearray:
        lines = self._buffer
        rest = lines[end : self._used]
        del lines[end:]
        self._buffer = bytearray(CHUNK + len(rest))
        self._buffer[: len(rest)] = rest
        self._used = len(rest)
        return lines

    def _last(self) -> bytearray:
        self.ended = True
        lines = self._buffer
        del lines[self._used :]
        self._buffer, self._used = bytearray(), 0
        if lines and not lines.endswith(b"\n"):
            lines += b"\n"
        return lines
