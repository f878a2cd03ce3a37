"""One start of one program, timed from outside: from before it is started until it has ended."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.peers.plan import Program
from c2c.data.pictures import is_picture_name

SAID_LINES = 3  # of a program that failed
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Turn:
    """What one start of a program cost."""

    seconds: float
    processor_s: float  # of all its processes that it waited for
    peak_memory_bytes: int  # of the largest of them
    pictures: int  # that it wrote
    problem: str = ""  # why it does not count


def take_turn(program: Program, pictures: Path, needed: int, timeout_s: float) -> Turn:
    """Start a program on a folder of pictures, with an empty folder for what it makes.

    Args:
        program: what to start.
        pictures: the folder that it reads.
        needed: pictures that it must write, or the turn does not count.
        timeout_s: after which it is ended, with all that it started.
    """
    with tempfile.TemporaryDirectory(prefix="c2c-peers-") as scratch:
        output, said = Path(scratch) / "output", Path(scratch) / "said.txt"
        output.mkdir()
        turn = _timed(program.words(pictures, output), program.folder, said, timeout_s)
        written = sum(is_picture_name(path.name) for path in output.rglob("*"))
    problem = turn.problem
    if not problem and written < needed:
        problem = f"it wrote {written} pictures of {needed}"
    return Turn(turn.seconds, turn.processor_s, turn.peak_memory_bytes, written, problem)


def _timed(words: list[str], folder: Path, said: Path, timeout_s: float) -> Turn:
    with said.open("wb") as file:
        began = time.perf_counter()
        try:
            process = subprocess.Popen(
                words, cwd=folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
            )
        except OSError as error:
            return Turn(0.0, 0.0, 0, 0, f"it cannot be started: {error}")
        status, used = _waited_for(process, timeout_s)
        seconds = time.perf_counter() - began
    problem = ""
    if seconds >= timeout_s:
        problem = f"it was ended after {timeout_s:g} s"
    elif status:
        problem = f"it ended with {status}: {_last_lines(said)}"
    return Turn(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * MAXRSS_UNIT, 0, problem)


def _waited_for(process: "subprocess.Popen[bytes]", timeout_s: float) -> "tuple[int, os.struct_rusage]":
    """Its exit status and what it used; what it started is ended with it, late or interrupted."""
    late = threading.Timer(timeout_s, _end, (process,))
    late.start()
    try:
        _, status, used = os.wait4(process.pid, 0)
    except BaseException:
        _end(process)
        process.wait()
        raise
    finally:
        late.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the program's own session of processes."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _last_lines(said: Path) -> str:
    lines = [line.strip() for line in said.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return " / ".join(lines[-SAID_LINES:]) or "it said nothing"
