"""Lines from a file descriptor, without ever waiting longer than asked."""

from __future__ import annotations

import contextlib
import os
import select

CHUNK = 1 << 20  # bytes


class LineReader:
    """Whole lines of ``fd``; also returns when ``wake`` becomes readable or time is up."""

    def __init__(self, fd: int, wake: int) -> None:
        self._fd, self._wake = fd, wake
        self._poll = select.poll()
        self._poll.register(fd, select.POLLIN)
        self._poll.register(wake, select.POLLIN)
        self._rest: list[bytes] = []
        self.ended = False
        with contextlib.suppress(OSError, ImportError, AttributeError):
            import fcntl  # noqa: PLC0415 (a larger pipe saves system calls; Linux only)

            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, CHUNK)

    def read(self, timeout: float | None) -> bytes:
        """The whole lines that have arrived, possibly none. After the last one ``ended`` is true.

        The last line counts even when its newline is missing, and gets it.
        """
        ready = {fd for fd, _ in self._poll.poll(None if timeout is None else timeout * 1000)}
        if self._wake in ready:
            os.read(self._wake, 4096)
        if self._fd not in ready:
            return b""
        chunk = os.read(self._fd, CHUNK)
        if not chunk:
            self.ended = True
            last = b"".join(self._rest)
            return last + b"\n" if last else b""
        end = chunk.rfind(b"\n") + 1
        if end == 0:
            self._rest.append(chunk)
            return b""
        lines = b"".join((*self._rest, chunk[:end]))
        self._rest = [chunk[end:]] if end < len(chunk) else []
        return lines
