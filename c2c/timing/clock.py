"""Timing in blocks: warmed up by time, and on a GPU measured by events of the device itself.

Synchronising after every call would time the waiting, and never synchronising would time nothing (by up to 40 times),
so calls are grouped into blocks of about a tenth of a second and the device is waited for around each.
"""

import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

BLOCK_S = 0.1


@dataclass(frozen=True)
class Timed:
    """Seconds a call, one sample a block, and the peak of the device's memory."""

    seconds: tuple[float, ...]
    peak_memory_bytes: int | None  # None on a CPU, where torch does not tell
    first_call_s: float = 0.0  # the first call of all: compiling and autotuning are in it, and in no sample


class PartClock:
    """Shares the time since it was made out among named parts, in the order in which they end.

    On a GPU its own events tell when, so that nothing is waited for before the end.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._marks: list[tuple[str, Any]] = [("", self._now())]

    def ends(self, part: str) -> None:
        """All that was done since the last mark belongs to this part."""
        self._marks.append((part, self._now()))

    def seconds(self) -> dict[str, float]:
        """The seconds of each part, added up."""
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        found: dict[str, float] = {}
        for (_, before), (part, now) in itertools.pairwise(self._marks):
            took = before.elapsed_time(now) / 1000 if self._device.type == "cuda" else now - before
            found[part] = found.get(part, 0.0) + took
        return found

    def _now(self) -> Any:
        if self._device.type != "cuda":
            return time.perf_counter()
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event


def time_calls(call: Callable[[], object], device: torch.device, warmup_s: float, measure_s: float) -> Timed:
    """Time a call for about `measure_s` seconds, after `warmup_s` seconds of warming up; at least 3 blocks.

    The first call does what is done only once and says nothing of how many fill a block, so there is always a second.
    """
    first_call_s = _block(call, 1, device)
    calls = _warm_up(call, device, warmup_s - first_call_s)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    samples: list[float] = []
    began = time.perf_counter()
    while len(samples) < 3 or time.perf_counter() - began < measure_s:
        samples.append(_block(call, calls, device) / calls)
    peak = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None
    return Timed(tuple(samples), peak, first_call_s)


def median_and_spread(samples: tuple[float, ...]) -> tuple[float, float]:
    """The median and the distance between the quartiles."""
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return median, high - low


def _warm_up(call: Callable[[], object], device: torch.device, warmup_s: float) -> int:
    """Calls once, and for at least `warmup_s` seconds; returns how many calls like the last fill a block."""
    began = time.perf_counter()
    last_s = _block(call, 1, device)
    while time.perf_counter() - began < warmup_s:
        last_s = _block(call, 1, device)
    return max(1, round(BLOCK_S / max(last_s, 1e-6)))


def _block(call: Callable[[], object], calls: int, device: torch.device) -> float:
    if device.type == "cuda":
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        torch.cuda.synchronize(device)
        begin.record()
        for _ in range(calls):
            call()
        end.record()
        torch.cuda.synchronize(device)
        return begin.elapsed_time(end) / 1000
    began = time.perf_counter()
    for _ in range(calls):
        call()
    return time.perf_counter() - began
