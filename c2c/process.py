"""How a process computes on a CPU: what its threads do while they wait, and what becomes of the memory it frees."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_MMAP_MAX = -1, -3, -4  # of mallopt
MOST = 2**31 - 1  # free bytes at the end of the heap before any are given back: the most that can be asked for
LARGE = 2**25  # bytes; glibc takes no larger bound
USUAL_MAPS = 65536  # glibc's own M_MMAP_MAX
_keeps = False


def tune_process() -> None:
    """Set what pays off on a CPU; a program calls it as it starts, before torch is imported. What a person set stays.

    Torch's threads (GNU OpenMP) spin while they wait, by default so long that two such programs can stall each other.
    What either setting brings is in the documentation, *Speed*.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "3000")
    if not _has_set_allocator():
        _keep_freed_memory()


def _has_set_allocator() -> bool:
    return any(name.startswith("MALLOC_") for name in os.environ) or "malloc" in os.environ.get("GLIBC_TUNABLES", "")


def _keep_freed_memory() -> None:
    """Let the C library keep the memory of large tensors that are gone for the next ones, rather than give it back.

    A network frees and takes the same hundreds of megabytes with each picture; taken anew from the system, each page of
    them is a fault. Only glibc can be asked; elsewhere nothing happens. glibc adjusts its own bounds by what it
    happened to see first: of processes of the same code some give memory back and some never do.

    Source: mallopt(3), https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    global _keeps
    libc = _glibc()
    if libc is not None:
        libc.mallopt(M_MMAP_MAX, 0)
        libc.mallopt(M_TRIM_THRESHOLD, MOST)
        _keeps = True


@contextmanager
def giving_back() -> Iterator[None]:
    """In here, blocks of 32 MiB and more go back to the system when they are freed, whatever else is kept.

    For large matrices, of which each is made once: kept, they would leave gaps that the next one does not fit into.
    """
    libc = _glibc()
    if libc is None or not _keeps:
        yield
        return
    libc.malloc_trim(0)
    libc.mallopt(M_MMAP_THRESHOLD, LARGE)
    libc.mallopt(M_MMAP_MAX, USUAL_MAPS)
    try:
        yield
    finally:
        libc.mallopt(M_MMAP_MAX, 0)


def _glibc() -> ctypes.CDLL | None:
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    return libc if hasattr(libc, "mallopt") else None
