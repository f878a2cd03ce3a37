"""Facts about this machine and these versions, as they travel with every record."""

import importlib.metadata
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import c2c
from c2c.records.types import Provenance

VERSIONED = ("torch", "torchvision", "torchmetrics", "numpy", "pillow")


def provenance(recipe: str, recipe_sha256: str, seed: int, program: Sequence[str] = ("c2c",)) -> Provenance:
    """Provenance of a result made now, by this program with the arguments of this process, on this machine."""
    return Provenance(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=shlex.join([*program, *sys.argv[1:]]),
        recipe=recipe,
        recipe_sha256=recipe_sha256,
        seed=seed,
        versions=versions(),
        machine={**machine(), "threads": threads(), "load": load()},
    )


@cache
def versions() -> dict[str, str]:
    """Versions of c2c, Python and the libraries that move a number."""
    found = {"c2c": c2c.__version__, "python": platform.python_version()}
    for name in VERSIONED:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


@cache
def machine() -> dict[str, str | int | float]:
    """Processor, cores, memory in GiB, system and GPU of this machine."""
    return {
        "processor": _processor(),
        "cores": cores(),
        "memory_gib": _memory_gib(),
        "system": f"{platform.system()} {platform.release()}",
        "gpu": _gpu(),
    }


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads() -> int:
    """Threads that torch computes with, or 0 where torch is not loaded."""
    torch = sys.modules.get("torch")
    return torch.get_num_threads() if torch else 0


def load() -> float:
    """Processes running or waiting, the mean of the last minute; -1 where unknown."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else -1.0


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory_gib() -> float:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return -1.0


def _gpu() -> str:
    try:
        asked = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return "none"
    return "; ".join(answer.stdout.strip().splitlines()) or "none"
