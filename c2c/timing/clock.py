"""Timing in blocks: warmed up by time, and on a GPU measured by events of the device itself.

Synchronising after every call would time the waiting, and never synchronising would time nothing (by up to 40 times),
so calls are grouped into blocks of about a tenth of a second and the device is waited for around each.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

BLOCK_S = 0.1


@dataclass(frozen=True)
class Timed:
    """Seconds a call, one sample a block, and the peak of the device's memory."""

    seconds: tuple[float, ...]
    peak_memory_bytes: int | None  # None on a CPU, where torch does not tell


def time_calls(call: Callable[[], object], device: torch.device, warmup_s: float, measure_s: float) -> Timed:
    """Time a call for about `measure_s` seconds, after `warmup_s` seconds of warming up; at least 3 blocks."""
    calls = _warm_up(call, device, warmup_s)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    samples: list[float] = []
    began = time.perf_counter()
    while len(samples) < 3 or time.perf_counter() - began < measure_s:
        samples.append(_block(call, calls, device) / calls)
    peak = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None
    return Timed(tuple(samples), peak)


def median_and_spread(samples: tuple[float, ...]) -> tuple[float, float]:
    """The median and the distance between the quartiles."""
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return median, high - low


def _warm_up(call: Callable[[], object], device: torch.device, warmup_s: float) -> int:
    """Calls for at least `warmup_s` seconds and once; returns how many calls fill a block."""
    began, count, last = time.perf_counter(), 0, 0.0
    while count < 1 or time.perf_counter() - began < warmup_s:
        last = _block(call, 1, device)
        count += 1
    return max(1, round(BLOCK_S / max(last, 1e-6)))


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
