"""Measuring one case, here or in a process of its own: `python -m bench.measure NAME SECONDS` prints it as JSON."""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import msgspec
import torch

from bench.cases import CASES, Case, Work
from c2c.timing.clock import time_calls
from c2c.timing.memory import MemoryWatch

NO_CUDA = "no CUDA device"
WARM_UP_S = 0.5
LEAST_SPLITS = 3
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Measured:
    """What came of measuring a case."""

    status: Literal["measured", "skipped", "failed"]
    reason: str = ""
    unit: str = ""
    better: Literal["lower", "higher"] = "lower"
    samples: tuple[float, ...] = ()  # in `unit`, one a block
    first_call_s: float | None = None
    parts: dict[str, tuple[float, ...]] = field(default_factory=dict)  # seconds, one a call
    peak_memory_bytes: int | None = None


def measure(case: Case, seconds: float, warmup_s: float = WARM_UP_S) -> Measured:
    """Make a case and time it for about so many seconds; whatever goes wrong becomes a status with its reason."""
    if case.device == "cuda" and not torch.cuda.is_available():
        return Measured("skipped", NO_CUDA)
    memory = MemoryWatch()
    torch.manual_seed(0)
    try:
        work = case.make(torch.device(case.device))
    except Exception as error:
        return _failed(error)
    try:
        return _timed(work, case, seconds, warmup_s, memory)
    except Exception as error:
        return _failed(error)
    finally:
        work.close()


def measure_alone(case: Case, seconds: float) -> Measured:
    """The same in a process of its own; one that dies is a failed case."""
    asked = [sys.executable, "-m", "bench.measure", case.name, str(seconds)]
    answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        last = (answer.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return Measured("failed", f"its process ended with {answer.returncode}: {last}")
    return msgspec.json.decode(answer.stdout.splitlines()[-1], type=Measured)


def _timed(work: Work, case: Case, seconds: float, warmup_s: float, memory: MemoryWatch) -> Measured:
    device = torch.device(case.device)
    memory.restart()
    timed = time_calls(work.call, device, warmup_s, seconds)
    peak = timed.peak_memory_bytes if case.device == "cuda" else memory.rise()
    return Measured(
        status="measured",
        unit=work.unit,
        better=work.better,
        samples=tuple(work.in_unit(one) for one in timed.seconds),
        first_call_s=timed.first_call_s,
        parts=_parts(work, seconds / 2),
        peak_memory_bytes=peak,
    )


def _parts(work: Work, seconds: float) -> dict[str, tuple[float, ...]]:
    """Some more calls, with the seconds of their parts; apart from the others, so that watching costs them nothing."""
    if work.split is None:
        return {}
    began, splits = time.perf_counter(), [work.split()]
    while len(splits) < LEAST_SPLITS or time.perf_counter() - began < seconds:
        splits.append(work.split())
    return {part: tuple(split.get(part, 0.0) for split in splits) for part in splits[0]}


def _failed(error: Exception) -> Measured:
    return Measured("failed", f"{type(error).__name__}: {error}")


def main() -> None:
    """Print what came of measuring one case."""
    parser = argparse.ArgumentParser(description="Measure one case and print it as JSON.")
    parser.add_argument("name")
    parser.add_argument("seconds", type=float)
    asked = parser.parse_args()
    print(json.dumps(asdict(measure(CASES[asked.name], asked.seconds))))


if __name__ == "__main__":
    main()
