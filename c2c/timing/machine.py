"""What a timing depends on besides the code: the machine, its settings and versions, and what else ran meanwhile."""

import hashlib
import json
import os
import subprocess
import time
from pathlib import Path

import torch

from c2c.records import provenance

Facts = dict[str, str | int | float]

MAY_DIFFER = ("system", "load", "c2c")  # everything else must agree where two timings are compared
CPU_SETTINGS = Path("/sys/devices/system/cpu/cpu0/cpufreq")
STAT = Path("/proc/stat")
IDLE = (3, 4)  # the columns of /proc/stat in which a processor waits
WAITING = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")  # how threads wait changes times by half
GPU_FACTS = {"gpu_clock_mhz": "clocks.max.sm", "gpu_memory_mhz": "clocks.max.memory", "gpu_power_w": "power.limit"}


def machine() -> Facts:
    """The machine as it is set now, and the versions of what computes; what cannot be read is left out."""
    waiting = [f"{name}={os.environ[name]}" for name in WAITING if name in os.environ]
    return {
        **provenance.machine(),
        **_processor_settings(),
        **_gpu_settings(),
        **provenance.versions(),
        "threads": torch.get_num_threads(),
        "vector_units": torch.backends.cpu.get_cpu_capability(),
        "waiting": " ".join(waiting) or "default",
        "cuda": torch.version.cuda or "none",
    }


def fingerprint(facts: Facts) -> str:
    """A hash of all that must agree before two timings may be compared."""
    agreeing = {name: value for name, value in facts.items() if name not in MAY_DIFFER}
    return hashlib.sha256(json.dumps(agreeing, sort_keys=True).encode()).hexdigest()[:12]


def differing(a: Facts, b: Facts) -> list[str]:
    """What keeps two machines from being compared, in words: "threads: 2 and 1"."""
    names = sorted({*a, *b} - set(MAY_DIFFER))
    return [f"{name}: {a.get(name, '–')} and {b.get(name, '–')}" for name in names if a.get(name) != b.get(name)]


class LoadWatch:
    """What else a machine was busy with between two moments."""

    def __init__(self) -> None:
        self.before = provenance.load()
        self._began, self._ours, self._all = time.monotonic(), _own_seconds(), _busy_seconds()

    def others_busy(self) -> float | None:
        """Processors that other programs kept busy since this was made, on average; None where unknown.

        Children of this process count as its own once they have ended.
        """
        everyone, seconds = _busy_seconds(), time.monotonic() - self._began
        if everyone is None or self._all is None or seconds <= 0:
            return None
        others = (everyone - self._all) - (_own_seconds() - self._ours)
        return round(max(0.0, others / seconds), 2)


def _own_seconds() -> float:
    own = os.times()
    return own.user + own.system + own.children_user + own.children_system


def _busy_seconds() -> float | None:
    """Seconds that all processors together were busy since the machine started."""
    try:
        first = STAT.read_text(encoding="ascii").splitlines()[0].split()[1:9]  # guests are in "user" already
    except (OSError, IndexError):
        return None
    return sum(int(ticks) for place, ticks in enumerate(first) if place not in IDLE) / os.sysconf("SC_CLK_TCK")


def _processor_settings() -> Facts:
    """The governor, and the highest clock that it may choose."""
    found: Facts = {}
    for name, file in (("governor", "scaling_governor"), ("highest_khz", "scaling_max_freq")):
        try:
            found[name] = (CPU_SETTINGS / file).read_text(encoding="ascii").strip()
        except OSError:
            continue
    return found


def _gpu_settings() -> Facts:
    """The limits of the first GPU's clocks and power; its name and driver are among the machine's other facts."""
    if not torch.cuda.is_available():
        return {}
    asked = ["nvidia-smi", f"--query-gpu={','.join(GPU_FACTS.values())}", "--format=csv,noheader,nounits", "--id=0"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    return dict(zip(GPU_FACTS, (value.strip() for value in answer.strip().split(",")), strict=False))
