"""What the C library keeps of memory that was freed."""

from __future__ import annotations

import contextlib
import ctypes

LARGE = 8 << 20  # bytes of an allocation that goes back to the system once it is freed
_MMAP_THRESHOLD = -3  # see mallopt(3)


def give_back() -> None:
    """Let what is large not stay with the thread that had it.

    By itself glibc raises the bound to the largest block that was freed, up to 32 MiB, and each thread keeps its own.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, LARGE)
