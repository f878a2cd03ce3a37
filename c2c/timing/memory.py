"""How much memory a process holds at most, as Linux tells it, to a few hundred kB; elsewhere nobody knows."""

import ctypes
import gc
import sys
from pathlib import Path

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
FORGET_PEAK = "5"  # proc(5): the peak of the resident memory becomes what is resident now


class MemoryWatch:
    """How far this process's memory rises above what it is when this is made.

    What was freed before is first given back to the system: otherwise it would be used again, and not seen.
    """

    def __init__(self) -> None:
        _give_back_freed()
        self._before = _resident("VmRSS")

    def restart(self) -> None:
        """Forget the highest point so far; where that cannot be done, there is no answer."""
        _give_back_freed()
        try:
            CLEAR.write_text(FORGET_PEAK, encoding="ascii")
        except OSError:
            self._before = None

    def rise(self) -> int | None:
        """Bytes from the beginning to the highest point; None where unknown."""
        peak = _resident("VmHWM")
        return None if peak is None or self._before is None else max(0, peak - self._before)


def _resident(name: str) -> int | None:
    """A line of the process's status, in bytes."""
    try:
        lines = STATUS.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(found[0]) * 1024 if found else None


def _give_back_freed() -> None:
    """Let the C library return freed memory to the system; only glibc can be asked."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
