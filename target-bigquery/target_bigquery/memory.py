"""What the C library keeps of memory that was freed."""

from __future__ import annotations

import contextlib
import ctypes

LARGE = 8 << 20  # bytes of an allocation that goes back to the system once it is freed
ARENAS = 2  # that threads share
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # see mallopt(3)


def give_back() -> None:
    """Let what is large not stay with the thread that had it, and what is small be used again by any other.

    By itself glibc raises the bound to the largest block that was freed, up to 32 MiB, and each thread keeps its own:
    with a thread for each of 50 streams that is 60 MiB more.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, LARGE)
        library.mallopt(_ARENA_MAX, ARENAS)
